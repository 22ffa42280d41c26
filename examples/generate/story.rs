//! The story: three days in which people use the console, and a few things
//! that only look as if they did.

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::cast::{
    ANN, BO, CHIDI, DANA, DATA, ELI, FRANKFURT, GLOBAL, IRELAND, Identity, NETWORK, PAYMENTS, ROOT,
    SANDBOX, TOOLS,
};
use crate::random::Random;
use crate::record::call;
use crate::scene::{Event, Scene};
use crate::via::Via;

type Script = fn(&mut Scene) -> Result<()>;

/// Day, hour and minute (UTC) at which each scene begins.
const PROGRAMME: &[(i64, i64, i64, Script)] = &[
    (0, 7, 5, opens_a_firewall),
    (0, 9, 10, publishes_a_bucket),
    (0, 10, 40, patches_a_function),
    (0, 13, 15, types_into_cloudshell),
    (0, 15, 40, changes_a_topic_before_an_outage),
    (0, 23, 22, resizes_a_database_at_night),
    (1, 6, 30, signs_in_as_root),
    (1, 8, 20, launches_instances),
    (1, 11, 0, starts_a_stack),
    (1, 14, 0, creates_a_database),
    (2, 7, 30, operates),
    (2, 9, 0, uses_aws_login),
    (2, 10, 10, works_with_tools),
    (2, 11, 30, asks_questions),
    (2, 13, 20, shops_in_a_browser),
    (2, 15, 0, tidies_up),
];

/// The story as it is told once, in an archive of `days` days.
pub(crate) fn premiere(start: DateTime<Utc>, days: i64, random: &mut Random) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for (day, hour, minute, script) in PROGRAMME {
        let begins = start
            + Duration::days(day % days)
            + Duration::hours(*hour)
            + Duration::minutes(*minute);
        let mut scene = Scene::new(begins, random);
        script(&mut scene)?;
        events.extend(scene.into_events());
    }
    Ok(events)
}

/// The whole story again, quickly, `turn` accounts further on.
pub(crate) fn encore(start: DateTime<Utc>, turn: usize, random: &mut Random) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for (.., script) in PROGRAMME {
        let mut scene = Scene::encore(start, turn, random);
        script(&mut scene)?;
        events.extend(scene.into_events());
    }
    Ok(events)
}

/// Security-group rules in a burst, then a database and an access key.
fn opens_a_firewall(scene: &mut Scene) -> Result<()> {
    let ann = scene.sign_in(&ANN, PAYMENTS, IRELAND, "Yes")?;
    scene.look(
        &ann,
        Via::Proxy,
        &[
            "health:DescribeEventAggregates",
            "notifications:ListNotificationHubs",
            "ce:GetCostAndUsage",
        ],
    )?;
    scene.wait(6);
    scene.look(
        &ann,
        Via::Browser,
        &[
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSecurityGroupRules",
            "ec2:DescribeVpcs",
            "ec2:DescribeTags",
            "ec2:DescribeManagedPrefixLists",
        ],
    )?;
    let group = scene.id("sg");
    for port in [5432, 6379, 8443, 9200] {
        let rule = scene.id("sgr");
        scene.change(&ann, Via::Browser, call("ec2:AuthorizeSecurityGroupIngress")
            .with(json!({
                "groupId": group,
                "ipPermissions": { "items": [{
                    "ipProtocol": "tcp", "fromPort": port, "toPort": port, "groups": {},
                    "ipRanges": { "items": [{ "cidrIp": "203.0.113.0/24", "description": "partner test" }] },
                    "ipv6Ranges": {}, "prefixListIds": {},
                }] },
            }))
            .returning(json!({
                "_return": true,
                "securityGroupRuleSet": { "items": [{
                    "groupOwnerId": ann.account, "groupId": group, "securityGroupRuleId": rule,
                    "isEgress": false, "ipProtocol": "tcp", "fromPort": port, "toPort": port,
                    "cidrIpv4": "203.0.113.0/24", "description": "partner test",
                }] },
            })))?;
        scene.look(&ann, Via::Browser, &["ec2:DescribeSecurityGroups"])?;
    }
    scene.wait(16);
    let database = scene.name("orders-db");
    scene.look(
        &ann,
        Via::Proxy,
        &[
            "rds:DescribeDBInstances",
            "rds:DescribeDBClusters",
            "rds:DescribeDBSnapshots",
        ],
    )?;
    scene.change(&ann, Via::Proxy, call("rds:DeleteDBInstance")
        .with(json!({ "dBInstanceIdentifier": database, "skipFinalSnapshot": true, "deleteAutomatedBackups": false }))
        .returning(json!({
            "dBInstanceIdentifier": database, "dBInstanceStatus": "deleting", "engine": "postgres",
            "dBInstanceClass": "db.r7g.large",
            "dBInstanceArn": format!("arn:aws:rds:{}:{}:db:{database}", ann.region, ann.account),
        })))?;
    scene.wait(9);
    scene.look(
        &ann,
        Via::BackEnd,
        &[
            "iam:ListUsers",
            "iam:GetUser",
            "iam:ListAccessKeys",
            "iam:ListGroupsForUser",
        ],
    )?;
    let user = scene.name("ci-deploy");
    let key = scene.random.example_id("AKIA");
    scene.change(&ann, Via::Proxy, call("iam:CreateAccessKey")
        .with(json!({ "userName": user }))
        .returning(json!({ "accessKey": { "userName": user, "accessKeyId": key, "status": "Active" } })))
}

