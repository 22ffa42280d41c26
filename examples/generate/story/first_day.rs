//! The first day: a firewall, a bucket, a function, a shell, and an outage.

use anyhow::Result;
use serde_json::json;

use crate::cast::{ANN, BO, CHIDI, DANA, DATA, FRANKFURT, IRELAND, NETWORK, PAYMENTS};
use crate::record::call;
use crate::scene::Scene;
use crate::via::Via;

/// The network that Ann opens ports to.
const PARTNER: &str = "203.0.113.0/24";

/// Security-group rules in a burst, then a database and an access key.
pub(super) fn opens_a_firewall(scene: &mut Scene) -> Result<()> {
    let ann = scene.sign_in(&ANN, PAYMENTS, IRELAND, "Yes")?;
    scene.look(
        &ann,
        Via::Proxy,
        "health:DescribeEventAggregates notifications:ListNotificationHubs ce:GetCostAndUsage",
    )?;
    scene.wait(6);
    scene.look(
        &ann,
        Via::Browser,
        "ec2:DescribeSecurityGroups ec2:DescribeSecurityGroupRules ec2:DescribeVpcs \
         ec2:DescribeTags ec2:DescribeManagedPrefixLists",
    )?;
    let group = scene.id("sg");
    for port in [5432, 6379, 8443, 9200] {
        let rule = scene.id("sgr");
        scene.change(
            &ann,
            Via::Browser,
            call("ec2:AuthorizeSecurityGroupIngress")
                .with(json!({
                    "groupId": group,
                    "ipPermissions": { "items": [{
                        "ipProtocol": "tcp", "fromPort": port, "toPort": port, "groups": {},
                        "ipRanges": { "items": [{ "cidrIp": PARTNER }] },
                        "ipv6Ranges": {}, "prefixListIds": {},
                    }] },
                }))
                .returning(json!({
                    "_return": true,
                    "securityGroupRuleSet": { "items": [{
                        "groupOwnerId": ann.account, "groupId": group, "securityGroupRuleId": rule,
                        "isEgress": false, "ipProtocol": "tcp", "fromPort": port, "toPort": port,
                        "cidrIpv4": PARTNER,
                    }] },
                })),
        )?;
        scene.look(&ann, Via::Browser, "ec2:DescribeSecurityGroups")?;
    }
    scene.wait(16);
    let database = scene.name("orders-db");
    scene.look(
        &ann,
        Via::Proxy,
        "rds:DescribeDBInstances rds:DescribeDBClusters rds:DescribeDBSnapshots",
    )?;
    scene.change(&ann, Via::Proxy, call("rds:DeleteDBInstance")
        .with(json!({
            "dBInstanceIdentifier": database, "skipFinalSnapshot": true,
            "deleteAutomatedBackups": false,
        }))
        .returning(json!({
            "dBInstanceIdentifier": database, "dBInstanceStatus": "deleting", "engine": "postgres",
            "dBInstanceClass": "db.r7g.large",
            "dBInstanceArn": format!("arn:aws:rds:{}:{}:db:{database}", ann.region, ann.account),
        })))?;
    scene.wait(9);
    scene.look(
        &ann,
        Via::BackEnd,
        "iam:ListUsers iam:GetUser iam:ListAccessKeys iam:ListGroupsForUser",
    )?;
    let user = scene.name("ci-deploy");
    let key = scene.random.example_id("AKIA");
    scene.change(
        &ann,
        Via::Proxy,
        call("iam:CreateAccessKey").with(json!({ "userName": user })).returning(json!({
            "accessKey": { "userName": user, "accessKeyId": key, "status": "Active" },
        })),
    )
}

