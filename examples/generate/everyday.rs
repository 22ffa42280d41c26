//! Everyday traffic, in which changes by hand are as rare as in a real trail:
//! services at work, pipelines, workloads, and people who are only looking.

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use crate::cast::{ACCOUNTS, Account, COLLEAGUES, Identity, REGIONS, ROOT, Region};
use crate::random::Random;
use crate::record::call;
use crate::scene::{Event, Scene};
use crate::via::Via;

/// Where and since when somebody or something is at work.
struct Shift {
    account: Account,
    region: Region,
    since: DateTime<Utc>,
}

type Moment = fn(&mut Scene, &Shift) -> Result<()>;

/// What happens, and how often out of a hundred times.
const MOMENTS: &[(usize, Moment)] = &[
    (22, looks_at_a_console_page),
    (15, plans_with_terraform),
    (15, runs_a_workload),
    (14, lets_a_service_assume_a_role),
    (12, inspects_as_a_service),
    (7, reads_a_secret),
    (4, reports_from_an_instance),
    (3, lists_from_a_terminal),
    (2, shops),
    (2, reports_as_a_service),
    (1, applies_with_terraform),
    (1, updates_a_stack),
    (1, replaces_an_instance),
    (1, searches_the_logs),
];

/// One event of every day, within the five minutes from `window`.
pub(crate) fn moment(window: DateTime<Utc>, random: &mut Random) -> Result<Vec<Event>> {
    let shift = Shift {
        account: random.favour(&ACCOUNTS),
        region: random.favour(&REGIONS),
        since: window - Duration::minutes(25),
    };
    let time = window + Duration::seconds(random.between(0, 299));
    let mut roll = random.below(MOMENTS.iter().map(|(weight, _)| weight).sum());
    let mut scene = Scene::new(time, random);
    for (weight, happen) in MOMENTS {
        if roll < *weight {
            happen(&mut scene, &shift)?;
            break;
        }
        roll -= weight;
    }
    Ok(scene.into_events())
}

fn looks_at_a_console_page(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let person = scene.random.favour(&COLLEAGUES);
    let session = scene.session(person, shift.account, shift.region).begun(shift.since);
    let (via, name) = scene.random.pick(&[
        (Via::Browser, "ec2:DescribeInstances"),
        (Via::Browser, "ec2:DescribeSecurityGroups"),
        (Via::Browser, "ec2:DescribeVolumes"),
        (Via::Browser, "monitoring:DescribeAlarms"),
        (Via::Browser, "monitoring:GetMetricData"),
        (Via::Browser, "logs:DescribeLogGroups"),
        (Via::Browser, "lambda:ListFunctions20150331"),
        (Via::Browser, "ecs:DescribeServices"),
        (Via::Browser, "ecs:ListTasks"),
        (Via::Proxy, "rds:DescribeDBInstances"),
        (Via::Proxy, "health:DescribeEventAggregates"),
        (Via::Proxy, "ce:GetCostAndUsage"),
        (Via::Proxy, "cloudformation:DescribeStacks"),
        (Via::BackEnd, "iam:ListRoles"),
        (Via::S3Browser, "s3:ListBuckets"),
        (Via::S3Browser, "s3:GetBucketPolicyStatus"),
    ]);
    scene.look(&session, via, name)
}

fn plans_with_terraform(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let name = scene.random.pick(&[
        "sts:GetCallerIdentity",
        "ec2:DescribeVpcs",
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeRouteTables",
        "iam:GetRole",
        "iam:ListAttachedRolePolicies",
        "iam:GetPolicyVersion",
        "s3:GetBucketVersioning",
        "s3:GetBucketEncryption",
        "lambda:GetFunction20150331v2",
        "rds:DescribeDBInstances",
        "kms:GetKeyRotationStatus",
        "route53:ListResourceRecordSets",
    ]);
    terraform(scene, shift, name)
}

