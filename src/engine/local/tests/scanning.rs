//! Which logs are opened, what is counted, and what damage does.

use std::sync::Arc;

use datafusion::physical_plan::ExecutionPlan;
use futures::TryStreamExt;

use super::*;
use crate::engine::Rows;
use crate::engine::local::columns::Columns;
use crate::engine::local::decode::{BATCH_BYTES, BATCH_ROWS, Decoder, Lies};
use crate::engine::local::scan::{LogScan, Source};
use crate::table::TableShape;

/// Logs of two accounts, two regions and two days, one record each, and one without a place.
fn eight_and_one() -> Archive {
    let mut archive = Archive::new();
    for account in ["111111111111", "222222222222"] {
        for region in ["eu-west-1", "us-east-1"] {
            for day in ["2026/01/01", "2026/01/02"] {
                archive.add(
                    &format!("AWSLogs/{account}/CloudTrail/{region}/{day}/x.json.gz"),
                    r#"{"Records":[{"eventName":"A","recipientAccountId":"999999999999"}]}"#,
                );
            }
        }
    }
    archive.add(
        "loose.json",
        r#"{"eventName":"B","recipientAccountId":"111111111111","awsRegion":"eu-west-1",
            "eventTime":"2026-01-02T00:00:00Z"}"#,
    );
    archive
}

#[tokio::test]
async fn only_logs_that_can_match_are_opened() {
    let archive = eight_and_one();
    let first = archive.logs[0].address.clone();
    for (condition, rows, opened) in [
        ("true", 9, 9),
        ("account = '111111111111'", 5, 5),
        ("account IN ('111111111111', '3') AND region LIKE 'eu-%'", 3, 3),
        ("day >= '2026/01/02'", 5, 5),
        ("day > '2026/01/02'", 0, 1),
        ("account = '111111111111' OR region = 'us-east-1'", 7, 7),
        ("concat(account, region) = '222222222222us-east-1'", 2, 3),
        ("account = '111111111111' AND eventname = 'B'", 1, 5),
        ("account = '111111111111' OR eventname = 'B'", 5, 9),
        (&format!("\"$path\" = '{first}'"), 1, 1),
        ("\"$path\" LIKE '%/loose.json'", 1, 1),
        ("account IS NULL", 0, 1),
    ] {
        let sql = format!("SELECT eventname FROM cloudtrail WHERE {condition}");
        let answer = archive.query(&sql).await;
        let got = (answer.rows.len(), answer.logs_read());
        assert_eq!(got, (rows, opened), "{condition}");
    }
}

