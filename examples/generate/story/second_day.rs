//! The second day: root, an IAM user, a stack and a database.

use anyhow::Result;
use serde_json::{Value, json};

use crate::cast::{ANN, DANA, DATA, ELI, FRANKFURT, GLOBAL, IRELAND, NETWORK, ROOT, SANDBOX};
use crate::record::call;
use crate::scene::Scene;
use crate::via::Via;

/// Root, once: a bucket, the billing contact, the security contact.
pub(super) fn signs_in_as_root(scene: &mut Scene) -> Result<()> {
    let root = scene.sign_in(&ROOT, SANDBOX, GLOBAL, "Yes")?;
    let bucket = scene.name("example-sandbox-downloads");
    scene.look(&root, Via::S3Browser, "s3:ListBuckets s3:GetBucketPublicAccessBlock")?;
    scene.change(
        &root,
        Via::S3Browser,
        call("s3:PutBucketPublicAccessBlock")
            .with(json!({
                "bucketName": bucket, "publicAccessBlock": "",
                "Host": format!("{bucket}.s3.amazonaws.com"),
                "PublicAccessBlockConfiguration": {
                    "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", "BlockPublicAcls": false,
                    "IgnorePublicAcls": false, "BlockPublicPolicy": false,
                    "RestrictPublicBuckets": false,
                },
            }))
            .on(root.account, "AWS::S3::Bucket", format!("arn:aws:s3:::{bucket}")),
    )?;
    scene.wait(5);
    scene.look(&root, Via::Browser, "account:GetContactInformation account:GetAlternateContact")?;
    scene.console_action(
        &root,
        call("billingconsole:SetContactAddress").with(json!({
            "addressLine1": "1 Example Street", "city": "Anytown", "fullName": "Example Org",
            "countryCode": "ZA", "postalCode": "0001",
        })),
    )?;
    scene.change(
        &root,
        Via::Browser,
        call("account:PutAlternateContact").with(json!({
            "alternateContactType": "SECURITY", "emailAddress": "security@example.com",
            "name": "HIDDEN_DUE_TO_SECURITY_REASONS",
            "phoneNumber": "HIDDEN_DUE_TO_SECURITY_REASONS",
        })),
    )
}

/// An IAM user, the EC2 launch wizard, and what the wizard tries first.
pub(super) fn launches_instances(scene: &mut Scene) -> Result<()> {
    let eli = scene.session(&ELI, SANDBOX, IRELAND);
    scene.harmless(&eli, Via::QuietBrowser, call("signin:ConsoleLogin")
        .returning(json!({ "ConsoleLogin": "Success" }))
        .sign_in(json!({
            "LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No",
            "MFAUsed": "Yes", "MFAIdentifier": format!("arn:aws:iam::{}:mfa/phone", eli.account),
        })), "sign-in")?;
    scene.harmless(
        &eli,
        Via::QuietBrowser,
        call("signin:ConsoleLogin").returning(json!({ "ConsoleLogin": "Failure" })).sign_in(
            json!({
                "LoginTo": "https://console.aws.amazon.com/console/home",
                "MobileVersion": "No",
                "MFAUsed": "No",
            }),
        ),
        "sign-in",
    )?;
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
        "ec2:DescribeInstances ec2:DescribeImages ec2:DescribeInstanceTypes \
         ec2:DescribeKeyPairs ec2:DescribeSubnets ec2:DescribeVpcs",
    )?;
    let launch = json!({
        "instancesSet": { "items": [{
            "imageId": "ami-0123456789abcdef0", "minCount": 1, "maxCount": 1,
        }] },
        "instanceType": "m7g.large",
    });
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
    scene.change(
        &eli,
        Via::Browser,
        call("ec2:CreateSecurityGroup")
            .with(json!({
                "groupName": "launch-wizard-3",
                "groupDescription": format!("launch-wizard-3 created {opened}"),
            }))
            .returning(json!({ "_return": true, "groupId": group })),
    )?;
    scene.change(
        &eli,
        Via::Browser,
        call("ec2:AuthorizeSecurityGroupIngress")
            .with(json!({
                "groupId": group,
                "ipPermissions": { "items": [{
                    "ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
                    "ipRanges": { "items": [{ "cidrIp": "0.0.0.0/0" }] },
                }] },
            }))
            .returning(json!({ "_return": true })),
    )?;
    scene.change(
        &eli,
        Via::Browser,
        call("ec2:CreateKeyPair")
            .with(json!({ "keyName": "eli-workshop", "keyType": "ed25519", "keyFormat": "pem" }))
            .returning(json!({
                "keyName": "eli-workshop", "keyPairId": pair,
                "keyMaterial": "<sensitiveDataRemoved>",
            })),
    )?;
    scene.change(
        &eli,
        Via::Browser,
        call("ec2:RunInstances").with(launch).returning(json!({
            "instancesSet": { "items": [{
                "instanceId": instance, "instanceType": "m7g.large",
                "instanceState": { "code": 0, "name": "pending" },
            }] },
        })),
    )?;
    scene.wait(25);
    let old = [scene.id("i"), scene.id("i")];
    let items: Vec<Value> = old.iter().map(|id| json!({ "instanceId": id })).collect();
    scene.look(&eli, Via::Browser, "ec2:DescribeInstances ec2:DescribeInstanceStatus")?;
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
    scene.change(
        &eli,
        Via::Browser,
        call("ec2:StopInstances")
            .with(json!({ "instancesSet": { "items": items }, "force": false }))
            .returning(json!({ "instancesSet": { "items": old.iter().map(|id| json!({
            "instanceId": id,
            "currentState": { "code": 64, "name": "stopping" },
            "previousState": { "code": 16, "name": "running" },
        })).collect::<Vec<_>>() } })),
    )
}

