//! Queries on Athena, against its stand-in: the same rows as from the embedded engine, and what comes
//! of faults.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_athena::config::{Credentials, SharedCredentialsProvider};
use clickops::config;
use clickops::engine::athena::{AthenaEngine, Connection, Pace};
use clickops::engine::job::{Job, Work};
use clickops::engine::local::LocalEngine;
use clickops::engine::{Engine, EngineError, Row};
use clickops::logs::{Log, Span};
use clickops::query::BoundQuery;
use clickops::query::assemble::Assembler;
use clickops::query::catalogue::Catalogue;
use clickops::table::TableShape;
use tokio::time::Instant;

use crate::program::project;
use crate::standin::athena::{Athena, Course, End, Failed, Fault};

mod apply;
mod collect;
mod discovery;
mod faults;
mod program;
mod tables;
mod upkeep;

fn service() -> Athena {
    Athena::over(&project("examples/logs"))
}

fn settings(service: &Athena) -> config::Athena {
    config::Athena {
        workgroup: Some("clickops".to_owned()),
        region: Some("eu-west-1".to_owned()),
        endpoint_url: Some(service.url()),
        ..config::Athena::default()
    }
}

/// One that asks again at once, and waits longer than the slowest machine takes to answer.
fn connection(settings: config::Athena) -> Connection {
    let pace = Pace {
        first: Duration::from_millis(1),
        longest: Duration::from_millis(5),
        backoff: Duration::from_millis(1),
        answer: Duration::from_secs(20),
        patience: Duration::from_secs(30),
    };
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE", None, None, "test");
    Connection::new(settings)
        .with_pace(pace)
        .with_credentials(SharedCredentialsProvider::new(credentials))
}

fn engine_with(settings: config::Athena) -> AthenaEngine {
    AthenaEngine::over(connection(settings), Arc::new(TableShape::cloudtrail(None)))
}

/// One that soon gives up waiting.
fn impatient(service: &Athena) -> AthenaEngine {
    engine(service).with_pace(Pace {
        first: Duration::from_millis(1),
        longest: Duration::from_millis(5),
        backoff: Duration::from_millis(1),
        answer: Duration::from_secs(2),
        patience: Duration::from_millis(500),
    })
}

fn engine(service: &Athena) -> AthenaEngine {
    engine_with(settings(service))
}

