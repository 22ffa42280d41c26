//! What the address of a log says of the partition columns of tables.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::logs::{LogKey, Place};

const LAYOUT: &str = "AWSLogs/o-abc123/111122223333/CloudTrail/eu-west-1/2026/01/03/x.json.gz";

fn log(address: &str) -> Log {
    Log {
        address: address.to_owned(),
        key: LogKey::of(&[]),
        place: Place::of(address),
        delivered: DateTime::UNIX_EPOCH,
        bytes: 0,
    }
}

fn shape(partitions: &str, properties: &str) -> TableShape {
    let projected = if properties.is_empty() {
        String::new()
    } else {
        format!("TBLPROPERTIES ('projection.enabled'='TRUE', {properties})")
    };
    let text = format!(
        "CREATE EXTERNAL TABLE x (eventname string) PARTITIONED BY ({partitions}) {projected}"
    );
    ddl::parse(&text, "t.sql").unwrap_or_else(|error| panic!("{text}\n{error}")).table
}

/// The values with bars between them; a question mark where the record has to tell.
fn values(table: &TableShape, address: &str) -> String {
    let values = table.partition_values(&log(address));
    let values: Vec<_> = values.iter().map(|value| value.as_deref().unwrap_or("?")).collect();
    values.join("|")
}

/// The properties of projected columns: `name:enum`, `name:date=format`, `name:integer=digits`.
fn projected(columns: &str, template: &str) -> String {
    let mut properties = vec![format!("'storage.location.template'='{template}'")];
    for column in columns.split_whitespace() {
        let (name, kind) = column.split_once(':').unwrap();
        let (kind, detail) = kind.split_once('=').unwrap_or((kind, ""));
        properties.push(format!("'projection.{name}.type'='{kind}'"));
        properties.push(match kind {
            "date" => format!(
                "'projection.{name}.range'='NOW-1YEARS,NOW','projection.{name}.format'='{detail}'"
            ),
            "integer" => {
                format!("'projection.{name}.range'='1,3000','projection.{name}.digits'='{detail}'")
            }
            _ => format!("'projection.{name}.values'='a,b'"),
        });
    }
    properties.join(",")
}

#[test]
fn templates_tell_what_athena_would_give() {
    for (partitions, columns, template, expected) in [
        (
            "`timestamp` string",
            "timestamp:date=yyyy/MM/dd",
            "s3://b/AWSLogs/111122223333/CloudTrail/eu-west-1/${timestamp}",
            "2026/01/03",
        ),
        (
            "account string, region string, `date` string",
            "account:injected region:enum date:date=yyyy/MM/dd",
            "s3://b/p/AWSLogs/o-abc123/${account}/CloudTrail/${region}/${date}/",
            "111122223333|eu-west-1|2026/01/03",
        ),
        (
            "region string, year string, month string, day string",
            "region:enum year:integer=4 month:integer=2 day:integer=2",
            "s3://b/AWSLogs/1/CloudTrail/${region}/${year}/${month}/${day}",
            "eu-west-1|2026|01|03",
        ),
        ("dt date", "dt:date=yyyy/MM/dd", "s3://b/${dt}", "2026-01-03"),
        ("dt timestamp", "dt:date=yyyy/MM/dd", "s3://b/${dt}", "2026-01-03 00:00:00"),
        // Folders below the partition's own are part of it.
        (
            "p1 string, p2 string",
            "p1:enum p2:date=yyyy",
            "s3://b/AWSLogs/o-abc123/111122223333/CloudTrail/${p1}/${p2}",
            "eu-west-1|2026",
        ),
        ("r string", "r:enum", "s3://b/AWSLogs/o-abc123/111122223333/CloudTrail/${r}", "eu-west-1"),
        // Names say nothing here; the template does.
        (
            "a string, b string, c string, d string",
            "a:enum b:injected c:enum d:date=yyyy/MM/dd",
            "s3://b/AWSLogs/${a}/${b}/CloudTrail/${c}/${d}",
            "o-abc123|111122223333|eu-west-1|2026/01/03",
        ),
    ] {
        let table = shape(partitions, &projected(columns, template));
        assert_eq!(values(&table, &format!("/home/x/{LAYOUT}")), expected, "{template}");
        assert_eq!(values(&table, &format!("s3://other/{LAYOUT}")), expected, "{template}");
    }
}

