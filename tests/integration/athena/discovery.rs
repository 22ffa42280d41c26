//! What Athena's catalogue says of the log table, and what is said of tables that cannot be used.

use super::*;
use crate::athena::program::clickops;
use crate::program::{Desk, Ended};

const TRAIL: &str = "CREATE EXTERNAL TABLE audit.trail (
    eventid string, eventtime string, eventsource string, eventname string, awsregion string,
    sourceipaddress string, useragent string, errorcode string, readonly string, eventtype string,
    requestparameters string, responseelements string, additionaleventdata string,
    useridentity struct<type:string,arn:string,accountid:string,username:string>
) PARTITIONED BY (account string, region string, dt string)
LOCATION 's3://log-archive/AWSLogs/o-exampleorg/'
TBLPROPERTIES (
    'projection.enabled'='true', 'projection.account.type'='injected',
    'projection.region.type'='enum',
    'projection.region.values'='eu-west-1,us-east-1,eu-central-1',
    'projection.dt.type'='date', 'projection.dt.format'='yyyy/MM/dd',
    'projection.dt.range'='2020/01/01,NOW',
    'storage.location.template'='s3://log-archive/AWSLogs/o-exampleorg/${account}/CloudTrail/${region}/${dt}')";

fn ask(desk: &Desk, service: &Athena, athena: &str, more: &str) -> Ended {
    desk.write("c.toml", format!("[source]\nengine = 'athena'\n[athena]\n{athena}\n"));
    let line = format!("query console_changes --config c.toml --format ndjson {more}");
    clickops(desk, service, &format!("{line} --since 2026-11-01T00:00:00Z --account 111122223333"))
}

#[test]
fn the_catalogue_is_asked_once_and_what_the_table_lacks_is_told() {
    let desk = Desk::new();
    let service = Athena::with_table(&project("examples/logs"), TRAIL);
    let found = ask(&desk, &service, "database = 'audit'\ntable = 'trail'", "");
    assert!(!found.rows().is_empty(), "{found:?}");
    let asked = service.requests("GetTableMetadata");
    let expected = serde_json::json!({
        "CatalogName": "awsdatacatalog", "DatabaseName": "audit", "TableName": "trail",
    });
    assert_eq!(asked, [expected]);
    let lacks = "warning: \"awsdatacatalog\".\"audit\".\"trail\": the table has no eventversion, \
                 errormessage, requestid, resources, ";
    assert!(found.stderr.contains(lacks), "{found:?}");
    let sent = service.requests("StartQueryExecution")[0]["QueryString"].to_string();
    assert!(sent.contains("CAST(NULL AS varchar) AS eventversion"), "{sent}");
    assert!(sent.contains("\\\"dt\\\" AS day"), "{sent}");
}

#[test]
fn whoever_says_what_the_table_is_keeps_the_catalogue_from_being_asked() {
    let (desk, service) = (Desk::new(), service());
    let known = ask(&desk, &service, "discover = false", "");
    assert_eq!(known.code, 0, "{known:?}");
    desk.write("trail.sql", "CREATE EXTERNAL TABLE cloudtrail (eventname string, eventid string)");
    let known = ask(&desk, &service, "", "--ddl trail.sql");
    assert!(known.stderr.contains("trail.sql: the table has no "), "{known:?}");
    assert!(service.requests("GetTableMetadata").is_empty());
}

#[test]
fn a_table_that_cannot_be_used_says_what_to_set() {
    let desk = Desk::new();
    let service = Athena::with_table(&project("examples/logs"), TRAIL);
    service.add_table("CREATE EXTERNAL TABLE audit.sales (id string)");
    service.add_table(
        "CREATE EXTERNAL TABLE audit.other_trail (eventname string, eventsource string)",
    );
    service.add_view("audit.events");
    for (athena, told, hint) in [
        (
            "database = 'audit'\ntable = 'trial'",
            "table: there is no table \"awsdatacatalog\".\"audit\".\"trial\" in Athena's catalogue",
            "did you mean trail?",
        ),
        (
            "database = 'audit'\ntable = 'logs'",
            "there is no table ",
            "did you mean other_trail or trail?",
        ),
        (
            "database = 'adit'\ntable = 'trail'",
            "there is no database 'adit' in Athena's catalogue",
            "athena.region",
        ),
        ("database = 'audit'\ntable = 'events'", "is a view", "the table that it selects from"),
        (
            "database = 'audit'\ntable = 'sales'",
            "is no table of CloudTrail's records: it lacks eventname or eventsource",
            "Set athena.database and athena.table",
        ),
    ] {
        let refused = ask(&desk, &service, athena, "");
        assert_eq!(refused.code, 3, "{athena}: {refused:?}");
        assert!(refused.stderr.contains(told), "{athena}: {refused:?}");
        assert!(refused.stderr.contains(hint), "{athena}: {refused:?}");
    }
    assert_eq!(service.executions(), 0);
}

#[test]
fn who_may_not_ask_learns_how_to_do_without() {
    let (desk, service) = (Desk::new(), service());
    for fault in [Fault::Denied, Fault::GlueDenied] {
        service.fail("GetTableMetadata", &[fault]);
        let refused = ask(&desk, &service, "", "");
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(refused.stderr.contains("athena:GetTableMetadata"), "{refused:?}");
        assert!(refused.stderr.contains("set source.ddl"), "{refused:?}");
    }
    service.fail("GetTableMetadata", &[Fault::Throttled, Fault::Server, Fault::Hangup]);
    assert_eq!(ask(&desk, &service, "", "").code, 0);
}
