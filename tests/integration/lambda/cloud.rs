//! All that a function needs, and what comes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::program::{Desk, change, gzip, log};
use crate::s3::{LOGS, STATE, findings};
use crate::standin::athena::Athena;
use crate::standin::hook::{Hook, Posted};
use crate::standin::lambda::Function;
use crate::standin::s3::S3;

/// The function's program: the one of this build, or that of a package, if `CLICKOPS_LAMBDA` says so.
pub(super) fn program() -> PathBuf {
    let built = || env!("CARGO_BIN_EXE_clickops-lambda").into();
    std::env::var_os("CLICKOPS_LAMBDA").map_or_else(built, PathBuf::from)
}

/// What holds logs and store.
pub(super) trait Buckets {
    fn put_object(&self, bucket: &str, key: &str, bytes: Vec<u8>);
    fn all(&self, bucket: &str) -> BTreeMap<String, Vec<u8>>;
    /// What a function needs to find it.
    fn variables(&self) -> Vec<(&'static str, String)>;
}

impl Buckets for S3 {
    fn put_object(&self, bucket: &str, key: &str, bytes: Vec<u8>) {
        self.put(bucket, key, bytes);
    }

    fn all(&self, bucket: &str) -> BTreeMap<String, Vec<u8>> {
        self.objects(bucket)
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        vec![("AWS_ENDPOINT_URL_S3", self.url())]
    }
}

/// All that a function needs, as stand-ins.
pub(super) struct Cloud<B = S3> {
    pub(super) desk: Desk,
    pub(super) s3: B,
    pub(super) athena: Athena,
    pub(super) hook: Hook,
    /// Events of the messages that the hook got.
    told: Mutex<Vec<String>>,
}

impl Cloud {
    pub(super) fn new(config: &str) -> Self {
        Self::over(S3::with(&[LOGS, STATE]), config)
    }
}

impl<B: Buckets> Cloud<B> {
    pub(super) fn over(s3: B, config: &str) -> Self {
        let desk = Desk::new();
        desk.write("clickops.toml", config);
        std::fs::create_dir(desk.path("logs")).unwrap();
        let athena = Athena::over(&desk.path("logs"));
        Self { desk, s3, athena, hook: Hook::start(), told: Mutex::default() }
    }

    /// Lets CloudTrail deliver a log of these changes, so many minutes ago.
    pub(super) fn deliver(&self, ago: i64, events: &[&str]) {
        let delivered = Utc::now() - TimeDelta::minutes(ago);
        let happened = delivered - TimeDelta::minutes(5);
        let records: Vec<_> =
            events.iter().map(|id| change(id, &happened.format("%FT%TZ").to_string())).collect();
        let key = key(delivered, events[0]);
        let bytes = gzip(&log(&records));
        self.desk.write(&format!("logs/{key}"), &bytes);
        self.s3.put_object(LOGS, &key, bytes);
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(program());
        command
            .env_clear()
            .env("CLICKOPS_CONFIG", self.desk.path("clickops.toml"))
            .env("CLICKOPS_ATHENA_WORKGROUP", "clickops")
            .env("CLICKOPS_ATHENA_ENDPOINT_URL", self.athena.url())
            .env("HOOK", self.hook.url())
            .envs(self.s3.variables())
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE")
            .env("AWS_SESSION_TOKEN", "TOKENEXAMPLE")
            .env("AWS_REGION", "eu-west-1");
        command
    }

    pub(super) fn function(&self) -> Function {
        Function::start(self.command())
    }

    /// Ids of the findings in the journal, which never has one twice.
    pub(super) fn journal(&self) -> BTreeSet<String> {
        let lines = findings(self.s3.all(STATE));
        let id = |line: &String| {
            let finding: Value = serde_json::from_str(line).unwrap();
            finding["event_id"].as_str().unwrap().to_owned()
        };
        let ids: BTreeSet<String> = lines.iter().map(id).collect();
        assert_eq!(ids.len(), lines.len(), "{lines:#?}");
        ids
    }

    /// The events of all messages so far, in order of their names.
    pub(super) fn told(&self) -> Vec<String> {
        let mut told = self.told.lock().unwrap();
        let event = |posted: &Posted| posted.json()["event_id"].as_str().unwrap().to_owned();
        told.extend(self.hook.posted().iter().map(event));
        told.sort();
        told.clone()
    }

    /// Fails unless journal and messages have exactly these events, each once.
    pub(super) fn holds(&self, events: &[&str]) {
        let expected: BTreeSet<String> = events.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(self.journal(), expected);
        assert_eq!(self.told(), expected.into_iter().collect::<Vec<_>>());
    }
}

fn key(delivered: DateTime<Utc>, name: &str) -> String {
    let (day, minute) = (delivered.format("%Y/%m/%d"), delivered.format("%Y%m%dT%H%MZ"));
    format!(
        "AWSLogs/111122223333/CloudTrail/eu-west-1/{day}/111122223333_CloudTrail_eu-west-1_{minute}_{name}.json.gz"
    )
}
