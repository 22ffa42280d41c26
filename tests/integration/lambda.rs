//! The built function, invoked as Lambda invokes it, with Athena, S3 and channels as stand-ins.

use std::process::Command;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use self::cloud::{Buckets, Cloud};
use crate::s3::{LOGS, STATE};
use crate::standin::athena::{Course, Fault};
use crate::standin::hook::Answer;
use crate::standin::lambda::{Function, Outcome};

mod cloud;
mod moto;

/// A message for each change, at every tick that finds one.
const EVENTS: &str = "
[source]
engine = 'athena'
logs = 's3://log-archive'
[store]
at = 's3://clickops-state/prod'
[[channel]]
name = 'hook'
sink = 'webhook'
url = 'env:HOOK'
[[report]]
name = 'all'
mode = 'events'
channels = ['hook']
";

/// Longer than anything here takes.
const MINUTES: Duration = Duration::from_secs(300);

/// The log lines of a function.
fn logged(function: &Function) -> Vec<Value> {
    let lines = function.output();
    let json = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    json.filter(|line| line.get("level").is_some()).collect()
}

/// The metrics of the last invocation, once they and all that was printed before have come.
fn metrics(function: &Function) -> Value {
    let all = || -> Vec<Value> {
        let lines = function.output();
        let json = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        json.filter(|line| line.get("_aws").is_some()).collect()
    };
    await_until(|| all().len() == function.invocations());
    all().pop().unwrap()
}

/// Logs read, findings new to the journal, and messages sent.
fn figures(answer: &Value) -> (Value, Value, Value) {
    let count = |name: &str| answer[name].as_u64().unwrap();
    assert_eq!(count("findings"), count("sent") + count("hidden") + count("pending"), "{answer}");
    (answer["logs"].clone(), answer["collected"].clone(), answer["messages"].clone())
}

/// A query that runs until the stand-in is told to settle it.
fn endless() -> Course {
    Course { running: u32::MAX, ..Course::default() }
}

/// Waits until something is so.
fn await_until(is: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not come to that");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn run() -> Value {
    json!({"action": "run", "time": Utc::now().to_rfc3339()})
}

/// The one test of the whole line: whatever happens, each change is in the journal once, and told
/// once.
#[test]
fn each_change_is_told_once_whatever_happens() {
    whole_line(&Cloud::new(EVENTS));
}

fn whole_line<B: Buckets>(cloud: &Cloud<B>) {
    cloud.deliver(30, &["e-01", "e-02"]);
    cloud.deliver(10, &["e-03"]);
    let mut function = cloud.function();

    let first = function.invoke(run()).answer();
    assert_eq!(
        (&first["complete"], figures(&first)),
        (&json!(true), (json!(2), json!(3), json!(3)))
    );
    cloud.holds(&["e-01", "e-02", "e-03"]);

    let idle = function.invoke(run()).answer();
    assert_eq!((&idle["complete"], figures(&idle)), (&json!(true), (json!(0), json!(0), json!(0))));
    cloud.holds(&["e-01", "e-02", "e-03"]);

    // A log that was delivered before others that were collected.
    cloud.deliver(20, &["e-04"]);
    let late = function.invoke(json!({})).answer();
    assert_eq!(figures(&late), (json!(1), json!(1), json!(1)));
    cloud.holds(&["e-01", "e-02", "e-03", "e-04"]);

    let again = function.invoke(json!({"action": "replay", "since": "1h"})).answer();
    assert_eq!(figures(&again), (json!(3), json!(0), json!(0)));
    cloud.holds(&["e-01", "e-02", "e-03", "e-04"]);

    // A query that takes longer than the function may.
    cloud.deliver(5, &["e-05"]);
    cloud.athena.next(endless());
    let id = function.begin(run(), Duration::from_secs(16));
    let left = function.end(&id).answer();
    assert_eq!(
        (&left["complete"], figures(&left)),
        (&json!(false), (json!(0), json!(0), json!(0)))
    );
    cloud.holds(&["e-01", "e-02", "e-03", "e-04"]);
    let begun = cloud.athena.executions();
    cloud.athena.settle();
    let resumed = function.invoke(run()).answer();
    assert_eq!(
        (&resumed["complete"], figures(&resumed)),
        (&json!(true), (json!(1), json!(1), json!(1)))
    );
    assert_eq!(cloud.athena.executions(), begun, "it was begun once more");
    assert!(cloud.athena.requests("StopQueryExecution").is_empty());
    cloud.holds(&["e-01", "e-02", "e-03", "e-04", "e-05"]);

    // Two functions at once: the second waits, and then finds nothing left to do.
    cloud.deliver(4, &["e-06"]);
    cloud.athena.next(endless());
    let mut second = cloud.function();
    let first = function.begin(run(), MINUTES);
    await_until(|| cloud.athena.executions() > begun);
    let (hurried, patient) = (Duration::from_secs(8), MINUTES);
    let busy = second.begin(run(), hurried);
    let error = second.end(&busy).error();
    assert_eq!(error["errorType"], "clickops.store", "{error}");
    let waiting = second.begin(run(), patient);
    cloud.athena.settle();
    assert_eq!(figures(&function.end(&first).answer()), (json!(1), json!(1), json!(1)));
    assert_eq!(figures(&second.end(&waiting).answer()), (json!(0), json!(0), json!(0)));
    let all = ["e-01", "e-02", "e-03", "e-04", "e-05", "e-06"];
    cloud.holds(&all);
}

