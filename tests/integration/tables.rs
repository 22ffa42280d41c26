//! The user's own table: `tests/tables/*.sql`, each a statement that makes a table, a query that
//! was written for it, and the rows of that query over one small archive.

use std::fs;

use serde_json::{Value, json};

use crate::program::{Desk, change, files, gzip, log, project};

/// A file of `tests/tables`.
struct Case {
    name: String,
    ddl: String,
    query: String,
    rows: Vec<Value>,
}

fn cases() -> Vec<Case> {
    let case = |file: std::path::PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).unwrap();
        let (ddl, rest) = text.split_once("\n-- query:\n").unwrap();
        let (query, rows) = rest.split_once("\n-- rows:\n").unwrap();
        let row = |line: &str| serde_json::from_str(line.strip_prefix("-- ").unwrap()).unwrap();
        let rows = rows.lines().map(row).collect();
        Case { name, ddl: ddl.to_owned(), query: query.to_owned(), rows }
    };
    files(&project("tests/tables")).into_iter().map(case).collect()
}

/// The table of the journal has a column for every field that the journal writes, but the full event.
#[test]
fn the_journal_is_what_its_table_says() {
    let desk = Desk::new();
    desk.write("logs/a.json", log(&[change("e-1", "2026-11-23T09:00:00Z")]));
    desk.clickops("run --logs logs").ok();
    let journal = fs::read_to_string(desk.path(".clickops/journal/0000000000.ndjson")).unwrap();
    let mut lines = journal.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let head = lines.next().unwrap();
    let finding = lines.next().unwrap();
    let ddl = clickops::table::ddl::read(&project("sql/tables/findings.sql")).unwrap();
    let columns: Vec<_> = ddl.table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut fields: Vec<_> = finding.as_object().unwrap().keys().map(String::as_str).collect();
    fields.retain(|field| *field != "raw");
    assert_eq!(columns, fields);
    for field in head.as_object().unwrap().keys() {
        assert!(
            !columns.contains(&field.as_str()),
            "{field} of the first line looks like a finding"
        );
    }
    let kinds = ddl.table.columns.iter().map(|column| match &finding[&column.name] {
        Value::Bool(_) => column.ty.to_string() == "boolean",
        Value::Object(_) => column.ty.to_string() == "map(varchar, varchar)",
        Value::String(_) | Value::Null => column.ty.to_string() == "varchar",
        other => panic!("{other} has no type here"),
    });
    assert!(kinds.into_iter().all(|fits| fits));
}

/// Two accounts of an organisation, three days of delivery, and a copy that lies elsewhere.
fn archive() -> Desk {
    let desk = Desk::new();
    let event = |id: &str, time: &str, account: &str, region: &str| {
        let mut event = change(id, time);
        event["recipientAccountId"] = json!(account);
        event["awsRegion"] = json!(region);
        event
    };
    let mut read = event("look", "2026-11-23T09:01:00Z", "111122223333", "eu-west-1");
    read["eventName"] = json!("DescribeInstances");
    read["readOnly"] = json!(true);
    let mut late = event("late", "2026-11-30T23:58:00Z", "111122223333", "eu-west-1");
    late["resources"] = json!([
        {"ARN": "arn:aws:ec2:eu-west-1:111122223333:instance/i-1", "accountId": "111122223333", "type": "AWS::EC2::Instance"},
    ]);
    late["eventContext"] = json!({"tagContext": {}});
    let organisation = "logs/o-exampleorg/AWSLogs/o-exampleorg";
    for (folder, events) in [
        (
            "111122223333/CloudTrail/eu-west-1/2026/11/23",
            vec![event("first", "2026-11-23T09:00:00Z", "111122223333", "eu-west-1"), read],
        ),
        (
            "444455556666/CloudTrail/us-east-1/2026/11/24",
            vec![event("other", "2026-11-24T09:00:00Z", "444455556666", "us-east-1")],
        ),
        ("111122223333/CloudTrail/eu-west-1/2026/12/01", vec![late]),
    ] {
        desk.write(&format!("{organisation}/{folder}/x.json.gz"), gzip(&log(&events)));
    }
    let copy = event("copy", "2026-11-25T09:00:00Z", "444455556666", "eu-central-1");
    desk.write("logs/team=a%2Fb/dt=2026-11-25/copy.json", log(&[copy]));
    desk
}

