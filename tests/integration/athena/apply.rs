//! `clickops sql apply`: what it puts into Athena, and what it leaves alone.

use super::*;
use crate::athena::program::with_s3;
use crate::program::{Desk, Ended, change, gzip, log};
use crate::standin::s3::S3;

const CONFIG: &str = "[source]\nengine = 'athena'\nlogs = 's3://log-archive'\n\
    [athena]\ndatabase = 'audit'\n[store]\nat = 's3://clickops-state/prod'\n";

/// Example logs in a bucket, and a database with a table of somebody else.
fn services() -> (Desk, Athena, S3) {
    let (desk, logs) = (Desk::new(), project("examples/logs"));
    let (service, s3) = (Athena::over(&logs), S3::with(&["log-archive", "clickops-state"]));
    service.add_table("CREATE EXTERNAL TABLE audit.sales (id string)");
    s3.fill("log-archive", "", &logs);
    desk.write("c.toml", CONFIG);
    (desk, service, s3)
}

const APPLY: &str = "sql apply --config c.toml --days 30000";

#[tokio::test(flavor = "multi_thread")]
async fn people_can_select_from_what_was_applied() {
    let (desk, service, s3) = services();
    let dry = with_s3(&desk, &service, &s3, &format!("{APPLY} --dry-run")).ok();
    for part in [
        "-- table audit.cloudtrail\nCREATE EXTERNAL TABLE `audit`.`cloudtrail` (\n",
        "'projection.account.values' = '111122223333,123456789012,222233334444,\
         444455556666,777788889999',\n",
        "'projection.region.values' = 'eu-central-1,eu-west-1,us-east-1',\n",
        "LOCATION 's3://log-archive/AWSLogs/o-exampleorg/'\n",
        "-- view verdicts\nCREATE OR REPLACE VIEW verdicts AS\n",
        "LOCATION 's3://clickops-state/prod/journal/'\n",
        "-- query who-touched, saved as \"clickops: who-touched\"\n",
    ] {
        assert!(dry.contains(part), "{part}\n{dry}");
    }
    assert_eq!(service.executions(), 0);
    assert!(service.requests("CreateNamedQuery").is_empty());

    let applied = with_s3(&desk, &service, &s3, APPLY).ok();
    for line in [
        "made table audit.cloudtrail\n",
        "made view events\n",
        "made view console_changes\n",
        "made table findings\n",
        "saved query who-touched\n",
    ] {
        assert!(applied.contains(line), "{line}\n{applied}");
    }

    let settings = config::Athena { database: Some("audit".to_owned()), ..settings(&service) };
    let engine = AthenaEngine::over(connection(settings), Arc::new(TableShape::cloudtrail(None)));
    let query = BoundQuery::of_sql("q", "SELECT * FROM console_changes", Arc::default());
    let (columns, mut rows) = answer(&engine, &query).await.unwrap();
    rows.sort();
    let files = clickops::logs::dir::list(&project("examples/logs")).unwrap().logs;
    let here = assembler().named("console_changes", &values(&[]), files.into()).unwrap();
    let (expected_columns, expected) = expected(&service, &here).await;
    assert_eq!(columns, expected_columns);
    assert!(!rows.is_empty() && rows == expected, "{} and {} rows", rows.len(), expected.len());

    let again = with_s3(&desk, &service, &s3, APPLY).ok();
    for line in [
        "left table audit.cloudtrail as it is: it is there\n",
        "made view events\n",
        "left table findings as it is: it is there\n",
        "left query who-touched as it is: it is the same\n",
    ] {
        assert!(again.contains(line), "{line}\n{again}");
    }
    assert!(service.requests("UpdateNamedQuery").is_empty());
    let other = with_s3(&desk, &service, &s3, "sql apply --config c.toml --days 7").ok();
    assert!(other.contains("left query who-touched as it is"), "{other}");
    assert!(other.contains("saved query log-coverage\n"), "it reads the log table: {other}");
    assert!(!service.requests("UpdateNamedQuery").is_empty());
}