/// A channel that takes nothing for a while: what is found waits for the next tick.
#[test]
fn a_message_that_is_not_taken_waits_for_the_next_tick() {
    let cloud = Cloud::new(EVENTS);
    cloud.deliver(10, &["e-01"]);
    // For longer than a tick waits.
    let busy = Answer::Status(429, vec![("Retry-After", "600".to_owned())]);
    cloud.hook.answer(&[busy]);
    let mut function = cloud.function();
    let left = function.invoke(run()).answer();
    assert_eq!(
        (&left["complete"], figures(&left)),
        (&json!(false), (json!(1), json!(1), json!(0)))
    );
    assert_eq!(metrics(&function)["Pending"], 1);
    cloud.hook.posted();
    let sent = function.invoke(run()).answer();
    assert_eq!((&sent["complete"], figures(&sent)), (&json!(true), (json!(0), json!(0), json!(1))));
    let metrics = metrics(&function);
    assert_eq!((&metrics["Findings"], &metrics["Sent"]), (&json!(1), &json!(1)));
    cloud.holds(&["e-01"]);
}

/// A tick that could look at nothing is none for the alarm that waits for one.
#[test]
fn a_tick_that_cannot_look_does_not_count_as_one() {
    let cloud = Cloud::new(EVENTS);
    cloud.deliver(10, &["e-01"]);
    cloud.athena.fail("StartQueryExecution", &[Fault::Denied]);
    let mut function = cloud.function();
    assert_eq!(function.invoke(run()).error()["errorType"], "clickops.query");
    let failed = metrics(&function);
    assert_eq!((&failed["Ticks"], &failed["Errors"]), (&json!(0), &json!(1)), "{failed}");
    assert_eq!(function.invoke(run()).answer()["collected"], 1);
    assert_eq!(metrics(&function)["Ticks"], 1);
}

#[test]
fn a_function_that_is_killed_goes_on_when_it_is_invoked_again() {
    let cloud = Cloud::new(EVENTS);
    cloud.deliver(10, &["e-01"]);
    cloud.athena.next(endless());
    let mut killed = cloud.function();
    let event = run();
    let id = killed.begin(event.clone(), MINUTES);
    cloud.athena.await_request("GetQueryExecution");
    killed.kill();
    assert!(matches!(killed.end(&id), Outcome::Died(_)));
    cloud.athena.settle();

    let mut second = cloud.function();
    let answer = second.invoke(event).answer();
    assert_eq!(answer["complete"], true, "{answer}");
    cloud.holds(&["e-01"]);
}

#[test]
fn a_config_that_cannot_be_used_answers_every_invocation() {
    let cloud = Cloud::new("[source]\nengin = 'athena'\n");
    let mut function = cloud.function();
    function.await_start();
    for _ in 0..2 {
        let error = function.invoke(run()).error();
        assert_eq!(error["errorType"], "clickops.config");
        let message = error["errorMessage"].as_str().unwrap();
        assert!(
            message.contains("engin") && message.ends_with("Did you mean 'engine'?"),
            "{message}"
        );
    }
    assert_eq!(metrics(&function)["Errors"], 1);
    assert!(metrics(&function).get("Findings").is_none());
    // Once it is mended, the same process goes on with it.
    cloud.desk.write("clickops.toml", EVENTS);
    cloud.deliver(10, &["e-01"]);
    assert_eq!(function.invoke(run()).answer()["collected"], 1);
}