/// The S3 console, which wraps its user agent in brackets and sets no flag.
pub(super) fn publishes_a_bucket(scene: &mut Scene) -> Result<()> {
    let bo = scene.sign_in(&BO, DATA, IRELAND, "No")?;
    let bucket = scene.name("example-public-assets");
    let host = format!("{bucket}.s3.{}.amazonaws.com", bo.region);
    let open = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "Everyone", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{bucket}/*"),
        }],
    });
    scene.look(
        &bo,
        Via::S3Browser,
        "s3:ListBuckets s3:GetBucketPolicyStatus s3:GetBucketPublicAccessBlock \
         s3:GetBucketPolicy s3:GetBucketVersioning",
    )?;
    let arn = format!("arn:aws:s3:::{bucket}");
    scene.denied(
        &bo,
        Via::S3Browser,
        call("s3:PutBucketPolicy")
            .with(json!({
                "bucketName": bucket, "bucketPolicy": open,
                "Host": host, "policy": "",
            }))
            .on(bo.account, "AWS::S3::Bucket", arn.clone())
            .failing("AccessDenied", "BlockPublicPolicy prevents public policies."),
    )?;
    scene.change(
        &bo,
        Via::S3Browser,
        call("s3:PutBucketPublicAccessBlock")
            .with(json!({
                "bucketName": bucket, "publicAccessBlock": "", "Host": host,
                "PublicAccessBlockConfiguration": {
                    "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", "BlockPublicAcls": true,
                    "IgnorePublicAcls": true, "BlockPublicPolicy": false,
                    "RestrictPublicBuckets": false,
                },
            }))
            .on(bo.account, "AWS::S3::Bucket", arn.clone()),
    )?;
    scene.change(
        &bo,
        Via::S3Browser,
        call("s3:PutBucketPolicy")
            .with(json!({
                "bucketName": bucket, "bucketPolicy": open,
                "Host": host, "policy": "",
            }))
            .on(bo.account, "AWS::S3::Bucket", arn),
    )?;
    scene.deliver_again(31);
    scene.look(&bo, Via::S3Browser, "s3:GetBucketPolicyStatus s3:GetBucketPolicy")
}

/// A fix at the code editor of the Lambda console, and its logs beside it.
pub(super) fn patches_a_function(scene: &mut Scene) -> Result<()> {
    let chidi = scene.sign_in(&CHIDI, PAYMENTS, FRANKFURT, "Yes")?;
    let function = scene.name("invoice-mailer");
    let arn = format!("arn:aws:lambda:{}:{}:function:{function}", chidi.region, chidi.account);
    scene.look(
        &chidi,
        Via::Browser,
        "lambda:ListFunctions20150331 lambda:GetFunction20150331v2 lambda:GetPolicy20150331v2 \
         lambda:ListTags20170331 iam:GetRole logs:DescribeLogGroups",
    )?;
    for _ in 0..5 {
        let query = scene.random.uuid();
        scene.harmless(
            &chidi,
            Via::Browser,
            call("logs:StartQuery")
                .with(json!({
                    "logGroupNames": [format!("/aws/lambda/{function}")],
                    "queryString": "fields @timestamp, @message | sort @timestamp desc",
                    "limit": 1000,
                }))
                .returning(json!({ "queryId": query })),
            "query",
        )?;
        scene.look(&chidi, Via::Browser, "logs:GetQueryResults")?;
    }
    scene.wait(8);
    scene.change(
        &chidi,
        Via::Browser,
        call("lambda:UpdateFunctionCode20150331v2")
            .with(json!({
                "functionName": arn, "publish": false, "dryRun": false,
                "fullyQualifiedArn": { "relativeId": { "functionName": function } },
            }))
            .returning(json!({
                "functionName": function, "functionArn": arn, "runtime": "python3.13",
                "lastUpdateStatus": "InProgress", "packageType": "Zip",
            })),
    )?;
    scene.wait(3);
    scene.change(
        &chidi,
        Via::Browser,
        call("lambda:UpdateFunctionConfiguration20150331v2")
            .with(json!({
                "functionName": function, "timeout": 60, "memorySize": 512, "environment": {},
            }))
            .returning(json!({
                "functionName": function, "functionArn": arn, "timeout": 60, "memorySize": 512,
                "environment": {},
            })),
    )?;
    let key = scene.random.uuid();
    let key = format!("arn:aws:kms:{}:{}:key/{key}", chidi.region, chidi.account);
    scene.harmless(
        &chidi,
        Via::Proxy,
        call("kms:Decrypt")
            .with(json!({
                "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
                "encryptionContext": { "aws:lambda:FunctionArn": arn },
            }))
            .on(chidi.account, "AWS::KMS::Key", key.clone())
            .read_only(true),
        "query",
    )?;
    scene.harmless(
        &chidi,
        Via::Proxy,
        call("kms:GenerateDataKey").with(json!({ "keyId": key, "keySpec": "AES_256" })).on(
            chidi.account,
            "AWS::KMS::Key",
            key.clone(),
        ),
        "query",
    )
}

/// Opening the shell makes calls of its own; what is typed there counts.
pub(super) fn types_into_cloudshell(scene: &mut Scene) -> Result<()> {
    let bo = scene.sign_in(&BO, NETWORK, IRELAND, "No")?;
    let environment = json!({ "EnvironmentId": scene.random.uuid() });
    for name in [
        "cloudshell:CreateEnvironment",
        "cloudshell:CreateSession",
        "cloudshell:PutCredentials",
        "cloudshell:RedeemCode",
        "cloudshell:SendHeartBeat",
    ] {
        scene.harmless(&bo, Via::QuietBrowser, call(name).with(environment.clone()), "plumbing")?;
    }
    scene.look(
        &bo,
        Via::CloudShell,
        "ec2:DescribeInstances ec2:DescribeRouteTables ssm:DescribeParameters",
    )?;
    scene.wait(4);
    let (table, gateway) = (scene.id("rtb"), scene.id("nat"));
    scene.change(
        &bo,
        Via::CloudShell,
        call("ec2:CreateRoute")
            .with(json!({
                "routeTableId": table, "destinationCidrBlock": "198.51.100.0/24",
                "natGatewayId": gateway,
            }))
            .returning(json!({ "_return": true })),
    )?;
    let parameter = scene.name("/network/egress/allow-list");
    scene.change(
        &bo,
        Via::CloudShell,
        call("ssm:PutParameter")
            .with(json!({
                "name": parameter, "type": "StringList", "overwrite": true,
                "value": "HIDDEN_DUE_TO_SECURITY_REASONS",
            }))
            .returning(json!({ "version": 4, "tier": "Standard" })),
    )?;
    scene.denied(
        &bo,
        Via::CloudShell,
        call("iam:CreateUser")
            .with(json!({ "userName": "break-glass" }))
            .failing("AccessDenied", "Explicit deny in a service control policy."),
    )?;
    for name in [
        "cloudshell:SendHeartBeat",
        "cloudshell:UpdateLayout",
        "cloudshell:DeleteSession",
        "cloudshell:StopEnvironment",
    ] {
        scene.harmless(&bo, Via::QuietBrowser, call(name).with(environment.clone()), "plumbing")?;
    }
    Ok(())
}

/// Most of a working day passes before anybody hears of this one.
pub(super) fn changes_a_topic_before_an_outage(scene: &mut Scene) -> Result<()> {
    scene.delay_to(9);
    let bo = scene.session(&BO, DATA, IRELAND);
    let topic = scene.name("nightly-export-failed");
    let arn = format!("arn:aws:sns:{}:{}:{topic}", bo.region, bo.account);
    scene.look(&bo, Via::Browser, "sns:ListTopics sns:GetTopicAttributes")?;
    scene.change(
        &bo,
        Via::Browser,
        call("sns:SetTopicAttributes")
            .with(json!({
                "topicArn": arn, "attributeName": "DisplayName", "attributeValue": "Exports",
            }))
            .delayed(),
    )
}

/// 47 minutes late, and by then it is tomorrow.
pub(super) fn resizes_a_database_at_night(scene: &mut Scene) -> Result<()> {
    scene.delay_to(9);
    let dana = scene.session(&DANA, DATA, IRELAND);
    let database = scene.name("warehouse");
    scene.change(&dana, Via::Proxy, call("rds:ModifyDBInstance")
        .with(json!({
            "dBInstanceIdentifier": database, "dBInstanceClass": "db.r7g.4xlarge",
            "applyImmediately": true, "allowMajorVersionUpgrade": false,
        }))
        .returning(json!({
            "dBInstanceIdentifier": database, "dBInstanceStatus": "available",
            "dBInstanceArn": format!("arn:aws:rds:{}:{}:db:{database}", dana.region, dana.account),
            "pendingModifiedValues": { "dBInstanceClass": "db.r7g.4xlarge" },
        })))?;
    scene.look(&dana, Via::Proxy, "rds:DescribeDBInstances rds:DescribePendingMaintenanceActions")
}