fn applies_with_terraform(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let name = scene.random.pick(&[
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateTags",
        "iam:PutRolePolicy",
        "s3:PutBucketPolicy",
        "lambda:UpdateFunctionConfiguration20150331v2",
        "rds:ModifyDBInstance",
        "ssm:PutParameter",
    ]);
    terraform(scene, shift, name)
}

fn terraform(scene: &mut Scene, shift: &Shift, name: &'static str) -> Result<()> {
    let identity = machine(scene, shift, "terraform-apply", "github-run-4711");
    let call = call(name).with(json!({ "name": format!("shop-{}", scene.random.hex(6)) }));
    scene.automatic(identity, Via::Terraform, shift.account, shift.region, call, "terraform")
}

fn runs_a_workload(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let name = scene.random.pick(&[
        "ssm:GetParametersByPath",
        "secretsmanager:GetSecretValue",
        "kms:Decrypt",
        "sqs:GetQueueUrl",
        "ecr:GetAuthorizationToken",
        "dynamodb:DescribeTable",
        "logs:CreateLogStream",
        "ec2:DescribeNetworkInterfaces",
        "elasticloadbalancing:DescribeTargetHealth",
        "sts:GetCallerIdentity",
    ]);
    let identity = machine(scene, shift, "shop-worker", "shop-worker");
    let call = call(name).with(json!({ "name": format!("/shop/{}", scene.random.hex(6)) }));
    let call = if name == "kms:Decrypt" { call.read_only(true) } else { call };
    scene.automatic(identity, Via::Boto3, shift.account, shift.region, call, "boto3")
}

fn lets_a_service_assume_a_role(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let (service, role) = scene.random.pick(&[
        ("lambda.amazonaws.com", "shop-worker"),
        ("ecs-tasks.amazonaws.com", "shop-web"),
        ("ec2.amazonaws.com", "build-runner"),
        ("config.amazonaws.com", "AWSServiceRoleForConfig"),
        ("inspector2.amazonaws.com", "AWSServiceRoleForAmazonInspector2"),
    ]);
    let arn = format!("arn:aws:iam::{}:role/{role}", shift.account);
    let key = scene.random.example_id("ASIA");
    let call = call("sts:AssumeRole")
        .with(json!({ "roleArn": arn, "roleSessionName": role }))
        .returning(json!({ "credentials": { "accessKeyId": key } }))
        .on(shift.account, "AWS::IAM::Role", arn)
        .read_only(true)
        .shared();
    let identity = Identity::service(service);
    scene.automatic(identity, Via::Service(service), shift.account, shift.region, call, "service")
}

fn inspects_as_a_service(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let (service, role, name) = scene.random.pick(&[
        ("config.amazonaws.com", "AWSServiceRoleForConfig", "ec2:DescribeVolumes"),
        ("config.amazonaws.com", "AWSServiceRoleForConfig", "s3:GetBucketPolicy"),
        ("config.amazonaws.com", "AWSServiceRoleForConfig", "iam:ListUsers"),
        (
            "trustedadvisor.amazonaws.com",
            "AWSServiceRoleForTrustedAdvisor",
            "rds:DescribeDBInstances",
        ),
        ("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling", "ec2:DescribeInstanceStatus"),
        (
            "elasticloadbalancing.amazonaws.com",
            "AWSServiceRoleForElasticLoadBalancing",
            "ec2:DescribeSecurityGroups",
        ),
        ("ecs.amazonaws.com", "AWSServiceRoleForECS", "elasticloadbalancing:RegisterTargets"),
    ]);
    let identity = Identity::service_linked(shift.account, role, service, shift.since);
    scene.automatic(
        identity,
        Via::Service(service),
        shift.account,
        shift.region,
        call(name),
        "service",
    )
}

fn reads_a_secret(scene: &mut Scene, shift: &Shift) -> Result<()> {
    const SERVICE: &str = "secretsmanager.amazonaws.com";
    let identity = machine(scene, shift, "shop-worker", "shop-worker").through(SERVICE);
    let key = scene.random.uuid();
    let arn = format!("arn:aws:kms:{}:{}:key/{key}", shift.region, shift.account);
    let call = call("kms:Decrypt")
        .with(json!({ "encryptionAlgorithm": "SYMMETRIC_DEFAULT" }))
        .on(shift.account, "AWS::KMS::Key", arn)
        .read_only(true);
    scene.automatic(identity, Via::Service(SERVICE), shift.account, shift.region, call, "service")
}

