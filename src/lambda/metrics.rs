//! Metrics: a line on standard output, of which CloudWatch makes metrics by itself.
//!
//! The form is CloudWatch's "embedded metric format".

use std::io::Write as _;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Figures};
use crate::ledger::Counts;

const NAMESPACE: &str = "clickops";

/// The one dimension: two functions in one account are told apart.
const DIMENSION: &str = "FunctionName";

/// Prints the metrics of an invocation.
pub(super) fn print(answer: &Answer, function: &str) {
    let line = line(answer, function, Utc::now());
    // Where nobody reads standard output, nobody reads metrics.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

fn line(answer: &Answer, function: &str, at: DateTime<Utc>) -> Value {
    let metrics = metrics(answer);
    let told: Vec<_> =
        metrics.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit})).collect();
    let mut line = Map::new();
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": at.timestamp_millis(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [[DIMENSION]],
                "Metrics": told,
            }],
        }),
    );
    line.insert(DIMENSION.to_owned(), function.into());
    line.extend(metrics.into_iter().map(|(name, _, value)| (name.to_owned(), value)));
    Value::Object(line)
}

/// Names, units and values. An invocation that did nothing has no figures, and no zeros in their
/// place: nobody knows what it would have found.
fn metrics(answer: &Answer) -> Vec<(&'static str, &'static str, Value)> {
    let mut metrics = vec![
        ("Errors", "Count", json!(answer.errors.len())),
        ("Milliseconds", "Milliseconds", json!(answer.milliseconds)),
    ];
    if let Some(figures) = &answer.figures {
        metrics.extend(of_tick(figures));
    }
    metrics
}

fn of_tick(figures: &Figures) -> Vec<(&'static str, &'static str, Value)> {
    let mut metrics = vec![
        ("Ticks", "Count", json!(u8::from(figures.looked))),
        ("Logs", "Count", json!(figures.logs)),
        ("DamagedLogs", "Count", json!(figures.damaged_logs)),
        ("BytesDelivered", "Bytes", json!(figures.bytes_delivered)),
        ("BytesScanned", "Bytes", json!(figures.bytes_scanned)),
        ("Dollars", "None", json!(figures.dollars)),
        ("Messages", "Count", json!(figures.messages)),
    ];
    if let Some(Counts { findings, sent, hidden, pending }) = figures.counts {
        metrics.extend([
            ("Findings", "Count", json!(findings)),
            ("Sent", "Count", json!(sent)),
            ("Hidden", "Count", json!(hidden)),
            ("Pending", "Count", json!(pending)),
        ]);
    }
    metrics
}