#[test]
fn the_config_may_lie_in_s3() {
    let cloud = Cloud::new("");
    let mut command = cloud.command();
    command.env("CLICKOPS_CONFIG", "s3://clickops-state/config/clickops.toml");
    let mut function = Function::start(command);
    let error = function.invoke(run()).error();
    let message = error["errorMessage"].as_str().unwrap();
    assert!(message.contains("there is no s3://clickops-state/config/clickops.toml"), "{message}");
    cloud.s3.put(STATE, "config/clickops.toml", EVENTS);
    cloud.deliver(10, &["e-01"]);
    assert_eq!(function.invoke(run()).answer()["complete"], true);
    cloud.holds(&["e-01"]);
}

#[test]
fn what_is_asked_for_is_done_and_nothing_else() {
    let cloud = Cloud::new(EVENTS);
    cloud.deliver(10, &["e-01"]);
    let mut function = cloud.function();
    for (event, kind, told) in [
        (json!({"action": "reply"}), "clickops.event", "Did you mean 'replay'?"),
        (json!({"reports": ["al"]}), "clickops.usage", "There are: all."),
        (
            json!({"action": "replay", "since": "2020-01-01T00:00:00Z"}),
            "clickops.usage",
            "Give a time of the last 35 days",
        ),
        (
            json!({"time": (Utc::now() + TimeDelta::hours(1)).to_rfc3339()}),
            "clickops.event",
            "has not come yet",
        ),
    ] {
        let error = function.invoke(event).error();
        assert_eq!(error["errorType"], kind);
        let message = error["errorMessage"].as_str().unwrap();
        assert!(message.contains(told), "{message}");
    }
    assert!(cloud.s3.objects(STATE).keys().all(|key| !key.contains("journal")));

    let tried = function.invoke(json!({"dry_run": true})).answer();
    assert_eq!((&tried["collected"], &tried["messages"]), (&json!(1), &json!(1)), "{tried}");
    assert!(cloud.journal().is_empty() && cloud.told().is_empty());
    assert_eq!(metrics(&function)["Messages"], 1);
    assert!(function.output().iter().any(|line| line.starts_with("clickops explain e-01")));

    let examined = function.invoke(json!({"action": "doctor"})).answer();
    let failed = |check: &&Value| check["state"] == "failed";
    let checks = examined["checks"].as_array().unwrap();
    assert_eq!(examined["complete"], !checks.iter().any(|check| failed(&check)), "{examined}");
    assert!(checks.iter().any(|check| check["name"] == "store"), "{examined}");

    cloud.athena.add_table("CREATE EXTERNAL TABLE default.sales (id string)");
    let applied = function.invoke(json!({"action": "apply-sql"})).answer();
    let steps: Vec<&str> =
        applied["steps"].as_array().unwrap().iter().map(|step| step.as_str().unwrap()).collect();
    assert_eq!(applied["complete"], true, "{applied}");
    assert!(steps.contains(&"made view console_changes"), "{steps:?}");
}

/// What CloudWatch gets: log lines that name their request, and metrics.
#[test]
fn what_it_prints_is_for_cloudwatch() {
    let cloud = Cloud::new(EVENTS);
    cloud.deliver(10, &["e-01"]);
    let mut function = cloud.function();
    function.invoke(run()).answer();
    let metrics = metrics(&function);
    let declared = &metrics["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(declared["Namespace"], "clickops");
    assert_eq!(
        (&declared["Dimensions"], &metrics["FunctionName"]),
        (&json!([["FunctionName"]]), &json!("clickops"))
    );
    for metric in declared["Metrics"].as_array().unwrap() {
        let name = metric["Name"].as_str().unwrap();
        assert!(metrics[name].is_number(), "{name}: {metrics}");
    }
    let (scanned, stored) = (&metrics["BytesScanned"], cloud.s3.objects(LOGS));
    let stored: usize = stored.values().map(Vec::len).sum();
    assert_eq!((&metrics["BytesDelivered"], &metrics["Findings"]), (&json!(stored), &json!(1)));
    assert!(
        scanned.as_u64().unwrap() > 0 && metrics["Dollars"].as_f64().unwrap() > 0.0,
        "{metrics}"
    );

    let lines = logged(&function);
    assert!(lines.len() >= 3, "{lines:#?}");
    for line in &lines {
        assert_eq!(line["span"]["requestId"], "00000001-0000-4000-8000-000000000000", "{line}");
        let text = line.to_string();
        for secret in ["SECRETEXAMPLE", "TOKENEXAMPLE", "hush", "e-01", "i-0123456789abcdef0"] {
            assert!(!text.contains(secret), "{line}");
        }
    }
}

#[test]
fn a_person_is_sent_to_the_command_line() {
    let output = Command::new(cloud::program()).env_clear().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stdout).unwrap().contains("Use `clickops run`"));
}