/// The S3 console, which wraps its user agent in brackets and sets no flag.
fn publishes_a_bucket(scene: &mut Scene) -> Result<()> {
    let bo = scene.sign_in(&BO, DATA, IRELAND, "No")?;
    let bucket = scene.name("example-public-assets");
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
        &[
            "s3:ListBuckets",
            "s3:GetBucketPolicyStatus",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketPolicy",
            "s3:GetBucketVersioning",
        ],
    )?;
    let arn = format!("arn:aws:s3:::{bucket}");
    scene.denied(&bo, Via::S3Browser, call("s3:PutBucketPolicy")
        .with(json!({ "bucketName": bucket, "bucketPolicy": open, "Host": format!("{bucket}.s3.{}.amazonaws.com", bo.region), "policy": "" }))
        .on(bo.account, "AWS::S3::Bucket", arn.clone())
        .failing("AccessDenied", format!("User is not authorized to perform: s3:PutBucketPolicy on resource: \"{arn}\" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.")))?;
    scene.change(&bo, Via::S3Browser, call("s3:PutBucketPublicAccessBlock")
        .with(json!({
            "bucketName": bucket, "publicAccessBlock": "", "Host": format!("{bucket}.s3.{}.amazonaws.com", bo.region),
            "PublicAccessBlockConfiguration": {
                "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", "BlockPublicAcls": true,
                "IgnorePublicAcls": true, "BlockPublicPolicy": false, "RestrictPublicBuckets": false,
            },
        }))
        .on(bo.account, "AWS::S3::Bucket", arn.clone()))?;
    scene.change(&bo, Via::S3Browser, call("s3:PutBucketPolicy")
        .with(json!({ "bucketName": bucket, "bucketPolicy": open, "Host": format!("{bucket}.s3.{}.amazonaws.com", bo.region), "policy": "" }))
        .on(bo.account, "AWS::S3::Bucket", arn))?;
    scene.deliver_again(31);
    scene.look(
        &bo,
        Via::S3Browser,
        &["s3:GetBucketPolicyStatus", "s3:GetBucketPolicy"],
    )
}