fn assembler() -> Assembler {
    let table = Arc::new(TableShape::cloudtrail(None));
    let exclusions =
        clickops::exclusion::relation(&config::Config::load(None, []).unwrap().exclusions);
    Assembler::new(Catalogue::shipped().unwrap(), table, exclusions)
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn text(sql: &str, logs: &[Log]) -> BoundQuery {
    assembler().text("--sql", sql, &values(&[]), logs.to_vec().into()).unwrap()
}

/// A statement that needs no logs.
fn constant(sql: &str) -> BoundQuery {
    text(sql, &[])
}

type Whole = (Vec<String>, Vec<Row>);

async fn answer(engine: &dyn Engine, query: &BoundQuery) -> Result<Whole, EngineError> {
    let mut rows = engine.rows(query).await?;
    let all = rows.all().await?;
    Ok((rows.columns, all))
}

/// The embedded engine's answer over logs of the folder, with their addresses in S3.
async fn expected(service: &Athena, query: &BoundQuery) -> Whole {
    let (columns, rows) = answer(&LocalEngine::new(), query).await.unwrap();
    let cell = |cell: Option<String>| cell.map(|text| service.bucket().of_s3(&text));
    let rows = rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
    in_order(query, (columns, rows))
}

/// The rows of a view in an order of their own: it promises none.
fn in_order(query: &BoundQuery, (columns, mut rows): Whole) -> Whole {
    if assembler().catalogue().view(&query.name).is_some() {
        rows.sort();
    }
    (columns, rows)
}

const QUERIES: [(&str, &[(&str, &str)]); 5] = [
    ("console_activity", &[]),
    ("verdicts", &[]),
    ("who-touched", &[("resource", "sg-064ee11c991c4aa19"), ("reads", "true")]),
    ("by-user", &[("who", "ann"), ("reads", "true")]),
    ("top-talkers", &[("most", "5")]),
];

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_the_same_as_from_the_embedded_engine() {
    let service = service();
    let (engine, assembler) = (engine(&service), assembler());
    let files = clickops::logs::dir::list(&project("examples/logs")).unwrap().logs;
    let some: Vec<usize> = (0..files.len()).filter(|at| at % 3 != 1).collect();
    let chosen = |logs: &[Log]| -> Vec<Log> { some.iter().map(|at| logs[*at].clone()).collect() };
    let in_s3 = service.bucket().logs();
    let mut differ = 0;
    for (name, pairs) in QUERIES {
        let bound = |logs: Vec<Log>| assembler.named(name, &values(pairs), logs.into()).unwrap();
        let all = expected(&service, &bound(files.clone())).await;
        let of_span = bound(Vec::new()).over(Span {
            since: Some("2026-11-01T00:00:00Z".parse().unwrap()),
            until: Some("2026-12-01T00:00:00Z".parse().unwrap()),
            ..Span::default()
        });
        let there = in_order(&of_span, answer(&engine, &of_span).await.unwrap());
        assert!(there == all, "{name}");
        if !["console_activity", "top-talkers"].contains(&name) {
            continue;
        }
        let some = expected(&service, &bound(chosen(&files))).await;
        let of_logs = bound(chosen(&in_s3));
        let there = in_order(&of_logs, answer(&engine, &of_logs).await.unwrap());
        assert!(there == some, "{name} of some logs");
        differ += usize::from(all != some);
    }
    assert_eq!(differ, 2, "which logs are read makes no difference");
}

/// Public records, where `CLICKOPS_CORPUS` leads to some: byte for byte.
#[tokio::test(flavor = "multi_thread")]
async fn public_records_give_the_same_rows_as_from_the_embedded_engine() {
    for folder in crate::corpus::records::folders() {
        let service = Athena::over(&folder);
        let engine = engine(&service);
        let files = clickops::logs::dir::list(&folder).unwrap().logs;
        for name in ["console_activity", "verdicts"] {
            let bound =
                |logs: Vec<Log>| assembler().named(name, &values(&[]), logs.into()).unwrap();
            let here = expected(&service, &bound(files.clone())).await;
            let query = bound(service.bucket().logs());
            let there = in_order(&query, answer(&engine, &query).await.unwrap());
            let differs = here.1.iter().zip(&there.1).find(|(here, there)| here != there);
            assert!(differs.is_none(), "{name} of {}: {differs:#?}", folder.display());
            assert_eq!((here.0, here.1.len()), (there.0, there.1.len()));
            assert!(!there.1.is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_travel_apart_from_the_statement() {
    let service = service();
    let hostile = "O'Hara' OR '1'='1";
    let query = assembler().named("by-user", &values(&[("who", hostile)]), Arc::default()).unwrap();
    answer(&engine(&service), &query).await.unwrap();
    let sent = &service.requests("StartQueryExecution")[0];
    assert!(!sent["QueryString"].as_str().unwrap().contains("Hara"));
    let literal = "'O''Hara'' OR ''1''=''1'";
    assert_eq!(
        sent["ExecutionParameters"],
        serde_json::json!(["'false'", literal, literal, literal])
    );
    assert_eq!(sent["WorkGroup"], "clickops");
    assert!(sent.get("QueryExecutionContext").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn long_answers_come_in_pages_and_null_is_no_empty_text() {
    let service = service();
    let query = constant(
        "SELECT CAST(n AS varchar) AS n, IF(n % 2 = 0, '', NULL) AS odd \
         FROM UNNEST(sequence(1, 2500)) AS t(n) ORDER BY t.n",
    );
    let (columns, rows) = answer(&engine(&service), &query).await.unwrap();
    assert_eq!(columns, ["n", "odd"]);
    assert_eq!(rows.len(), 2500);
    let row = |at: usize| rows[at].iter().map(Option::as_deref).collect::<Vec<_>>();
    assert_eq!(row(0), [Some("1"), None]);
    assert_eq!(row(999), [Some("1000"), Some("")]);
    assert_eq!(row(2499), [Some("2500"), Some("")]);
    assert_eq!(service.requests("GetQueryResults").len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_first_row_of_the_first_page_is_the_header() {
    let service = service();
    let query = constant("SELECT 'n' AS n FROM UNNEST(sequence(1, 1001)) AS t(x)");
    let (_, rows) = answer(&engine(&service), &query).await.unwrap();
    assert_eq!(rows, vec![vec![Some("n".to_owned())]; 1001]);
    let none = constant("SELECT 'x' AS n WHERE false");
    let (columns, rows) = answer(&engine(&service), &none).await.unwrap();
    assert_eq!((columns, rows), (vec!["n".to_owned()], Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_waits_its_turn_and_tells_what_it_cost() {
    let service = service();
    let end = End::Rows { columns: vec!["n".to_owned()], rows: Vec::new(), bytes: 38_100_000 };
    service.next(Course { queued: 2, running: 3, end: Some(end) });
    let rows = engine(&service).rows(&constant("SELECT 1 AS n")).await.unwrap();
    assert_eq!(service.requests("GetQueryExecution").len(), 6);
    let charge = rows.scan.charge().unwrap();
    assert_eq!(charge.to_string(), "38.1 MB scanned, $0.0002, 1.5 s (0.3 s queued)");
    assert_eq!(charge.executions, ["00000000-0000-4000-8000-000000000000"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_a_query_can_come_back_to_it() {
    let service = service();
    service.next(Course { running: 1000, ..Course::default() });
    let query = constant("SELECT 'x' AS n");
    let first = engine(&service);
    let mut job = Job { key: "window 7", attempt: 1, execution: None, leave: None };
    let Work::Running(id) = first.work(&query, &job).await.unwrap() else {
        panic!("it has only begun")
    };
    job.execution = Some(id.clone());
    job.leave = Some(Instant::now() + Duration::from_millis(200));
    let Work::Running(same) = first.work(&query, &job).await.unwrap() else {
        panic!("it is not done")
    };
    assert_eq!(id, same);
    first.close().await;
    assert!(service.requests("StopQueryExecution").is_empty());

    // As the ledger would keep it.
    let kept = serde_json::to_string(&id).unwrap();
    job.execution = Some(serde_json::from_str(&kept).unwrap());
    job.leave = None;
    service.settle();
    let Work::Rows(mut rows) = engine(&service).work(&query, &job).await.unwrap() else {
        panic!("it is done")
    };
    assert_eq!(rows.all().await.unwrap(), [[Some("x".to_owned())]]);

    // Whoever does not know of it begins it anew under its key, and gets the same one.
    job.execution = None;
    let Work::Running(again) = engine(&service).work(&query, &job).await.unwrap() else {
        panic!("it has only begun")
    };
    assert_eq!((again, service.executions()), (id.clone(), 1));
    engine(&service).abandon(id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_athena_has_forgotten_is_to_be_begun_anew() {
    let service = service();
    let id = serde_json::from_str("\"0a1b2c3d-1111-2222-3333-444455556666\"").unwrap();
    let job = Job { key: "window 7", attempt: 1, execution: Some(id), leave: None };
    let work = engine(&service).work(&constant("SELECT 'x' AS n"), &job).await.unwrap();
    assert!(matches!(work, Work::Again(_)), "{work:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_cannot_be_asked_after_is_kept() {
    let service = service();
    let query = constant("SELECT 'x' AS n");
    let mut job = Job { key: "window 7", attempt: 1, execution: None, leave: None };
    let Work::Running(id) = engine(&service).work(&query, &job).await.unwrap() else {
        panic!("it has only begun")
    };
    job.execution = Some(id);
    for operation in ["GetQueryExecution", "GetQueryResults"] {
        for fault in [Fault::Denied, Fault::Expired, Fault::Server] {
            service.fail(operation, &[fault; 1000]);
            let work = impatient(&service).work(&query, &job).await.unwrap();
            assert!(matches!(work, Work::Unclear(_)), "{operation} {fault:?}: {work:?}");
            service.well();
        }
    }
    assert!(service.requests("StopQueryExecution").is_empty());
    let work = engine(&service).work(&query, &job).await.unwrap();
    assert!(matches!(work, Work::Rows(_)), "{work:?}");
}
