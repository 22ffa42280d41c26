//! The third day: much that only looks like a change, and a few that are.

use anyhow::Result;
use serde_json::json;

use crate::cast::{ANN, BO, CHIDI, DATA, FRANKFURT, IRELAND, Identity, PAYMENTS, SANDBOX, TOOLS};
use crate::record::call;
use crate::scene::Scene;
use crate::via::Via;

/// Sessions on machines and runs of pipelines: by hand, yet no drift.
pub(super) fn operates(scene: &mut Scene) -> Result<()> {
    let chidi = scene.sign_in(&CHIDI, TOOLS, IRELAND, "Yes")?;
    scene.look(
        &chidi,
        Via::Browser,
        "ssm:DescribeInstanceInformation ssm:GetConnectionStatus ec2:DescribeInstances",
    )?;
    let home = format!("{}:{}", chidi.region, chidi.account);
    let machine = format!("arn:aws:states:{home}:stateMachine:reindex");
    let instance = scene.id("i");
    let id = format!("{}-{}", CHIDI.name, scene.random.hex(17));
    scene.operate(
        &chidi,
        Via::Browser,
        call("ssm:StartSession").with(json!({ "target": instance })).returning(
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
    scene.operate(
        &chidi,
        Via::Browser,
        call("states:StartExecution").with(json!({
            "stateMachineArn": machine,
            "input": "HIDDEN_DUE_TO_SECURITY_REASONS",
        })),
    )
}

/// `aws login`: the browser vouches for the CLI, which then is just a CLI.
pub(super) fn uses_aws_login(scene: &mut Scene) -> Result<()> {
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
    for name in ["sts:GetCallerIdentity", "ecr:DescribeRepositories", "ecs:DescribeServices"] {
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
pub(super) fn works_with_tools(scene: &mut Scene) -> Result<()> {
    let bo = scene.session(&BO, SANDBOX, FRANKFURT);
    let bucket = scene.name("example-tf-trial");
    for name in ["sts:GetCallerIdentity", "s3:ListBuckets", "iam:ListRoles"] {
        scene.harmless(&bo, Via::Cli, call(name), "cli")?;
    }
    let tags = scene.id("i");
    scene.harmless(
        &bo,
        Via::Cli,
        call("ec2:CreateTags").with(json!({
            "resourcesSet": { "items": [{ "resourceId": tags }] },
            "tagSet": { "items": [{ "key": "owner", "value": "bo" }] },
        })),
        "cli",
    )?;
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
    for name in
        ["s3:HeadBucket", "s3:CreateBucket", "s3:PutBucketVersioning", "s3:PutBucketEncryption"]
    {
        scene.harmless(
            &bo,
            Via::Terraform,
            call(name).with(json!({ "bucketName": bucket })),
            "terraform",
        )?;
    }
    scene.harmless(
        &bo,
        Via::Cdk,
        call("cloudformation:CreateChangeSet").with(json!({
            "stackName": "ShopStack", "changeSetName": "cdk-deploy-change-set",
            "changeSetType": "UPDATE",
        })),
        "cdk",
    )?;
    scene.harmless(
        &bo,
        Via::Cdk,
        call("cloudformation:ExecuteChangeSet")
            .with(json!({ "stackName": "ShopStack", "changeSetName": "cdk-deploy-change-set" })),
        "cdk",
    )
}

/// Questions and reports that CloudTrail does not call reads.
pub(super) fn asks_questions(scene: &mut Scene) -> Result<()> {
    let chidi = scene.sign_in(&CHIDI, DATA, IRELAND, "Yes")?;
    let query = json!({ "queryString": "SELECT 1", "workGroup": "primary" });
    for _ in 0..4 {
        scene.harmless(
            &chidi,
            Via::Browser,
            call("athena:StartQueryExecution").with(query.clone()),
            "query",
        )?;
        scene.look(&chidi, Via::Browser, "athena:GetQueryExecution athena:GetQueryResults")?;
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
pub(super) fn shops_in_a_browser(scene: &mut Scene) -> Result<()> {
    let account = scene.account(PAYMENTS);
    let pool = format!("{IRELAND}:{}", scene.random.uuid());
    for _ in 0..4 {
        for name in [
            "cognito-idp:InitiateAuth",
            "cognito-identity:GetId",
            "cognito-identity:GetCredentialsForIdentity",
        ] {
            let call = call(name).with(json!({ "identityPoolId": pool })).read_only(false);
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
        scene.automatic(user, Via::QuietBrowser, account, IRELAND, attach, "app-user")?;
    }
    Ok(())
}

/// Odds and ends, one for each remaining way that a console works.
pub(super) fn tidies_up(scene: &mut Scene) -> Result<()> {
    let ann = scene.sign_in(&ANN, PAYMENTS, IRELAND, "Yes")?;
    let (key, group, rule) = (scene.random.uuid(), scene.id("sg"), scene.id("sgr"));
    let key = format!("arn:aws:kms:{}:{}:key/{key}", ann.region, ann.account);
    scene.look(&ann, Via::Proxy, "kms:ListKeys kms:DescribeKey kms:GetKeyPolicy")?;
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
    scene.change(
        &ann,
        Via::Browser,
        call("ec2:ModifySecurityGroupRules")
            .with(json!({
                "ModifySecurityGroupRulesRequest": {
                    "GroupId": group,
                    "SecurityGroupRule": {
                        "SecurityGroupRuleId": rule, "tag": 1,
                        "SecurityGroupRule": {
                            "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                            "CidrIpv4": "192.0.2.0/24",
                        },
                    },
                },
            }))
            .returning(json!({ "ModifySecurityGroupRulesResponse": { "return": true } })),
    )?;
    scene.change(
        &ann,
        Via::Browser,
        call("route53:ChangeResourceRecordSets")
            .with(json!({
                "hostedZoneId": "Z0123456789EXAMPLE",
                "changeBatch": { "changes": [{
                    "action": "UPSERT",
                    "resourceRecordSet": {
                        "name": "shop.example.com.", "type": "A", "tTL": 60,
                        "resourceRecords": [{ "value": "192.0.2.80" }],
                    },
                }] },
            }))
            .returning(json!({ "changeInfo": { "status": "PENDING" } })),
    )?;
    scene.change(
        &ann,
        Via::Browser,
        call("cognito-idp:UpdateUserPool").with(json!({
            "userPoolId": format!("{}_Example01", ann.region), "mfaConfiguration": "OPTIONAL",
        })),
    )?;
    let (monitor, id) = (scene.name("shop-web"), scene.random.uuid());
    scene.change(
        &ann,
        Via::BackEnd,
        call("rum:CreateAppMonitor")
            .with(json!({ "Name": monitor, "Domain": "shop.example.com", "CwLogEnabled": false }))
            .returning(json!({ "Id": id })),
    )
}
