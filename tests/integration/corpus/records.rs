//! Public records and their labels, from the folders that `CLICKOPS_CORPUS` leads to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::program::files;

/// What CloudTrail has written into every record of a call since version 1.02.
const ALWAYS: [&str; 9] = [
    "awsRegion",
    "eventID",
    "eventName",
    "eventSource",
    "eventTime",
    "eventType",
    "eventVersion",
    "sourceIPAddress",
    "userIdentity",
];

/// A row of `labels.csv`.
#[derive(Debug)]
pub(super) struct Label {
    /// `clickops`, `not` or `ambiguous`.
    pub(super) label: String,
    pub(super) class: String,
    /// Where its records stand, and what they are called.
    pub(super) key: Key,
    /// The records with this key, as they stand in the file. A record that is there twice is here
    /// once.
    pub(super) records: Vec<String>,
}

/// A source, and the eventID of a record in it or what stands for one.
type Key = (String, String);

impl Label {
    /// Whether the records are of the time since calls from the console have a flag, and nothing
    /// that CloudTrail always writes was cut off them.
    pub(super) fn is_full_and_recent(&self) -> bool {
        self.records.iter().all(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            let time = record["eventTime"].as_str().unwrap_or_default();
            time >= "2022-03" && ALWAYS.iter().all(|field| !record[field].is_null())
        })
    }
}

/// Folders with labelled records: the one that `CLICKOPS_CORPUS` names, and those in it. None where
/// it is not set.
pub(crate) fn folders() -> Vec<PathBuf> {
    let Some(root) = std::env::var_os("CLICKOPS_CORPUS") else { return Vec::new() };
    let root = PathBuf::from(root);
    let inner = fs::read_dir(&root)
        .unwrap_or_else(|error| panic!("CLICKOPS_CORPUS names {}: {error}", root.display()))
        .map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = inner.chain([root.clone()]).collect();
    folders.retain(|folder| folder.join("labels.csv").is_file());
    folders.sort();
    assert!(!folders.is_empty(), "CLICKOPS_CORPUS has no folder with a labels.csv");
    folders
}

/// The files of records in all those folders.
pub(crate) fn logs() -> Vec<PathBuf> {
    let ndjson = |file: &PathBuf| file.extension().is_some_and(|kind| kind == "ndjson");
    folders().iter().flat_map(|folder| files(folder)).filter(ndjson).collect()
}

/// Every label, with the records that it is about. A label without a record fails the test.
pub(super) fn labels() -> Vec<Label> {
    let mut labels = Vec::new();
    for folder in folders() {
        let records = by_key(&files(&folder));
        let mut reader = csv::Reader::from_path(folder.join("labels.csv")).unwrap();
        for row in reader.deserialize() {
            let row: BTreeMap<String, String> = row.unwrap();
            let key = (row["source"].clone(), row["eventID"].clone());
            let Some(records) = records.get(&key) else {
                panic!("{}: no record has the label {key:?}", folder.display())
            };
            let [label, class] = ["label", "class"].map(|column| row[column].clone());
            labels.push(Label { label, class, key, records: records.clone() });
        }
    }
    labels
}

/// The records of all files by source, which is the name of the file, and id.
fn by_key(files: &[PathBuf]) -> BTreeMap<Key, Vec<String>> {
    let mut records: BTreeMap<Key, Vec<String>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "ndjson")) {
        let source = file.file_stem().unwrap().to_str().unwrap();
        for line in fs::read_to_string(file).unwrap().lines().filter(|line| !line.is_empty()) {
            for id in ids(&serde_json::from_str(line).unwrap()) {
                let same = records.entry((source.to_owned(), id)).or_default();
                if !same.iter().any(|other| other == line) {
                    same.push(line.to_owned());
                }
            }
        }
    }
    records
}

/// What labels may call a record: its eventID, which no other record of its source should have, and
/// the SHA-256 of its JSON, sorted and without blanks. Of the JSON there are two, one as it is and
/// one in ASCII, because the labels do not tell which of them was hashed.
fn ids(record: &Value) -> BTreeSet<String> {
    let mut sorted = record.clone();
    sorted.sort_all_objects();
    let json = sorted.to_string();
    let mut plain = String::with_capacity(json.len());
    for char in json.chars() {
        if char < '\u{7f}' {
            plain.push(char);
        } else {
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(plain, "\\u{unit:04x}");
            }
        }
    }
    let id = record["eventID"].as_str().map(str::to_owned);
    id.into_iter().chain([hash(&json), hash(&plain)]).collect()
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn records_go_by_their_id_and_by_the_hash_of_their_json() {
    let record =
        serde_json::json!({"eventName": "\u{7f}\u{e9}\u{1f600}", "eventID": "-", "a": {"c": 1}});
    let plain = "{\"a\":{\"c\":1},\"eventID\":\"-\",\"eventName\":\"\u{7f}\u{e9}\u{1f600}\"}";
    let ascii = r#"{"a":{"c":1},"eventID":"-","eventName":"\u007f\u00e9\ud83d\ude00"}"#;
    assert_eq!(ids(&record), BTreeSet::from(["-".to_owned(), hash(plain), hash(ascii)]));
}