/// The stack is by hand; what CloudFormation then does is not.
pub(super) fn starts_a_stack(scene: &mut Scene) -> Result<()> {
    const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";
    let ann = scene.sign_in(&ANN, NETWORK, FRANKFURT, "Yes")?;
    let stack = scene.name("vpn-trial");
    let id = scene.random.uuid();
    let home = format!("{}:{}", ann.region, ann.account);
    let arn = format!("arn:aws:cloudformation:{home}:stack/{stack}/{id}");
    scene.look(
        &ann,
        Via::Proxy,
        "cloudformation:ListStacks cloudformation:GetTemplateSummary \
         cloudformation:DescribeStacks",
    )?;
    scene.change(
        &ann,
        Via::Proxy,
        call("cloudformation:CreateStack")
            .with(json!({
                "stackName": stack,
                "templateURL": "https://example-templates.s3.amazonaws.com/vpn.yaml",
                "capabilities": ["CAPABILITY_IAM"], "parameters": [],
            }))
            .returning(json!({
                "stackId": arn,
            })),
    )?;
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
    scene.chained(
        &ann,
        CLOUDFORMATION,
        call("iam:CreateRole")
            .with(json!({ "roleName": format!("{stack}-Role"), "path": "/" }))
            .returning(json!({
                "role": {
                    "roleName": format!("{stack}-Role"),
                    "arn": format!("arn:aws:iam::{}:role/{stack}-Role", ann.account),
                },
            })),
    )?;
    scene.look(
        &ann,
        Via::Proxy,
        "cloudformation:DescribeStackEvents cloudformation:DescribeStackResources \
         cloudformation:DescribeStacks",
    )
}

/// A database, whose key is granted behind the scenes, and one refusal.
pub(super) fn creates_a_database(scene: &mut Scene) -> Result<()> {
    let dana = scene.sign_in(&DANA, DATA, FRANKFURT, "No")?;
    let database = scene.name("ledger-copy");
    scene.look(
        &dana,
        Via::Proxy,
        "rds:DescribeDBEngineVersions rds:DescribeOrderableDBInstanceOptions \
         rds:DescribeDBSubnetGroups kms:ListAliases kms:DescribeKey",
    )?;
    scene.change(&dana, Via::Proxy, call("rds:CreateDBInstance")
        .with(json!({
            "dBInstanceIdentifier": database, "dBInstanceClass": "db.t4g.medium",
            "engine": "postgres", "masterUserPassword": "****", "storageEncrypted": true,
            "publiclyAccessible": false,
        }))
        .returning(json!({
            "dBInstanceIdentifier": database, "dBInstanceStatus": "creating",
            "dBInstanceArn": format!("arn:aws:rds:{}:{}:db:{database}", dana.region, dana.account),
        })))?;
    let (key, grant) = (scene.random.uuid(), scene.random.hex(64));
    let key = format!("arn:aws:kms:{}:{}:key/{key}", dana.region, dana.account);
    scene.chained(
        &dana,
        "rds.amazonaws.com",
        call("kms:CreateGrant")
            .with(json!({
                "keyId": key, "granteePrincipal": format!("rds.{}.amazonaws.com", dana.region),
                "operations": ["Decrypt", "GenerateDataKey"],
            }))
            .returning(json!({ "grantId": grant }))
            .on(dana.account, "AWS::KMS::Key", key.clone()),
    )?;
    scene.wait(12);
    let group = scene.name("postgres17-tuned");
    scene.change(
        &dana,
        Via::Proxy,
        call("rds:ModifyDBParameterGroup")
            .with(json!({
                "dBParameterGroupName": group,
                "parameters": [{
                    "parameterName": "work_mem", "parameterValue": "65536",
                    "applyMethod": "immediate", "isModified": false,
                }],
            }))
            .returning(json!({ "dBParameterGroupName": group })),
    )?;
    scene.denied(
        &dana,
        Via::Proxy,
        call("rds:DeleteDBCluster")
            .with(json!({ "dBClusterIdentifier": "ledger", "skipFinalSnapshot": false }))
            .failing("AccessDenied", "No identity-based policy allows rds:DeleteDBCluster."),
    )
}