/// A fix at the code editor of the Lambda console, and its logs beside it.
fn patches_a_function(scene: &mut Scene) -> Result<()> {
    let chidi = scene.sign_in(&CHIDI, PAYMENTS, FRANKFURT, "Yes")?;
    let function = scene.name("invoice-mailer");
    let arn = format!(
        "arn:aws:lambda:{}:{}:function:{function}",
        chidi.region, chidi.account
    );
    scene.look(
        &chidi,
        Via::Browser,
        &[
            "lambda:ListFunctions20150331",
            "lambda:GetFunction20150331v2",
            "lambda:GetPolicy20150331v2",
            "lambda:ListTags20170331",
            "iam:GetRole",
            "logs:DescribeLogGroups",
        ],
    )?;
    for _ in 0..5 {
        let query = scene.random.uuid();
        scene.harmless(&chidi, Via::Browser, call("logs:StartQuery")
            .with(json!({ "logGroupNames": [format!("/aws/lambda/{function}")], "queryString": "fields @timestamp, @message | sort @timestamp desc", "limit": 1000 }))
            .returning(json!({ "queryId": query })), "query")?;
        scene.look(&chidi, Via::Browser, &["logs:GetQueryResults"])?;
    }
    scene.wait(8);
    scene.change(&chidi, Via::Browser, call("lambda:UpdateFunctionCode20150331v2")
        .with(json!({ "functionName": arn, "publish": false, "dryRun": false, "fullyQualifiedArn": { "arnPrefix": { "partition": "aws", "region": chidi.region, "account": chidi.account }, "relativeId": { "functionName": function }, "functionQualifier": {} } }))
        .returning(json!({ "functionName": function, "functionArn": arn, "runtime": "python3.13", "lastUpdateStatus": "InProgress", "packageType": "Zip" })))?;
    scene.wait(3);
    scene.change(&chidi, Via::Browser, call("lambda:UpdateFunctionConfiguration20150331v2")
        .with(json!({ "functionName": function, "timeout": 60, "memorySize": 512, "environment": {} }))
        .returning(json!({ "functionName": function, "functionArn": arn, "timeout": 60, "memorySize": 512, "environment": {} })))?;
    let key = scene.random.uuid();
    let key = format!("arn:aws:kms:{}:{}:key/{key}", chidi.region, chidi.account);
    scene.harmless(&chidi, Via::Proxy, call("kms:Decrypt")
        .with(json!({ "encryptionAlgorithm": "SYMMETRIC_DEFAULT", "encryptionContext": { "aws:lambda:FunctionArn": arn } }))
        .on(chidi.account, "AWS::KMS::Key", key.clone())
        .read_only(true), "query")?;
    scene.harmless(
        &chidi,
        Via::Proxy,
        call("kms:GenerateDataKey")
            .with(json!({ "keyId": key, "keySpec": "AES_256" }))
            .on(chidi.account, "AWS::KMS::Key", key.clone()),
        "query",
    )
}

/// Opening the shell makes calls of its own; what is typed there counts.
fn types_into_cloudshell(scene: &mut Scene) -> Result<()> {
    let bo = scene.sign_in(&BO, NETWORK, IRELAND, "No")?;
    let environment = json!({ "EnvironmentId": scene.random.uuid() });
    for name in [
        "cloudshell:CreateEnvironment",
        "cloudshell:CreateSession",
        "cloudshell:PutCredentials",
        "cloudshell:RedeemCode",
        "cloudshell:SendHeartBeat",
    ] {
        scene.harmless(
            &bo,
            Via::QuietBrowser,
            call(name).with(environment.clone()),
            "plumbing",
        )?;
    }
    scene.look(
        &bo,
        Via::CloudShell,
        &[
            "ec2:DescribeInstances",
            "ec2:DescribeRouteTables",
            "ssm:DescribeParameters",
        ],
    )?;
    scene.wait(4);
    let (table, gateway) = (scene.id("rtb"), scene.id("nat"));
    scene.change(&bo, Via::CloudShell, call("ec2:CreateRoute")
        .with(json!({ "routeTableId": table, "destinationCidrBlock": "198.51.100.0/24", "natGatewayId": gateway }))
        .returning(json!({ "_return": true })))?;
    let parameter = scene.name("/network/egress/allow-list");
    scene.change(&bo, Via::CloudShell, call("ssm:PutParameter")
        .with(json!({ "name": parameter, "type": "StringList", "overwrite": true, "value": "HIDDEN_DUE_TO_SECURITY_REASONS" }))
        .returning(json!({ "version": 4, "tier": "Standard" })))?;
    scene.denied(&bo, Via::CloudShell, call("iam:CreateUser")
        .with(json!({ "userName": "break-glass" }))
        .failing("AccessDenied", format!("User: {} is not authorized to perform: iam:CreateUser with an explicit deny in a service control policy", BO.name)))?;
    for name in [
        "cloudshell:SendHeartBeat",
        "cloudshell:UpdateLayout",
        "cloudshell:DeleteSession",
        "cloudshell:StopEnvironment",
    ] {
        scene.harmless(
            &bo,
            Via::QuietBrowser,
            call(name).with(environment.clone()),
            "plumbing",
        )?;
    }
    Ok(())
}

