//! Accounts and regions that deliver, and that the log table does not know yet.

use super::*;
use crate::athena::program::with_s3;
use crate::program::{Desk, Ended, change, gzip, log};
use crate::standin::s3::S3;

fn table(properties: &str) -> String {
    let statement = clickops::table::own::cloudtrail(
        &"default.cloudtrail".parse().unwrap(),
        &clickops::table::own::Trail {
            folder: "s3://log-archive/AWSLogs".parse().unwrap(),
            accounts: BTreeSet::from(["111122223333".to_owned()]),
            regions: BTreeSet::from(["eu-west-1".to_owned()]),
        },
    );
    statement.unwrap().replace("'managed_by' = 'clickops'", properties)
}

/// Logs of two accounts, in S3 and in the folder that Athena reads.
fn services(properties: &str) -> (Desk, Athena, S3) {
    let desk = Desk::new();
    let s3 = S3::with(&["log-archive", "clickops-state"]);
    std::fs::create_dir_all(desk.path("bucket")).unwrap();
    let service = Athena::with_table(&desk.path("bucket"), &table(properties));
    for (account, region) in [("111122223333", "eu-west-1"), ("444455556666", "us-east-1")] {
        deliver(&desk, &s3, "AWSLogs", account, region);
    }
    desk.write("c.toml", "[source]\nengine = 'athena'\nlogs = 's3://log-archive'\n");
    (desk, service, s3)
}

fn deliver(desk: &Desk, s3: &S3, above: &str, account: &str, region: &str) {
    let mut event = change(&format!("of-{account}"), "2026-11-23T09:00:00Z");
    event["recipientAccountId"] = account.into();
    event["awsRegion"] = region.into();
    let key = format!(
        "{above}/{account}/CloudTrail/{region}/2026/11/23/{account}_CloudTrail_{region}_20261123T0905Z_a.json.gz"
    );
    let bytes = gzip(&log(&[event]));
    desk.write(&format!("bucket/{key}"), &bytes);
    s3.put("log-archive", &key, bytes);
}

fn run(desk: &Desk, service: &Athena, s3: &S3) -> Ended {
    let line = "run --config c.toml --now 2026-11-23T10:00:00Z --store s3://clickops-state/prod";
    with_s3(desk, service, s3, line)
}

fn altered(service: &Athena) -> Vec<String> {
    let sent = service.requests("StartQueryExecution").into_iter();
    let sent = sent.map(|body| body["QueryString"].as_str().unwrap().to_owned());
    sent.filter(|sql| sql.starts_with("ALTER ")).collect()
}

#[test]
fn clickops_own_table_is_told_of_them_once_and_before_the_query() {
    let (desk, service, s3) = services("'managed_by' = 'clickops'");
    let dry = "run --config c.toml --now 2026-11-23T10:00:00Z --dry-run";
    let dry = with_s3(&desk, &service, &s3, dry);
    assert!(dry.stderr.contains("a run that is no trial has "), "{dry:?}");
    assert!(altered(&service).is_empty());

    let first = run(&desk, &service, &s3);
    assert_eq!(first.code, 0, "{first:?}");
    assert!(first.stdout.contains("2 changes by "), "{first:?}");
    let told = "\"awsdatacatalog\".\"default\".\"cloudtrail\" now lists account 444455556666 and \
                region us-east-1\n";
    assert!(first.stderr.contains(told), "{first:?}");
    let listed =
        |what: &str| service.property("default.cloudtrail", &format!("projection.{what}.values"));
    assert_eq!(listed("account"), "111122223333,444455556666");
    assert_eq!(listed("region"), "eu-west-1,us-east-1");
    let second = run(&desk, &service, &s3);
    assert!(second.stdout.starts_with("Nothing new"), "{second:?}");
    assert_eq!(altered(&service).len(), 1);
}