#[test]
fn a_log_outside_the_template_is_placed_by_its_own_layout() {
    let table = shape(
        "acct string, reg string, ts string",
        &projected(
            "acct:enum reg:enum ts:date=yyyy-MM-dd",
            "s3://b/${acct}/CloudTrail/${reg}/day-${ts}",
        ),
    );
    assert_eq!(
        values(&table, "/logs/111122223333/CloudTrail/eu-west-1/day-2026-01-03/x.json"),
        "111122223333|eu-west-1|2026-01-03"
    );
    assert_eq!(values(&table, LAYOUT), "111122223333|eu-west-1|2026-01-03");
    assert_eq!(values(&table, "/logs/x.json"), "?|?|?");
    let dates: Vec<_> =
        table.partitions.iter().map(|p| p.of_event_time("2026-01-03T04:05:06Z")).collect();
    assert_eq!(dates, [None, None, Some("2026-01-03".to_owned())]);
}

#[test]
fn without_a_template_names_tell() {
    for (partitions, expected) in [
        ("account string, region string, day string", "111122223333|eu-west-1|2026/01/03"),
        (
            "aws_account_id bigint, aws_region string, dt string",
            "111122223333|eu-west-1|2026/01/03",
        ),
        ("region string, year string, month string, day string", "eu-west-1|2026|01|03"),
        ("year int, month int, day int", "2026|01|03"),
        ("org_id string, account string", "o-abc123|111122223333"),
        ("event_date date, `timestamp` timestamp", "2026-01-03|2026-01-03 00:00:00"),
        ("team string", "?"),
    ] {
        assert_eq!(values(&shape(partitions, ""), LAYOUT), expected, "{partitions}");
    }
    let early = "o-abc123/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/03/x.json.gz";
    assert_eq!(values(&shape("organization string", ""), early), "o-abc123");
    let text = "CREATE TABLE x (a string) PARTITIONED BY (dt string) TBLPROPERTIES ('projection.dt.format'='yyyy-MM-dd')";
    assert_eq!(values(&ddl::parse(text, "t").unwrap().table, LAYOUT), "2026-01-03");
}

#[test]
fn folders_may_name_their_column() {
    let table = shape("region string, dt string", "");
    for (address, expected) in [
        ("/x/region=eu-west-1/dt=2026-01-03/x.json", "eu-west-1|2026-01-03"),
        ("/x/Region=a%2Fb%zz/dt=__HIVE_DEFAULT_PARTITION__/x.json", "a/b%zz|?"),
        ("/x/other=1/x.json", "?|?"),
        ("region=not-a-folder.json", "?|?"),
    ] {
        assert_eq!(values(&table, address), expected, "{address}");
    }
}

#[test]
fn the_shipped_table_has_account_region_and_day() {
    let table = TableShape::cloudtrail(None);
    assert_eq!(values(&table, LAYOUT), "111122223333|eu-west-1|2026/01/03");
    assert_eq!(values(&table, "x.json"), "?|?|?");
    assert_eq!(table.name.to_string(), "\"awsdatacatalog\".\"default\".\"cloudtrail\"");
    let named = TableShape::cloudtrail(Some("audit.logs".parse().unwrap()));
    assert!(named.name.is_called(&["audit", "logs"]));
}

proptest! {
    /// Whatever folders are called, they say something or nothing.
    #[test]
    fn no_address_is_too_odd(address in "[0-9a-zé/\\\\=%_-]{0,60}(2026/01/03|CloudTrail/)?[a-z/=%é]{0,20}") {
        for table in [
            TableShape::cloudtrail(None),
            shape("org string, p string, year int, dt date", ""),
            shape("p string, d string", &projected("p:enum d:date=yyyy/M/d", "x/${p}-y/${d}")),
        ] {
            prop_assert_eq!(table.partition_values(&log(&address)).len(), table.partitions.len());
        }
    }
}

#[test]
fn event_times_that_are_none_say_nothing() {
    let table = shape("year string, day date, `timestamp` timestamp", "");
    let told = |text: &str| {
        let values = table.partitions.iter().map(|p| p.of_event_time(text).unwrap_or_default());
        values.collect::<Vec<_>>().join("|")
    };
    assert_eq!(told("2026-01-03T04:05:06Z"), "2026|2026-01-03|2026-01-03 04:05:06");
    assert_eq!(told("2026-01-03"), "2026|2026-01-03|2026-01-03 00:00:00");
    for text in ["soon", "", "2026-13-03T04:05:06Z", "2026-01-0é"] {
        assert_eq!(told(text), "||", "{text}");
    }
}