/// Most of a working day passes before anybody hears of this one.
fn changes_a_topic_before_an_outage(scene: &mut Scene) -> Result<()> {
    scene.delay_to(9);
    let bo = scene.session(&BO, DATA, IRELAND);
    let topic = scene.name("nightly-export-failed");
    let arn = format!("arn:aws:sns:{}:{}:{topic}", bo.region, bo.account);
    scene.look(
        &bo,
        Via::Browser,
        &["sns:ListTopics", "sns:GetTopicAttributes"],
    )?;
    scene.change(&bo, Via::Browser, call("sns:SetTopicAttributes")
        .with(json!({ "topicArn": arn, "attributeName": "DisplayName", "attributeValue": "Exports" }))
        .delayed())
}

/// 47 minutes late, and by then it is tomorrow.
fn resizes_a_database_at_night(scene: &mut Scene) -> Result<()> {
    scene.delay_to(9);
    let dana = scene.session(&DANA, DATA, IRELAND);
    let database = scene.name("warehouse");
    scene.change(&dana, Via::Proxy, call("rds:ModifyDBInstance")
        .with(json!({ "dBInstanceIdentifier": database, "dBInstanceClass": "db.r7g.4xlarge", "applyImmediately": true, "allowMajorVersionUpgrade": false }))
        .returning(json!({
            "dBInstanceIdentifier": database, "dBInstanceStatus": "available",
            "dBInstanceArn": format!("arn:aws:rds:{}:{}:db:{database}", dana.region, dana.account),
            "pendingModifiedValues": { "dBInstanceClass": "db.r7g.4xlarge" },
        })))?;
    scene.look(
        &dana,
        Via::Proxy,
        &[
            "rds:DescribeDBInstances",
            "rds:DescribePendingMaintenanceActions",
        ],
    )
}

/// Root, once: a bucket, the billing contact, the security contact.
fn signs_in_as_root(scene: &mut Scene) -> Result<()> {
    let root = scene.sign_in(&ROOT, SANDBOX, GLOBAL, "Yes")?;
    let bucket = scene.name("example-sandbox-downloads");
    scene.look(
        &root,
        Via::S3Browser,
        &["s3:ListBuckets", "s3:GetBucketPublicAccessBlock"],
    )?;
    scene.change(&root, Via::S3Browser, call("s3:PutBucketPublicAccessBlock")
        .with(json!({
            "bucketName": bucket, "publicAccessBlock": "", "Host": format!("{bucket}.s3.amazonaws.com"),
            "PublicAccessBlockConfiguration": {
                "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", "BlockPublicAcls": false,
                "IgnorePublicAcls": false, "BlockPublicPolicy": false, "RestrictPublicBuckets": false,
            },
        }))
        .on(root.account, "AWS::S3::Bucket", format!("arn:aws:s3:::{bucket}")))?;
    scene.wait(5);
    scene.look(
        &root,
        Via::Browser,
        &[
            "account:GetContactInformation",
            "account:GetAlternateContact",
        ],
    )?;
    scene.console_action(&root, call("billingconsole:SetContactAddress")
        .with(json!({ "addressLine1": "1 Example Street", "city": "Anytown", "fullName": "Example Org", "countryCode": "ZA", "postalCode": "0001" })))?;
    scene.change(&root, Via::Browser, call("account:PutAlternateContact")
        .with(json!({ "alternateContactType": "SECURITY", "emailAddress": "security@example.com", "name": "HIDDEN_DUE_TO_SECURITY_REASONS", "phoneNumber": "HIDDEN_DUE_TO_SECURITY_REASONS" })))
}