fn reports_from_an_instance(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let instance = scene.id("i");
    let identity = machine(scene, shift, "build-runner", &instance);
    let call = call("ssm:UpdateInstanceInformation").with(
        json!({ "instanceId": instance, "agentVersion": "3.3.3050.0", "platformType": "Linux" }),
    );
    scene.automatic(identity, Via::Agent, shift.account, shift.region, call, "agent")
}

fn lists_from_a_terminal(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let person = scene.random.pick(&COLLEAGUES);
    let since = shift.since - Duration::minutes(50);
    let session = scene.session(person, shift.account, shift.region).begun(since);
    let name = scene.random.pick(&[
        "sts:GetCallerIdentity",
        "s3:ListBuckets",
        "ec2:DescribeInstances",
        "logs:DescribeLogStreams",
    ]);
    scene.harmless(&session, Via::Cli, call(name), "cli")
}

fn shops(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let pool = format!("{}:{}", shift.region, scene.random.uuid());
    let user = Identity::app_user(shift.account, &pool, shift.since, scene.random);
    let call =
        call("iot:AttachPolicy").with(json!({ "policyName": "shop-basket", "target": pool }));
    scene.automatic(user, Via::QuietBrowser, shift.account, shift.region, call, "app-user")
}

fn reports_as_a_service(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let (service, name) = scene.random.pick(&[
        ("backup.amazonaws.com", "backup:BackupJobCompleted"),
        ("kms.amazonaws.com", "kms:RotateKey"),
        ("autoscaling.amazonaws.com", "autoscaling:ScalingActivity"),
    ]);
    let identity = Identity::unnamed(shift.account).through(service);
    let call = call(name).service_event(json!({ "id": scene.random.uuid() }));
    scene.automatic(
        identity,
        Via::Service(service),
        shift.account,
        shift.region,
        call,
        "service-event",
    )
}

/// The stack of a pipeline: no flag, and so nobody's console session.
fn updates_a_stack(scene: &mut Scene, shift: &Shift) -> Result<()> {
    const SERVICE: &str = "cloudformation.amazonaws.com";
    let identity = machine(scene, shift, "cdk-deploy", "AWSCloudFormation").through(SERVICE);
    let call =
        call("sqs:SetQueueAttributes").with(json!({ "attributes": { "VisibilityTimeout": "60" } }));
    scene.automatic(identity, Via::Service(SERVICE), shift.account, shift.region, call, "stack")
}

/// Auto Scaling works in the name of root, which must not raise an alarm.
fn replaces_an_instance(scene: &mut Scene, shift: &Shift) -> Result<()> {
    const SERVICE: &str = "autoscaling.amazonaws.com";
    let root = Identity::person(&ROOT, shift.account, shift.since, scene.random).through(SERVICE);
    let instance = scene.id("i");
    let call = call("ec2:TerminateInstances")
        .with(json!({ "instancesSet": { "items": [{ "instanceId": instance }] } }));
    scene.automatic(root, Via::Service(SERVICE), shift.account, shift.region, call, "service")
}

fn searches_the_logs(scene: &mut Scene, shift: &Shift) -> Result<()> {
    let person = scene.random.pick(&COLLEAGUES);
    let session = scene.session(person, shift.account, shift.region).begun(shift.since);
    let call = call("logs:StartQuery").with(
        json!({ "logGroupNames": ["/shop/web"], "queryString": "filter @message like /error/" }),
    );
    scene.harmless(&session, Via::Browser, call, "query")
}

fn machine(scene: &mut Scene, shift: &Shift, role: &str, session: &str) -> Identity {
    Identity::machine(shift.account, role, session, shift.since, scene.random)
}
