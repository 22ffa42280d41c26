//! `clickops doctor`: all is well, or exactly what is not.

use std::process::Command;

use serde_json::Value;

use crate::program::{Desk, Ended, change, files, gzip, log, project};
use crate::standin::athena::Athena;
use crate::standin::hook::Hook;
use crate::standin::s3::S3;
use crate::standin::ssm::Ssm;

mod channels;
mod faults;

const LOGS: &str = "log-archive";
const STATE: &str = "clickops-state";
const RESULTS: &str = "athena-results";

const CONFIG: &str = "
[source]
engine = 'athena'
logs = 's3://log-archive/AWSLogs'
[athena]
workgroup = 'clickops'
[store]
at = 's3://clickops-state/prod'
[[channel]]
name = 'queue'
sink = 'webhook'
url = 'ssm:/clickops/url'
[[report]]
name = 'hourly'
channels = ['queue']
";

/// A config for AWS, and everything that it needs.
struct World {
    desk: Desk,
    s3: S3,
    ssm: Ssm,
    hook: Hook,
    athena: Athena,
    now: &'static str,
    more: &'static str,
    without: Option<&'static str>,
}

fn key(account: &str, minute: &str) -> String {
    format!(
        "AWSLogs/{account}/CloudTrail/eu-west-1/2026/11/23/{account}_CloudTrail_eu-west-1_20261123T\
         {minute}Z_abcdefghijklmnop.json.gz"
    )
}

const NEWEST: (&str, &str) = ("111122223333", "1155");

impl World {
    fn new() -> Self {
        let desk = Desk::new();
        for (number, (account, minute)) in
            [("444455556666", "1150"), ("111122223333", "1130"), NEWEST].into_iter().enumerate()
        {
            let event = change(&format!("e-{number}"), "2026-11-23T11:25:00Z");
            desk.write(&format!("bucket/{}", key(account, minute)), gzip(&log(&[event])));
        }
        desk.write("c.toml", CONFIG);
        let (s3, ssm, hook) = (S3::with(&[LOGS, STATE, RESULTS]), Ssm::start(), Hook::start());
        s3.fill(LOGS, "", &desk.path("bucket"));
        ssm.put("/clickops/url", &hook.url());
        let athena = Athena::over(&desk.path("bucket"));
        let now = "2026-11-23T12:00:00Z";
        Self { desk, s3, ssm, hook, athena, now, more: "", without: None }
    }

    fn command(&self, format: &str) -> Command {
        let Self { now, more, .. } = self;
        let line = format!("doctor --config c.toml --now {now} --format {format} {more}");
        let mut command = self.desk.command(&line);
        let variables = [
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE".to_owned()),
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_ENDPOINT_URL_S3", self.s3.url()),
            ("AWS_ENDPOINT_URL_SSM", self.ssm.url()),
            ("CLICKOPS_ATHENA_ENDPOINT_URL", self.athena.url()),
        ];
        command.envs(variables.into_iter().filter(|(name, _)| Some(*name) != self.without));
        command
    }

    /// The checks, and the exit code.
    fn examine(&self) -> (Vec<Value>, i32) {
        let ended = Ended::of(&mut self.command("json"));
        let checks = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
        assert!(!ended.stdout.contains("hush") && !ended.stderr.contains("hush"), "{ended:?}");
        (checks, ended.code)
    }
}

/// Names of the checks in this state.
fn names<'a>(checks: &'a [Value], state: &str) -> Vec<&'a str> {
    let of_state = checks.iter().filter(|check| check["state"] == state);
    of_state.map(|check| check["name"].as_str().unwrap()).collect()
}

#[test]
fn all_is_well_on_aws() {
    let world = World::new();
    for _ in 0..2 {
        let (checks, code) = world.examine();
        assert_eq!(code, 0, "{checks:#?}");
        assert_eq!(names(&checks, "ok").len(), checks.len(), "{checks:#?}");
        let expected = [
            "config",
            "credentials",
            "logs",
            "age",
            "log",
            "table",
            "engine",
            "store",
            "ledger",
            "workgroup",
            "output",
            "secret",
            "channel",
            "clock",
        ];
        assert_eq!(names(&checks, "ok"), expected);
    }
    assert_eq!(world.s3.objects(STATE).into_keys().collect::<Vec<_>>(), ["prod/doctor.json"]);
    assert!(world.hook.posted().is_empty());

    let text = Ended::of(&mut world.command("text")).ok();
    let first: Vec<_> = text.lines().next().unwrap().split_whitespace().take(2).collect();
    assert_eq!(first, ["ok", "config"], "{text}");
}

#[test]
fn a_test_message_goes_out_if_asked_for() {
    let mut world = World::new();
    world.more = "--send";
    let (checks, code) = world.examine();
    assert_eq!(code, 0, "{checks:#?}");
    let posted = world.hook.posted();
    assert_eq!(posted.len(), 1);
    assert_eq!(posted[0].json()["notices"][0], "this is a test message of `clickops doctor`");
}