/// An IAM user, the EC2 launch wizard, and what the wizard tries first.
fn launches_instances(scene: &mut Scene) -> Result<()> {
    let eli = scene.session(&ELI, SANDBOX, IRELAND);
    scene.harmless(&eli, Via::QuietBrowser, call("signin:ConsoleLogin")
        .returning(json!({ "ConsoleLogin": "Success" }))
        .sign_in(json!({ "LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "Yes", "MFAIdentifier": format!("arn:aws:iam::{}:mfa/phone", eli.account) })), "sign-in")?;
    scene.harmless(
        &eli,
        Via::QuietBrowser,
        call("signin:CheckMfa")
            .returning(json!({ "CheckMfa": "Success" }))
            .sign_in(json!({ "MfaType": "Virtual MFA" })),
        "sign-in",
    )?;
    scene.operate(&eli, Via::Browser, call("iam:ChangePassword"))?;
    scene.wait(3);
    scene.look(
        &eli,
        Via::Browser,
        &[
            "ec2:DescribeInstances",
            "ec2:DescribeImages",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeKeyPairs",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
    )?;
    let launch = json!({ "instancesSet": { "items": [{ "imageId": "ami-0123456789abcdef0", "minCount": 1, "maxCount": 1 }] }, "instanceType": "m7g.large" });
    for _ in 0..3 {
        scene.harmless(
            &eli,
            Via::Browser,
            call("ec2:RunInstances").with(launch.clone()).failing(
                "Client.DryRunOperation",
                "Request would have succeeded, but DryRun flag is set.",
            ),
            "dry-run",
        )?;
    }
    let (group, pair, instance) = (scene.id("sg"), scene.id("key"), scene.id("i"));
    let opened = scene.now().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    scene.change(&eli, Via::Browser, call("ec2:CreateSecurityGroup")
        .with(json!({ "groupName": "launch-wizard-3", "groupDescription": format!("launch-wizard-3 created {opened}") }))
        .returning(json!({ "_return": true, "groupId": group })))?;
    scene.change(&eli, Via::Browser, call("ec2:AuthorizeSecurityGroupIngress")
        .with(json!({ "groupId": group, "ipPermissions": { "items": [{ "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": { "items": [{ "cidrIp": "0.0.0.0/0" }] } }] } }))
        .returning(json!({ "_return": true })))?;
    scene.change(&eli, Via::Browser, call("ec2:CreateKeyPair")
        .with(json!({ "keyName": "eli-workshop", "keyType": "ed25519", "keyFormat": "pem" }))
        .returning(json!({ "keyName": "eli-workshop", "keyPairId": pair, "keyMaterial": "<sensitiveDataRemoved>" })))?;
    scene.change(&eli, Via::Browser, call("ec2:RunInstances")
        .with(launch)
        .returning(json!({ "instancesSet": { "items": [{ "instanceId": instance, "instanceType": "m7g.large", "instanceState": { "code": 0, "name": "pending" } }] } })))?;
    scene.wait(25);
    let old = [scene.id("i"), scene.id("i")];
    let items: Vec<Value> = old.iter().map(|id| json!({ "instanceId": id })).collect();
    scene.look(
        &eli,
        Via::Browser,
        &["ec2:DescribeInstances", "ec2:DescribeInstanceStatus"],
    )?;
    for _ in 0..2 {
        scene.denied(
            &eli,
            Via::Browser,
            call("ec2:TerminateInstances")
                .with(json!({ "instancesSet": { "items": items } }))
                .failing(
                    "Client.UnauthorizedOperation",
                    "You are not authorized to perform this operation.",
                ),
        )?;
    }
    scene.change(&eli, Via::Browser, call("ec2:StopInstances")
        .with(json!({ "instancesSet": { "items": items }, "force": false }))
        .returning(json!({ "instancesSet": { "items": old.iter().map(|id| json!({
            "instanceId": id, "currentState": { "code": 64, "name": "stopping" }, "previousState": { "code": 16, "name": "running" },
        })).collect::<Vec<_>>() } })))
}

/// The stack is by hand; what CloudFormation then does is not.
fn starts_a_stack(scene: &mut Scene) -> Result<()> {
    const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";
    let ann = scene.sign_in(&ANN, NETWORK, FRANKFURT, "Yes")?;
    let stack = scene.name("vpn-trial");
    let id = scene.random.uuid();
    scene.look(
        &ann,
        Via::Proxy,
        &[
            "cloudformation:ListStacks",
            "cloudformation:GetTemplateSummary",
            "cloudformation:DescribeStacks",
        ],
    )?;
    scene.change(&ann, Via::Proxy, call("cloudformation:CreateStack")
        .with(json!({ "stackName": stack, "templateURL": "https://example-templates.s3.amazonaws.com/vpn.yaml", "capabilities": ["CAPABILITY_IAM"], "parameters": [] }))
        .returning(json!({ "stackId": format!("arn:aws:cloudformation:{}:{}:stack/{stack}/{id}", ann.region, ann.account) })))?;
    let (group, gateway) = (scene.id("sg"), scene.id("vgw"));
    scene.chained(
        &ann,
        CLOUDFORMATION,
        call("ec2:CreateSecurityGroup")
            .with(json!({ "groupName": format!("{stack}-Group"), "groupDescription": "VPN" }))
            .returning(json!({ "_return": true, "groupId": group })),
    )?;
    scene.chained(
        &ann,
        CLOUDFORMATION,
        call("ec2:CreateVpnGateway")
            .with(json!({ "type": "ipsec.1" }))
            .returning(json!({ "vpnGateway": { "vpnGatewayId": gateway, "state": "available" } })),
    )?;
    scene.chained(&ann, CLOUDFORMATION, call("iam:CreateRole")
        .with(json!({ "roleName": format!("{stack}-Role"), "path": "/" }))
        .returning(json!({ "role": { "roleName": format!("{stack}-Role"), "arn": format!("arn:aws:iam::{}:role/{stack}-Role", ann.account) } })))?;
    scene.look(
        &ann,
        Via::Proxy,
        &[
            "cloudformation:DescribeStackEvents",
            "cloudformation:DescribeStackResources",
            "cloudformation:DescribeStacks",
        ],
    )
}

/// A database, whose key is granted behind the scenes, and one refusal.
fn creates_a_database(scene: &mut Scene) -> Result<()> {
    let dana = scene.sign_in(&DANA, DATA, FRANKFURT, "No")?;
    let database = scene.name("ledger-copy");
    scene.look(
        &dana,
        Via::Proxy,
        &[
            "rds:DescribeDBEngineVersions",
            "rds:DescribeOrderableDBInstanceOptions",
            "rds:DescribeDBSubnetGroups",
            "kms:ListAliases",
            "kms:DescribeKey",
        ],
    )?;
    scene.change(&dana, Via::Proxy, call("rds:CreateDBInstance")
        .with(json!({ "dBInstanceIdentifier": database, "dBInstanceClass": "db.t4g.medium", "engine": "postgres", "masterUserPassword": "****", "storageEncrypted": true, "publiclyAccessible": false }))
        .returning(json!({ "dBInstanceIdentifier": database, "dBInstanceStatus": "creating", "dBInstanceArn": format!("arn:aws:rds:{}:{}:db:{database}", dana.region, dana.account) })))?;
    let (key, grant) = (scene.random.uuid(), scene.random.hex(64));
    let key = format!("arn:aws:kms:{}:{}:key/{key}", dana.region, dana.account);
    scene.chained(&dana, "rds.amazonaws.com", call("kms:CreateGrant")
        .with(json!({ "keyId": key, "granteePrincipal": format!("rds.{}.amazonaws.com", dana.region), "operations": ["Decrypt", "GenerateDataKey"] }))
        .returning(json!({ "grantId": grant }))
        .on(dana.account, "AWS::KMS::Key", key.clone()))?;
    scene.wait(12);
    let group = scene.name("postgres17-tuned");
    scene.change(&dana, Via::Proxy, call("rds:ModifyDBParameterGroup")
        .with(json!({ "dBParameterGroupName": group, "parameters": [{ "parameterName": "work_mem", "parameterValue": "65536", "applyMethod": "immediate", "isModified": false }] }))
        .returning(json!({ "dBParameterGroupName": group })))?;
    scene.denied(&dana, Via::Proxy, call("rds:DeleteDBCluster")
        .with(json!({ "dBClusterIdentifier": "ledger", "skipFinalSnapshot": false }))
        .failing("AccessDenied", format!("User: {} is not authorized to perform: rds:DeleteDBCluster because no identity-based policy allows the rds:DeleteDBCluster action", DANA.name)))
}

/// Sessions on machines and runs of pipelines: by hand, yet no drift.
fn operates(scene: &mut Scene) -> Result<()> {
    let chidi = scene.sign_in(&CHIDI, TOOLS, IRELAND, "Yes")?;
    scene.look(
        &chidi,
        Via::Browser,
        &[
            "ssm:DescribeInstanceInformation",
            "ssm:GetConnectionStatus",
            "ec2:DescribeInstances",
        ],
    )?;
    let instance = scene.id("i");
    let id = format!("{}-{}", CHIDI.name, scene.random.hex(17));
    scene.operate(
        &chidi,
        Via::Browser,
        call("ssm:StartSession")
            .with(json!({ "target": instance }))
            .returning(
                json!({ "sessionId": id, "tokenValue": "Value hidden due to security reasons." }),
            ),
    )?;
    scene.wait(14);
    scene.operate(
        &chidi,
        Via::Browser,
        call("ssm:TerminateSession")
            .with(json!({ "sessionId": id }))
            .returning(json!({ "sessionId": id })),
    )?;
    scene.operate(
        &chidi,
        Via::Browser,
        call("ec2-instance-connect:SendSSHPublicKey")
            .with(json!({ "instanceId": instance, "instanceOSUser": "ec2-user" }))
            .returning(json!({ "success": true })),
    )?;
    scene.operate(
        &chidi,
        Via::Proxy,
        call("codepipeline:StartPipelineExecution").with(json!({ "name": "shop-release" })),
    )?;
    scene.operate(&chidi, Via::Browser, call("states:StartExecution")
        .with(json!({ "stateMachineArn": format!("arn:aws:states:{}:{}:stateMachine:reindex", chidi.region, chidi.account), "input": "HIDDEN_DUE_TO_SECURITY_REASONS" })))
}

/// `aws login`: the browser vouches for the CLI, which then is just a CLI.
fn uses_aws_login(scene: &mut Scene) -> Result<()> {
    let ann = scene.sign_in(&ANN, TOOLS, IRELAND, "Yes")?;
    let client = json!({ "client_id": "arn:aws:signin:::devtools/same-device" });
    scene.harmless(
        &ann,
        Via::QuietBrowser,
        call("signin:AuthorizeOAuth2Access").with(client.clone()),
        "sign-in",
    )?;
    scene.harmless(
        &ann,
        Via::LoginCli,
        call("signin:CreateOAuth2Token").with(client),
        "sign-in",
    )?;
    for name in [
        "sts:GetCallerIdentity",
        "ecr:DescribeRepositories",
        "ecs:DescribeServices",
    ] {
        scene.harmless(&ann, Via::LoginCli, call(name), "aws-login")?;
    }
    scene.harmless(
        &ann,
        Via::LoginCli,
        call("ecs:UpdateService")
            .with(json!({ "cluster": "shop", "service": "checkout", "forceNewDeployment": true })),
        "aws-login",
    )
}

/// A person's own credentials in tools: writes, but none of them by console.
fn works_with_tools(scene: &mut Scene) -> Result<()> {
    let bo = scene.session(&BO, SANDBOX, FRANKFURT);
    let bucket = scene.name("example-tf-trial");
    for name in ["sts:GetCallerIdentity", "s3:ListBuckets", "iam:ListRoles"] {
        scene.harmless(&bo, Via::Cli, call(name), "cli")?;
    }
    let tags = scene.id("i");
    scene.harmless(&bo, Via::Cli, call("ec2:CreateTags")
        .with(json!({ "resourcesSet": { "items": [{ "resourceId": tags }] }, "tagSet": { "items": [{ "key": "owner", "value": "bo" }] } })), "cli")?;
    scene.harmless(
        &bo,
        Via::Cli,
        call("ec2:TerminateInstances")
            .with(json!({ "instancesSet": { "items": [{ "instanceId": tags }] } }))
            .failing(
                "Client.UnauthorizedOperation",
                "You are not authorized to perform this operation.",
            ),
        "cli",
    )?;
    for name in [
        "s3:HeadBucket",
        "s3:CreateBucket",
        "s3:PutBucketVersioning",
        "s3:PutBucketEncryption",
    ] {
        scene.harmless(
            &bo,
            Via::Terraform,
            call(name).with(json!({ "bucketName": bucket })),
            "terraform",
        )?;
    }
    scene.harmless(&bo, Via::Cdk, call("cloudformation:CreateChangeSet")
        .with(json!({ "stackName": "ShopStack", "changeSetName": "cdk-deploy-change-set", "changeSetType": "UPDATE" })), "cdk")?;
    scene.harmless(
        &bo,
        Via::Cdk,
        call("cloudformation:ExecuteChangeSet")
            .with(json!({ "stackName": "ShopStack", "changeSetName": "cdk-deploy-change-set" })),
        "cdk",
    )
}

/// Questions and reports that CloudTrail does not call reads.
fn asks_questions(scene: &mut Scene) -> Result<()> {
    let chidi = scene.sign_in(&CHIDI, DATA, IRELAND, "Yes")?;
    let query = json!({ "queryString": "SELECT 1", "workGroup": "primary" });
    for _ in 0..4 {
        scene.harmless(
            &chidi,
            Via::Browser,
            call("athena:StartQueryExecution").with(query.clone()),
            "query",
        )?;
        scene.look(
            &chidi,
            Via::Browser,
            &["athena:GetQueryExecution", "athena:GetQueryResults"],
        )?;
    }
    for name in [
        "logs:StartQuery",
        "logs:StartQuery",
        "logs:StopQuery",
        "iam:GenerateCredentialReport",
        "cloudtrail:StartQuery",
        "servicecatalog:SearchProducts",
    ] {
        scene.harmless(&chidi, Via::Browser, call(name), "query")?;
    }
    scene.wait(10);
    scene.harmless(&chidi, Via::Browser, call("support:CreateCase")
        .with(json!({ "subject": "Quota", "severityCode": "low", "serviceCode": "amazon-athena" }))
        .returning(json!({ "caseId": "case-111122223333-muen-2026-example" })), "support")
}

/// A shop whose customers' browsers call AWS: no console in sight.
fn shops_in_a_browser(scene: &mut Scene) -> Result<()> {
    let account = scene.account(PAYMENTS);
    let pool = format!("{IRELAND}:{}", scene.random.uuid());
    for _ in 0..4 {
        for name in [
            "cognito-idp:InitiateAuth",
            "cognito-identity:GetId",
            "cognito-identity:GetCredentialsForIdentity",
        ] {
            let call = call(name)
                .with(json!({ "identityPoolId": pool }))
                .read_only(false);
            scene.automatic(
                Identity::unknown(account),
                Via::QuietBrowser,
                account,
                IRELAND,
                call,
                "app-user",
            )?;
        }
        let since = scene.now();
        let user = Identity::app_user(account, &pool, since, scene.random);
        let attach =
            call("iot:AttachPolicy").with(json!({ "policyName": "shop-basket", "target": pool }));
        scene.automatic(
            user,
            Via::QuietBrowser,
            account,
            IRELAND,
            attach,
            "app-user",
        )?;
    }
    Ok(())
}

/// Odds and ends, one for each remaining way that a console works.
fn tidies_up(scene: &mut Scene) -> Result<()> {
    let ann = scene.sign_in(&ANN, PAYMENTS, IRELAND, "Yes")?;
    let (key, group, rule) = (scene.random.uuid(), scene.id("sg"), scene.id("sgr"));
    let key = format!("arn:aws:kms:{}:{}:key/{key}", ann.region, ann.account);
    scene.look(
        &ann,
        Via::Proxy,
        &["kms:ListKeys", "kms:DescribeKey", "kms:GetKeyPolicy"],
    )?;
    scene.change(
        &ann,
        Via::Proxy,
        call("kms:ScheduleKeyDeletion")
            .with(json!({ "keyId": key, "pendingWindowInDays": 7 }))
            .returning(
                json!({ "keyId": key, "keyState": "PendingDeletion", "pendingWindowInDays": 7 }),
            )
            .on(ann.account, "AWS::KMS::Key", key.clone()),
    )?;
    scene.wait(6);
    scene.change(&ann, Via::Browser, call("ec2:ModifySecurityGroupRules")
        .with(json!({ "ModifySecurityGroupRulesRequest": { "GroupId": group, "SecurityGroupRule": { "SecurityGroupRuleId": rule, "tag": 1, "SecurityGroupRule": { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "192.0.2.0/24" } } } }))
        .returning(json!({ "ModifySecurityGroupRulesResponse": { "return": true } })))?;
    scene.change(&ann, Via::Browser, call("route53:ChangeResourceRecordSets")
        .with(json!({ "hostedZoneId": "Z0123456789EXAMPLE", "changeBatch": { "changes": [{ "action": "UPSERT", "resourceRecordSet": { "name": "shop.example.com.", "type": "A", "tTL": 60, "resourceRecords": [{ "value": "192.0.2.80" }] } }] } }))
        .returning(json!({ "changeInfo": { "status": "PENDING" } })))?;
    scene.change(&ann, Via::Browser, call("cognito-idp:UpdateUserPool")
        .with(json!({ "userPoolId": format!("{}_Example01", ann.region), "mfaConfiguration": "OPTIONAL" })))?;
    let (monitor, id) = (scene.name("shop-web"), scene.random.uuid());
    scene.change(
        &ann,
        Via::BackEnd,
        call("rum:CreateAppMonitor")
            .with(json!({ "Name": monitor, "Domain": "shop.example.com", "CwLogEnabled": false }))
            .returning(json!({ "Id": id })),
    )
}
