//! Thirty classes of events that detections are known to get wrong: `tests/matrix.csv` names for
//! each a case file, what a person would want, the verdict, and what the best known earlier tool
//! says. It is that tool's examination too: its own code was once run on records of these classes.

use std::fs;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::judges;
use crate::program::project;

/// Definite classes: those on which people agree.
const DEFINITE: usize = 24;
/// Definite classes that the earlier tool's own code got right.
const EARLIER_RIGHT: usize = 15;

/// A row of the table.
#[derive(Debug, Deserialize)]
struct Class {
    class: String,
    /// `ALERT`: a person changed something in the console. `drop`: nothing changed, or nobody did
    /// it. `label`: an alert, if any, has to say that it failed. `policy` and `option`: people
    /// choose.
    wanted: String,
    /// Below `tests/detection`, without `.json`.
    case: String,
    verdict: String,
    #[serde(rename = "earlier tool")]
    earlier: String,
}

impl Class {
    fn is_definite(&self) -> bool {
        ["ALERT", "drop", "label"].contains(&self.wanted.as_str())
    }

    /// Whether this verdict is what is wanted of a definite class.
    fn is_met_by(&self, verdict: &str) -> bool {
        match self.wanted.as_str() {
            "ALERT" => verdict == "clickops",
            "label" => verdict == "attempted",
            _ => verdict != "clickops",
        }
    }

    /// The same of the earlier tool, which has no label for a call that failed.
    fn is_met_by_earlier(&self, answer: &str) -> bool {
        match self.wanted.as_str() {
            "ALERT" => answer == "ALERT",
            _ => answer.starts_with("drop"),
        }
    }

    fn records(&self) -> Vec<Value> {
        let file = project("tests/detection").join(&self.case).with_extension("json");
        let text = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let log: Value = serde_json::from_slice(&text).unwrap();
        log["Records"].as_array().unwrap().clone()
    }
}

#[test]
fn every_known_hard_class_is_judged_as_the_table_says() {
    let mut reader = csv::Reader::from_path(project("tests/matrix.csv")).unwrap();
    let classes: Vec<Class> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(classes.len(), 30);
    assert_eq!(classes.iter().filter(|class| class.is_definite()).count(), DEFINITE);

    let records: Vec<_> = classes.iter().map(Class::records).collect();
    let all = records.concat();
    let (ours, earlier) = (judges::ours(&all), judges::earlier(&all, false));
    let mut answers = ours.iter().zip(&earlier);
    let (mut wrong, mut right, mut earlier_right) = (Vec::new(), 0, 0);
    for (class, records) in classes.iter().zip(&records) {
        let (mut met, mut earlier_met) = (class.is_definite(), class.is_definite());
        for (row, earlier) in answers.by_ref().take(records.len()) {
            let verdict = row["verdict"].as_str().unwrap();
            if (verdict, earlier) != (&class.verdict, &class.earlier) {
                wrong.push(format!("{}: {verdict}, earlier tool {earlier}", class.class));
            }
            met &= class.is_met_by(verdict);
            earlier_met &= class.is_met_by_earlier(earlier);
        }
        right += usize::from(met);
        earlier_right += usize::from(earlier_met);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((right, earlier_right), (DEFINITE, EARLIER_RIGHT));
}

/// What its code does with single fields, also where the table `cloudtrail` does not tell them apart.
#[test]
fn the_earlier_tool_reads_fields_as_its_code_does() {
    let flag = "sessionCredentialFromConsole";
    let expected = [
        (json!({"readOnly": false}), "ALERT"),
        (json!({"readOnly": "false"}), "drop Rule1"),
        (json!({"userAgent": "aws-cli/2.31.0", flag: "false"}), "ALERT"),
        (json!({"userAgent": "aws-cli/2.31.0", flag: false}), "drop Rule2"),
        (json!({"userAgent": "Mozilla/5.0"}), "ALERT"),
        (json!({"userAgent": "[Mozilla/5.0]"}), "drop Rule2"),
        (json!({"userAgent": "[S3Console/0.4, aws-internal/3]"}), "ALERT"),
        (json!({"userAgent": "console.ec2.amazonaws.com"}), "ALERT"),
        (json!({"userAgent": "aws-internal/3 AWSLambdaConsole/1"}), "ALERT"),
        (json!({"userAgent": "aws-internal/3"}), "drop Rule2"),
        (json!({"userAgent": "Coral/Jakarta"}), "ALERT"),
        (json!({"userAgent": null}), "CRASH"),
        (json!({"userAgent": null, "readOnly": true}), "drop Rule1"),
        (json!({"eventName": "GetQueueUrl"}), "drop Rule3"),
        (json!({"eventName": "ConsoleLogin"}), "drop Rule4"),
    ];
    let record = |(fields, _): &(Value, &str)| {
        let mut record = json!({
            "eventSource": "sqs.amazonaws.com", "eventName": "DeleteQueue",
            "userAgent": "signin.amazonaws.com",
        });
        record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        record
    };
    let records: Vec<_> = expected.iter().map(record).collect();
    for ((fields, answer), got) in expected.iter().zip(judges::earlier(&records, false)) {
        assert_eq!(got, *answer, "{fields}");
    }
}