#[tokio::test]
async fn all_three_names_of_the_table_work() {
    let archive = Archive::of(r#"{"eventName":"A"}"#);
    for name in ["cloudtrail", "default.cloudtrail", "awsdatacatalog.default.cloudtrail"] {
        let answer = archive.query(&format!("SELECT count(*) FROM {name}")).await;
        assert_eq!(answer.lines(), ["1"]);
    }
}

#[tokio::test]
async fn what_was_read_is_counted_once() {
    let archive = eight_and_one();
    let sql = "SELECT count(*) FROM cloudtrail a JOIN cloudtrail b ON a.eventname = b.eventname";
    let answer = archive.query(sql).await;
    assert_eq!(answer.lines(), ["65"]);
    let stored: u64 = archive.logs.iter().map(|log| log.bytes).sum();
    assert_eq!(answer.logs_read(), 9);
    assert_eq!(answer.scan.records.load(Ordering::Relaxed), 9);
    assert_eq!(answer.scan.bytes.load(Ordering::Relaxed), stored);
}

#[tokio::test]
async fn damaged_logs_are_listed_and_the_rest_is_answered() {
    let mut archive = Archive::new();
    archive.add("good.json.gz", r#"{"Records":[{"eventName":"A"}]}"#);
    archive.add("cut.json.gz", r#"{"Records":[{"eventName":"B"},{"eventName""#);
    archive
        .add("broken.ndjson", "{\"eventName\":\"C\"}\n{\"eventName\" 1}\n{\"eventName\":\"D\"}\n");
    archive.add("digest.json.gz", r#"{"digestS3Bucket":"x"}"#);
    archive.add_bytes("empty.json.gz", b"");
    let gone = archive.add("gone.json", "");
    std::fs::remove_file(gone).unwrap();

    let answer = archive.query("SELECT eventname FROM cloudtrail").await;
    let mut lines = answer.lines();
    lines.sort();
    assert_eq!(lines, ["A", "B", "C", "D"]);
    assert_eq!(answer.logs_read(), 2);
    let damaged = answer.scan.damaged();
    let reasons: Vec<(&str, &str)> = damaged
        .iter()
        .map(|damaged| (damaged.log.rsplit('/').next().unwrap(), damaged.reason.as_str()))
        .collect();
    let starts = [
        ("broken.ndjson", "1 of 3 records broken, the first in line 2 (byte 18); "),
        ("cut.json.gz", "the JSON ends in the middle after 1 records (byte 42); fetch"),
        ("digest.json.gz", "not a CloudTrail log: looks like a CloudTrail digest file; read"),
        ("gone.json", "cannot be opened: No such file"),
    ];
    assert_eq!(reasons.len(), starts.len());
    for ((log, reason), (expected, start)) in reasons.into_iter().zip(starts) {
        assert_eq!(log, expected);
        assert!(reason.starts_with(start), "{reason}");
    }
}

#[tokio::test]
async fn damage_that_only_a_second_scan_comes_to_is_listed_once() {
    let archive = Archive::of(r#"{"eventName":"A"},{"eventName":"B"},{"eventName""#);
    let scan = Arc::new(Scan::default());
    let table = TableShape::cloudtrail(None);
    let source = Arc::new(Source::new(&table, archive.logs.clone().into(), Arc::clone(&scan)));
    let column = source.columns().schema().index_of("eventname").unwrap();
    for (limit, damaged) in [(Some(1), 0), (None, 1), (None, 1)] {
        let schema = source.columns().schema().project(&[column]).unwrap();
        let source = Arc::clone(&source);
        let plan = LogScan::new(source, vec![0], schema.into(), vec![column], limit, 1);
        let rows = plan.execute(0, Arc::default()).unwrap();
        rows.try_collect::<Vec<_>>().await.unwrap();
        assert_eq!(scan.damaged().len(), damaged, "{limit:?}");
    }
    assert_eq!(scan.records.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn counting_without_columns_refuses_the_same_records() {
    let archive = Archive::of(r#"{"eventName":"A"},{"eventName" "B"},{"eventName":"C"}"#);
    for sql in ["SELECT count(*) FROM cloudtrail", "SELECT count(eventname) FROM cloudtrail"] {
        let answer = archive.query(sql).await;
        assert_eq!(answer.lines(), ["2"]);
        assert_eq!(answer.scan.damaged().len(), 1);
    }
}

#[tokio::test]
async fn nothing_more_is_read_than_a_limit_needs() {
    let mut archive = Archive::new();
    for at in 0..50 {
        archive.add(&format!("{at}.json"), r#"[{"eventName":"A"},{"eventName":"A"}]"#);
    }
    let answer = archive.query("SELECT eventname FROM cloudtrail LIMIT 3").await;
    assert_eq!(answer.rows.len(), 3);
    assert!(answer.logs_read() < 10, "{}", answer.logs_read());
}

#[tokio::test]
async fn the_deepest_record_that_is_read_fits_every_stack() {
    let depth = crate::logs::records::DEEPEST - 1;
    let nested = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let record =
        format!(r#"{{"eventName":"A","requestParameters":{nested},"userIdentity":{nested}}}"#);
    let answer = Archive::of(&record)
        .query("SELECT requestparameters, useridentity, json_extract_scalar(requestparameters, '$.a.a') FROM cloudtrail")
        .await;
    assert_eq!(answer.rows[0][0].as_deref(), Some(nested.as_str()));
}

#[test]
fn batches_are_bounded_by_rows_and_by_bytes() {
    let lies = Lies { address: "log.json", partitions: &[] };
    let columns = Arc::new(Columns::of(&TableShape::cloudtrail(None)));
    let column = columns.schema().index_of("eventname").unwrap();
    for (text, rows) in [("x", BATCH_ROWS), (&*"x".repeat(1024 * 1024), BATCH_BYTES >> 20)] {
        let mut decoder = Decoder::new(&columns, &[column]).unwrap();
        let record = format!(r#"{{"eventName":"{text}"}}"#);
        while !decoder.is_full() {
            assert!(decoder.add(&record, lies));
        }
        assert_eq!(decoder.rows(), rows);
        assert_eq!(decoder.finish().unwrap().num_rows(), rows);
        assert!(decoder.rows() == 0 && !decoder.is_full());
    }
}

#[tokio::test]
async fn a_panic_is_no_end_of_the_rows() {
    use datafusion::arrow::datatypes::Schema;
    use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;

    for panics in [true, false] {
        let mut batches = RecordBatchReceiverStreamBuilder::new(Schema::empty().into(), 1);
        batches.spawn_blocking(move || if panics { panic!("on purpose") } else { Ok(()) });
        let pages = crate::engine::local::pages_of(batches.build(), Vec::new());
        let mut rows = Rows::new(Vec::new(), Arc::default(), pages);
        let outcome = rows.page().await;
        assert_eq!(outcome.is_err(), panics, "{outcome:?}");
        if let Err(error) = outcome {
            assert_eq!(error.to_string(), "the engine stopped unexpectedly");
            assert!(!error.refused);
        }
        assert!(rows.page().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_task_that_is_aborted_is_no_end_of_the_rows() {
    let (pages, receiver) = tokio::sync::mpsc::channel(1);
    pages.send(Ok(Some(vec![vec![None]]))).await.unwrap();
    drop(pages);
    let mut rows = Rows::new(vec!["a".to_owned()], Arc::default(), receiver);
    assert!(rows.all().await.is_err());
}

#[tokio::test]
async fn large_answers_come_in_pages_and_may_be_left() {
    let record = vec![r#"{"eventName":"A"}"#; 5000].join(",");
    let archive = Archive::of(&record);
    let query = BoundQuery::of_sql(
        "test",
        "SELECT eventname FROM cloudtrail a CROSS JOIN (VALUES (1), (2)) t(x)",
        archive.logs.clone().into(),
    );
    let mut rows = LocalEngine::new().rows(&query).await.unwrap();
    let page = rows.page().await.unwrap().unwrap();
    assert!(!page.is_empty() && page.len() <= 1024);
    assert_eq!(page.len() + rows.all().await.unwrap().len(), 10_000);
    let mut left = LocalEngine::new().rows(&query).await.unwrap();
    left.page().await.unwrap();
    drop(left);
}