/// Before the first log, with a config that lets a run make the table.
fn services_without_logs() -> (Desk, Athena, S3) {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("logs")).unwrap();
    let service = Athena::over(&desk.path("logs"));
    service.add_table("CREATE EXTERNAL TABLE audit.sales (id string)");
    desk.write("c.toml", CONFIG.replace("[store]", "apply = true\n[store]"));
    (desk, service, S3::with(&["log-archive", "clickops-state"]))
}

fn deliver(desk: &Desk, s3: &S3, minute: u32) {
    let event = change(&format!("at-{minute:02}"), "2026-11-23T08:55:00Z");
    let key = format!(
        "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23/111122223333_CloudTrail_eu-west-1_20261123T09{minute:02}Z_a.json.gz"
    );
    let bytes = gzip(&log(&[event]));
    desk.write(&format!("logs/{key}"), &bytes);
    s3.put("log-archive", &key, bytes);
}

const RUN: &str = "run --config c.toml --now 2026-11-23T10:00:00Z";

#[test]
fn before_the_first_log_a_run_is_left_to_make_what_is_applied() {
    let (desk, service, s3) = services_without_logs();
    let applied = with_s3(&desk, &service, &s3, "sql apply --config c.toml").ok();
    let left = "left table audit.cloudtrail as it is: nobody has delivered a log yet, ";
    assert!(applied.starts_with(left) && applied.lines().count() == 1, "{applied}");
    let early = with_s3(&desk, &service, &s3, RUN);
    assert!(early.stderr.contains("there are no logs in s3://log-archive"), "{early:?}");
    let examined = with_s3(&desk, &service, &s3, "doctor --config c.toml");
    let to_come = "The first run that finds a log makes it.";
    assert!(examined.stdout.contains(to_come), "{examined:?}");
    assert_eq!(service.executions(), 0);

    deliver(&desk, &s3, 5);
    let first = with_s3(&desk, &service, &s3, RUN);
    assert!(first.code == 0 && first.stdout.contains("1 change by "), "{first:?}");
    let made =
        "made the table \"awsdatacatalog\".\"audit\".\"cloudtrail\", with views and queries\n";
    assert!(first.stderr.contains(made), "{first:?}");
    assert!(!service.requests("CreateNamedQuery").is_empty());
    let made = |service: &Athena| {
        let sent = service.requests("StartQueryExecution");
        sent.iter()
            .filter(|body| body["QueryString"].as_str().unwrap().starts_with("CREATE"))
            .count()
    };
    let before = made(&service);
    deliver(&desk, &s3, 10);
    let second = with_s3(&desk, &service, &s3, RUN);
    assert!(second.stdout.contains("1 change by "), "{second:?}");
    assert_eq!(made(&service), before, "once");
}

#[test]
fn a_run_goes_on_without_what_is_only_for_people() {
    let (desk, service, s3) = services_without_logs();
    deliver(&desk, &s3, 5);
    service.fail("CreateNamedQuery", &[Fault::Denied]);
    let first = with_s3(&desk, &service, &s3, RUN);
    assert!(first.code == 0 && first.stdout.contains("1 change by "), "{first:?}");
    let told = "but not all of what is for people, which `clickops sql apply` makes: ";
    assert!(first.stderr.contains(told), "{first:?}");
}

#[test]
fn a_run_makes_no_table_unless_it_may() {
    for (from, to, told) in [
        ("apply = true", "", "there is no table \"awsdatacatalog\".\"audit\".\"cloudtrail\""),
        ("audit", "adit", "there is no database 'adit'"),
    ] {
        let (desk, service, s3) = services_without_logs();
        deliver(&desk, &s3, 5);
        let config = CONFIG.replace("[store]", "apply = true\n[store]");
        desk.write("c.toml", config.replace(from, to));
        let refused = with_s3(&desk, &service, &s3, RUN);
        assert!(refused.code == 3 && refused.stderr.contains(told), "{refused:?}");
        assert_eq!(service.executions(), 0);
    }
}