fn workgroup(change: fn(&mut Value)) -> Value {
    let mut group = crate::standin::athena::workgroup();
    change(&mut group);
    group
}

fn config(world: &World, old: &str, new: &str) {
    assert!(CONFIG.contains(old));
    world.desk.write("c.toml", CONFIG.replace(old, new));
}

#[test]
fn what_only_somebody_should_look_at_is_a_warning() {
    let later: fn(&mut World) = |world| world.now = "2026-11-23T15:00:00Z";
    let unlimited: fn(&mut World) = |world| {
        world.athena.set_workgroup(workgroup(|group| {
            group["Configuration"]["BytesScannedCutoffPerQuery"] = Value::Null;
        }));
    };
    let open: fn(&mut World) = |world| {
        world.ssm.remove("/clickops/url");
        world.ssm.put_kind("/clickops/url", &world.hook.url(), "String");
    };
    let narrow: fn(&mut World) = |world| {
        let statement = "CREATE EXTERNAL TABLE cloudtrail (eventid string) PARTITIONED BY \
                         (account string, region string, day string) LOCATION 's3://log-archive/'";
        world.desk.write("trail.sql", statement);
        config(world, "[athena]", "ddl = 'trail.sql'\n[athena]");
    };
    let cases = [(later, "age"), (unlimited, "workgroup"), (open, "secret"), (narrow, "table")];
    for (breaks, check) in cases {
        let mut world = World::new();
        breaks(&mut world);
        let (checks, code) = world.examine();
        assert_eq!(code, 0, "{checks:#?}");
        assert_eq!(names(&checks, "warning"), [check], "{checks:#?}");
        assert!(names(&checks, "failed").is_empty(), "{checks:#?}");
    }
}

#[test]
fn where_nobody_may_list_logs_the_table_is_asked_for_late_ones() {
    let mut world = World::new();
    config(&world, "[store]", "[window]\nby = 'minutes'\n[store]");
    world.s3.fail("ListObjectsV2", &[crate::standin::s3::Fault::Denied; 9]);
    let (checks, code) = world.examine();
    assert_eq!(code, 0, "{checks:#?}");
    assert!(names(&checks, "ok").contains(&"engine") && !names(&checks, "ok").contains(&"logs"));
    world.now = "2026-11-23T20:00:00Z";
    let (checks, code) = world.examine();
    assert_eq!((code, names(&checks, "failed")), (1, vec!["engine"]), "{checks:#?}");
    config(&world, "[source]\nengine = 'athena'", "[window]\nby = 'minutes'\n[source]");
    let (checks, code) = world.examine();
    assert_eq!((code, names(&checks, "failed")), (2, vec!["config"]), "{checks:#?}");
}

#[test]
fn a_config_that_is_wrong_has_an_exit_code_of_its_own() {
    let world = World::new();
    for (old, new, says) in [
        ("[athena]", "sql = 'sql'\n[athena]", "sql"),
        ("[athena]", "templates = 'none'\n[athena]", "none is no folder"),
        ("name = 'hourly'", "name = 'hourly'\ndetection = 'x'", "report.hourly.detection"),
    ] {
        config(&world, old, new);
        let (checks, code) = world.examine();
        assert_eq!((code, names(&checks, "failed")), (2, vec!["config"]), "{checks:#?}");
        assert_eq!(checks.len(), 1);
        let message = checks[0]["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    }
    config(&world, "[athena]", "nonsense = 1\n[athena]");
    let ended = Ended::of(&mut world.command("text"));
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.starts_with("error: config: c.toml"), "{ended:?}");
}

#[test]
fn a_laptop_needs_no_aws() {
    let desk = Desk::new();
    let logs = project("examples/logs");
    let line = format!("doctor --logs {} --format json", logs.display());
    let checks: Vec<Value> = serde_json::from_str(&desk.clickops(&line).ok()).unwrap();
    let expected = ["config", "logs", "log", "engine", "store", "ledger"];
    assert_eq!(names(&checks, "ok"), expected, "{checks:#?}");
    assert_eq!(checks.len(), expected.len());
    let kept = [".clickops/.lock", ".clickops/doctor.json"].map(|name| desk.path(name));
    assert_eq!(files(&desk.path(".clickops")), kept);

    let run = format!("run --logs {} --now 2026-11-24T00:00:00Z", logs.display());
    assert!(desk.clickops(&run).ok().starts_with("ClickOps"));
    desk.clickops(&line).ok();
    assert!(desk.clickops(&run).ok().starts_with("Nothing new"));

    for (line, check, says) in [
        ("doctor --logs none --format json", "logs", "cannot read none"),
        ("doctor --logs .clickops/journal --format json", "log", "cannot read "),
        ("doctor --format json", "logs", "nobody said where the logs are"),
    ] {
        let ended = desk.clickops(line);
        let checks: Vec<Value> = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!((ended.code, names(&checks, "failed")), (1, vec![check]), "{checks:#?}");
        let failed = checks.iter().find(|one| one["state"] == "failed").unwrap();
        assert!(failed["message"].as_str().unwrap().contains(says), "{failed}");
    }
}