#[test]
fn logs_that_the_table_cannot_be_told_of_are_read_later() {
    let (desk, service, s3) = services("'managed_by' = 'clickops'");
    service.next(Course {
        end: Some(End::Failed(Failed {
            reason: "PERMISSION_DENIED: not authorized to perform: glue:UpdateTable".to_owned(),
            category: 2,
            kind: 1500,
            retryable: false,
        })),
        ..Course::default()
    });
    let first = run(&desk, &service, &s3);
    assert_eq!(first.code, 1, "{first:?}");
    assert!(first.stdout.contains("1 change by "), "{first:?}");
    let told = "warning: s3://log-archive/AWSLogs/444455556666/CloudTrail/us-east-1/2026/11/23/: 1 \
                log that Athena does not read, because \"awsdatacatalog\".\"default\".\"cloudtrail\" does not \
                list account 444455556666 and region us-east-1, and cannot be told: ";
    assert!(first.stderr.contains(told) && first.stderr.contains("glue:UpdateTable"), "{first:?}");
    let second = run(&desk, &service, &s3);
    assert!(second.stdout.contains("1 change by "), "{second:?}");
    assert_eq!(second.code, 0, "{second:?}");
}

#[test]
fn of_somebody_elses_table_it_is_said_at_every_run() {
    let (desk, service, s3) = services("'team' = 'audit'");
    deliver(&desk, &s3, "other/AWSLogs", "222233334444", "eu-west-1");
    for collected in [true, false] {
        let ended = run(&desk, &service, &s3);
        assert_eq!(ended.code, 1, "{ended:?}");
        assert_eq!(ended.stdout.contains("1 change by "), collected, "{ended:?}");
        for told in [
            "does not list account 444455556666 and region us-east-1\n",
            "the owner of \"awsdatacatalog\".\"default\".\"cloudtrail\" has to run ALTER TABLE `default`.`cloudtrail` SET TBLPROPERTIES ('projection.account.values' = \
             '111122223333,444455556666', 'projection.region.values' = 'eu-west-1,us-east-1')",
            "s3://log-archive/other/AWSLogs/222233334444/CloudTrail/eu-west-1/2026/11/23/: 1 log that \
             Athena does not read, because \"awsdatacatalog\".\"default\".\"cloudtrail\" has no folder \
             there",
        ] {
            assert!(ended.stderr.contains(told), "{told}\n{ended:?}");
        }
    }
    assert!(altered(&service).is_empty());
}

#[test]
fn an_injected_column_is_told_who_delivers() {
    let (desk, service, s3) = services("'team' = 'audit'");
    service.add_table(
        &table("'team' = 'audit'")
            .replace("`cloudtrail`", "`injected`")
            .replace("'enum'", "'injected'"),
    );
    let ask = |more: &str| {
        let line =
            "query console_changes --config c.toml --format ndjson --since 2026-11-01T00:00:00Z";
        with_s3(&desk, &service, &s3, &format!("{line} {more}"))
    };
    desk.write(
        "c.toml",
        "[source]\nengine = 'athena'\nlogs = 's3://log-archive'\n[athena]\ntable = 'injected'\n",
    );
    assert_eq!(ask("").rows().len(), 2);
    assert_eq!(ask("--account 444455556666").rows().len(), 1);
    desk.write("c.toml", "[source]\nengine = 'athena'\n[athena]\ntable = 'injected'\n");
    let refused = ask("--region us-east-1");
    assert_eq!(refused.code, 3, "{refused:?}");
    let told = "has to be told which values of its injected partition column 'account' are wanted";
    assert!(refused.stderr.contains(told), "{refused:?}");
    assert!(refused.stderr.contains("hint: Give --account, or set source.logs"), "{refused:?}");
    assert_eq!(ask("--region us-east-1 --account 444455556666").rows().len(), 1);
}

/// Nobody lists accounts then, and Athena would refuse the query.
#[test]
fn minutes_of_delivery_cannot_be_asked_of_a_table_that_wants_to_be_told_accounts() {
    let (desk, _, s3) = services("'x' = 'y'");
    let (by, instead) = ("account.type' = 'enum'", "account.type' = 'injected'");
    let service =
        Athena::with_table(&desk.path("bucket"), &table("'x' = 'y'").replace(by, instead));
    desk.write(
        "c.toml",
        "[source]\nengine = 'athena'\nlogs = 's3://log-archive'\n[window]\nby = 'minutes'\n",
    );
    let refused = run(&desk, &service, &s3);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("injected partition column 'account'"), "{refused:?}");
    assert!(refused.stderr.contains("hint: Set window.by to \"logs\""), "{refused:?}");
    assert_eq!(service.executions(), 0);
}