#[test]
fn a_query_that_was_written_for_a_table_runs_as_it_is() {
    let desk = archive();
    let cases = cases();
    assert!(cases.len() >= 12, "only {} tables", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        desk.write("table.sql", &case.ddl);
        desk.write("query.sql", &case.query);
        let ended =
            desk.clickops("query --logs logs --ddl table.sql --file query.sql --format ndjson");
        if ended.code != 0 || ended.rows() != case.rows {
            wrong.push(format!("{}:\n{}{}", case.name, ended.stdout, ended.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The columns that an event has whatever the table: with fewer columns other marks of the console
/// decide, and the rule is another one.
const ALWAYS: [&str; 9] = [
    "event_id",
    "event_time",
    "account_id",
    "region",
    "event_name",
    "actor",
    "verdict",
    "resource",
    "log_file",
];

#[test]
fn detection_finds_the_same_whatever_the_table() {
    let desk = archive();
    const QUERY: &str = "query console_changes --logs logs --format ndjson";
    let by_id = |mut rows: Vec<Value>| {
        rows.sort_by_key(|row| row["event_id"].to_string());
        rows
    };
    let shipped = by_id(desk.clickops(QUERY).rows());
    assert_eq!(shipped.len(), 4);
    for case in cases() {
        desk.write("table.sql", &case.ddl);
        let ended = desk.clickops_with(QUERY, &["--ddl", "table.sql"]);
        assert_eq!(ended.code, 0, "{}: {}", case.name, ended.stderr);
        let rows = by_id(ended.rows());
        if ended.stderr.contains("the table has no ") {
            for column in ALWAYS {
                let of = |rows: &[Value]| rows.iter().map(|row| row[column].clone()).collect();
                let (found, expected): (Vec<Value>, Vec<Value>) = (of(&rows), of(&shipped));
                assert_eq!(found, expected, "{}: {column}", case.name);
            }
        } else {
            assert_eq!(rows, shipped, "{}", case.name);
        }
    }
}

const TABLE: &str = "CREATE EXTERNAL TABLE audit.trail (eventid string, useridentity struct<arn:string>)\n\
                     PARTITIONED BY (region string);\nMSCK REPAIR TABLE audit.trail;\n";

#[test]
fn the_config_may_name_the_table() {
    let desk = archive();
    desk.write("config/trail.sql", TABLE);
    desk.write("config/clickops.toml", "[source]\nlogs = \"../logs\"\nddl = \"trail.sql\"\n");
    let count = |name: &str, flags: &[&str]| {
        let sql = format!("SELECT count(*) AS n FROM {name} WHERE region = 'eu-west-1'");
        let line = "query --config config/clickops.toml --format ndjson --sql";
        desk.clickops_with(line, &[&[sql.as_str()], flags].concat())
    };
    for name in ["audit.trail", "trail", "\"awsdatacatalog\".\"audit\".\"trail\""] {
        assert_eq!(count(name, &[]).rows(), [json!({"n": "3"})], "{name}");
    }
    let ended = count("logs", &["--as", "logs"]);
    assert_eq!(ended.rows(), [json!({"n": "3"})]);
    assert_eq!(
        ended.stderr.lines().next().unwrap(),
        "warning: config/trail.sql:3: MSCK REPAIR is not read; the first CREATE EXTERNAL TABLE counts"
    );
    assert!(ended.stderr.contains("the table has no eventversion, eventtime, "), "{ended:?}");
    assert_eq!(count("trail", &["--as", "logs"]).code, 3);
}

#[test]
fn another_name_alone_needs_no_statement() {
    let desk = archive();
    let sql = "SELECT eventid FROM lake.\"my-trail\" WHERE day = '2026/12/01'";
    let ended = desk
        .clickops_with("query --logs logs --format ndjson --as lake.\"my-trail\" --sql", &[sql]);
    assert_eq!(ended.rows(), [json!({"eventid": "late"})], "{ended:?}");
    let found = desk.clickops("query console_changes --logs logs --format ndjson --as lake.x");
    assert_eq!(found.rows().len(), 4, "{found:?}");
}

#[test]
fn run_and_explain_take_the_table_too() {
    let desk = archive();
    let ddl = cases().into_iter().find(|case| case.name == "not-partitioned").unwrap().ddl;
    desk.write("table.sql", ddl);
    let explained = desk.clickops("explain late --logs logs --ddl table.sql --format ndjson");
    assert_eq!(explained.rows()[0]["verdict"], "clickops", "{explained:?}");
    desk.clickops("run --logs logs --ddl table.sql").ok();
    assert_eq!(desk.journal().len(), 4);
}

#[test]
fn a_table_that_cannot_be_used_says_what_to_write() {
    let desk = archive();
    let refused = |ddl: &[u8], flags: &str| {
        desk.write("table.sql", ddl);
        let ended = desk.clickops(&format!("query cloudtrail --logs logs {flags}"));
        assert_eq!(ended.code, 2, "{ended:?}");
        ended.stderr
    };
    for (ddl, flags, says) in [
        (
            "CREATE EXTERNAL TABLE t (\n  eventid strng\n)",
            "--ddl table.sql",
            "error: table: table.sql:2:11: 'strng' is no type of Hive's\n  Write string.",
        ),
        ("SELECT 1", "--ddl table.sql", "table.sql:1:1: there is no CREATE EXTERNAL TABLE in it"),
        ("", "--ddl none.sql", "table: cannot read none.sql: "),
        ("", "--as a.b.c.d", "config: --as: 'a.b.c.d' is no name of a table"),
    ] {
        let said = refused(ddl.as_bytes(), flags);
        assert!(said.contains(says.lines().next().unwrap()), "{said}");
        assert!(said.contains(says.lines().last().unwrap().trim()), "{said}");
    }
    let said = refused(&[0xff, 0xfe], "--ddl table.sql");
    assert!(said.contains("cannot read table.sql: "), "{said}");
}
