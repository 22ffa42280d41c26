//! Tables as people have them: `tests/tables/*.sql`, looked up in the catalogue, give the findings
//! that the shipped table gives over the same bucket.

use clickops::table::ddl;
use serde_json::json;

use super::*;
use crate::program::{Desk, change, files, gzip, log};

/// A table, in the bucket of the stand-in, and the folder in which its bucket lies.
struct Case {
    name: String,
    statement: String,
    /// What the keys of its logs begin with: of all of them, and up to the folder of an account.
    literal: String,
    above: String,
}

fn case(path: &std::path::Path) -> Case {
    let text = std::fs::read_to_string(path).unwrap();
    let statement = text.split_once("\n-- query:\n").unwrap().0;
    let location = |text: &str| {
        let table = ddl::parse(text, "t").unwrap().table;
        let template = table.properties.get("storage.location.template").cloned();
        template.or(table.location).unwrap()
    };
    let bucket = location(statement).split('/').nth(2).unwrap().to_owned();
    let statement = statement.replace(&format!("s3://{bucket}/"), "s3://log-archive/");
    let lies = location(&statement).replace("${organization}", "o-exampleorg");
    let literal = lies.split("${").next().unwrap().to_owned();
    let folders = literal.trim_start_matches("s3://log-archive/").split_inclusive('/');
    let above = folders.take_while(|folder| !folder.starts_with("1111")).collect();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    Case { name, statement, literal, above }
}

/// Two accounts and two regions, three days of delivery.
fn archive(case: &Case) -> Desk {
    let desk = Desk::new();
    for (id, time, account, region, day) in [
        ("first", "2026-11-23T09:00:00Z", "111122223333", "eu-west-1", "2026/11/23"),
        ("second", "2026-11-24T09:10:00Z", "111122223333", "us-east-1", "2026/11/24"),
        ("other", "2026-11-24T09:00:00Z", "444455556666", "us-east-1", "2026/11/24"),
        ("late", "2026-11-30T23:58:00Z", "111122223333", "eu-west-1", "2026/12/01"),
    ] {
        let mut event = change(id, time);
        event["recipientAccountId"] = json!(account);
        event["awsRegion"] = json!(region);
        let folder = match case.name.as_str() {
            "hive-folders" => format!("team=a/dt={}", day.replace('/', "-")),
            _ => format!("{account}/CloudTrail/{region}/{day}"),
        };
        let minute = time[..16].replace(['-', ':'], "");
        let name = format!("{account}_CloudTrail_{region}_{minute}Z_{id}.json.gz");
        desk.write(&format!("{}{folder}/{name}", case.above), gzip(&log(&[event])));
    }
    desk
}

/// What is asked of each table: its findings in a span, or the events of a window of logs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    Findings,
    Events,
}

impl Question {
    /// The columns that have to be the same whatever columns the table lacks.
    fn always(&self) -> &'static [&'static str] {
        match self {
            Self::Findings => {
                &["event_id", "event_time", "account_id", "region", "event_name", "log_file"]
            }
            Self::Events => {
                &["event_id", "event_time", "account_id", "region", "event_source", "log_file"]
            }
        }
    }

    /// The answer of a table that the catalogue describes, in some order of its own.
    async fn of(&self, service: &Athena, name: &str, logs: &[Log], span: &Span) -> Whole {
        let connection = connection(settings(service));
        let table = Arc::new(connection.table(&name.parse().unwrap()).await.unwrap());
        let exclusions = clickops::exclusion::relation(&[]);
        let assembler = Assembler::new(Catalogue::shipped().unwrap(), table.clone(), exclusions);
        let query = match self {
            Self::Findings => {
                let query = assembler.named("console_changes", &values(&[]), Arc::default());
                query.unwrap().over(span.clone())
            }
            Self::Events => assembler.named("events", &values(&[]), logs.to_vec().into()).unwrap(),
        };
        let engine = AthenaEngine::over(connection, table);
        let (columns, mut rows) = answer(&engine, &query).await.unwrap_or_else(|error| {
            panic!("{name}: {error}");
        });
        rows.sort();
        (columns, rows)
    }
}

fn only(columns: &[&str], (names, rows): &Whole) -> Vec<Row> {
    let at: Vec<usize> = columns
        .iter()
        .map(|column| names.iter().position(|name| name == column).unwrap())
        .collect();
    let mut rows: Vec<Row> =
        rows.iter().map(|row| at.iter().map(|at| row[*at].clone()).collect()).collect();
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_gives_the_findings_of_the_shipped_one() {
    let (mut several, mut known) = (0, BTreeMap::new());
    for path in files(&project("tests/tables")) {
        let case = case(&path);
        let desk = archive(&case);
        let shipped = Athena::over(&desk.path(""));
        let service = Athena::with_table(&desk.path(""), &case.statement);
        let table = ddl::parse(&case.statement, "t").unwrap().table;
        let name = table.name.to_string();
        let mut logs = service.bucket().logs();
        assert_eq!(logs.len(), 4, "{}", case.name);
        logs.retain(|log| log.address.starts_with(&case.literal));
        let places = || logs.iter().filter_map(|log| log.place.as_ref());
        let accounts: BTreeSet<String> = places().map(|place| place.account.clone()).collect();
        several += usize::from(accounts.len() > 1);
        let span = Span {
            since: Some("2026-11-24T00:00:00Z".parse().unwrap()),
            until: Some("2026-12-02T00:00:00Z".parse().unwrap()),
            accounts,
            regions: places().map(|place| place.region.clone()).collect(),
        };
        let some: Vec<Log> = logs.iter().skip(1).cloned().collect();
        for question in [Question::Findings, Question::Events] {
            let key = (case.literal.clone(), question.clone());
            if !known.contains_key(&key) {
                let expected = question.of(&shipped, "default.cloudtrail", &some, &span).await;
                assert_eq!(expected.1.len(), some.len(), "{question:?} of {}", case.name);
                known.insert(key.clone(), expected);
            }
            let expected = &known[&key];
            let found = question.of(&service, &name, &some, &span).await;
            if table.missing().is_empty() {
                assert_eq!(found, *expected, "{question:?} of {}", case.name);
            } else {
                let always = question.always();
                assert_eq!(only(always, &found), only(always, expected), "{}", case.name);
            }
        }
    }
    assert!(several >= 5, "only {several} tables have several accounts");
}