const TRAIL: &str = "CREATE EXTERNAL TABLE audit.trail (eventname string, eventsource string, \
    eventid string) PARTITIONED BY (dt string) LOCATION 's3://log-archive/AWSLogs/'";

#[test]
fn a_table_that_somebody_has_stays_as_it_is() {
    let (desk, service, s3) = services();
    service.add_table(TRAIL);
    service.add_table("CREATE EXTERNAL TABLE audit.findings (event_id string)");
    desk.write("c.toml", CONFIG.replace("[store]", "table = 'trail'\n[store]"));
    let applied = with_s3(&desk, &service, &s3, APPLY).ok();
    assert!(
        applied.starts_with("left table audit.trail as it is: it is there\nmade view cloudtrail\n")
    );
    let lacks = "left table findings as it is: it lacks detection, event_time, ";
    assert!(applied.contains(lacks), "{applied}");
    let sent = service.requests("StartQueryExecution");
    let sent: Vec<_> = sent.iter().map(|body| body["QueryString"].as_str().unwrap()).collect();
    assert!(!sent.iter().any(|sql| sql.contains("TABLE `audit`.`trail`")));
    let always = "CREATE OR REPLACE VIEW cloudtrail AS\n-- Always ask for days";
    assert!(sent[0].starts_with(always), "{}", sent[0]);
    let events = sent.iter().find(|sql| sql.starts_with("CREATE OR REPLACE VIEW events ")).unwrap();
    let lately = "FROM \"awsdatacatalog\".\"audit\".\"trail\"\nWHERE \"dt\" >= date_format(";
    assert!(events.contains(lately), "{events}");
}

#[test]
fn what_cannot_be_applied_says_why_and_changes_nothing() {
    let refused = |prepare: &dyn Fn(&Desk, &Athena, &S3)| -> Ended {
        let (desk, service, s3) = services();
        prepare(&desk, &service, &s3);
        let ended = with_s3(&desk, &service, &s3, APPLY);
        assert_eq!(service.executions(), 0, "{ended:?}");
        ended
    };
    let config = |from: &'static str, to: &'static str| {
        move |desk: &Desk, _: &Athena, _: &S3| drop(desk.write("c.toml", CONFIG.replace(from, to)))
    };
    let taken = |_: &Desk, service: &Athena, _: &S3| {
        service.add_table("CREATE EXTERNAL TABLE audit.events (id string)");
    };
    let two = |_: &Desk, _: &Athena, s3: &S3| {
        let key = "o-x/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23/a.json";
        s3.put("log-archive", key, "{}");
    };
    let denied = |_: &Desk, service: &Athena, _: &S3| {
        service.fail("ListTableMetadata", &[Fault::Denied]);
    };
    for (prepare, code, told) in [
        (&config("audit", "adit") as &dyn Fn(&Desk, &Athena, &S3), 3, "CREATE DATABASE adit"),
        (&config("engine = 'athena'", "engine = 'local'"), 2, "Set source.engine to \"athena\""),
        (&config("s3://log-archive", "logs"), 2, "Set source.logs in the config to s3://"),
        (
            &config("log-archive", "log-archive/none"),
            4,
            "no account delivers to s3://log-archive/none",
        ),
        (&taken, 3, "there is a table 'events' in database 'audit'"),
        (&two, 2, "s3://log-archive/AWSLogs/o-exampleorg, s3://log-archive/o-x/AWSLogs"),
        (&denied, 3, "athena:GetTableMetadata"),
    ] {
        let ended = refused(prepare);
        assert_eq!(ended.code, code, "{told}: {ended:?}");
        assert!(ended.stderr.contains(told), "{told}: {ended:?}");
    }
}
