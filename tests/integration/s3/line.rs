//! The whole line with logs and store in S3: the same as with folders, whatever request fails.

use std::process::Command;

use clickops::app::App;
use clickops::config::Place;
use clickops::store::s3::S3Store;

use super::*;
use crate::crash::{self, EVERY_MESSAGE, EVERYTHING, Remembering, assert_once, live};
use crate::program::{Desk, Ended, change, gzip, identity, log, project};
use crate::standin::athena::Athena;

/// The command, with what it needs to find the stand-in.
fn command(desk: &Desk, service: &S3, line: &str) -> Command {
    let mut command = desk.command(line);
    command
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_ENDPOINT_URL_S3", service.url());
    command
}

fn clickops(desk: &Desk, service: &S3, line: &str) -> Ended {
    Ended::of(&mut command(desk, service, line))
}

const ALL_TIMES: &str = "[window]\nfirst = 'all'\noverlap = 'all'\n";
const IN_S3: &str = "--logs s3://log-archive --store s3://clickops-state/prod";

/// Output without what differs from run to run.
fn settled(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("Run "));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_run_in_s3_says_and_keeps_what_one_in_folders_does() {
    let (desk, service) = (Desk::new(), service());
    let logs = project("examples/logs");
    service.fill(LOGS, "", &logs);
    desk.write("c.toml", ALL_TIMES);
    let run = "run --config c.toml --now 2026-11-24T00:00:00Z";
    let here = desk.clickops(&format!("{run} --logs {}", logs.display())).ok();
    let there = clickops(&desk, &service, &format!("{run} {IN_S3}")).ok();
    let start = logs.canonicalize().unwrap().display().to_string();
    let moved = |text: &str| text.replace(&start, "s3://log-archive");
    assert_eq!(settled(&there), settled(&moved(&here)));
    let found: Vec<_> = journal(&service).iter().map(|line| identity(line)).collect();
    assert_eq!(found, desk.journal());
    for line in journal(&service) {
        let finding: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(finding["raw"]["eventID"], finding["event_id"], "{line}");
        assert!(finding["log_file"].as_str().unwrap().starts_with("s3://log-archive/AWSLogs/"));
    }

    let here = desk.clickops(&format!("{run} --logs {}", logs.display())).ok();
    let there = clickops(&desk, &service, &format!("{run} {IN_S3}")).ok();
    assert!(here.starts_with("Nothing new"), "{here}");
    assert_eq!(there, here);
    assert_eq!(journal(&service).len(), found.len());
}

#[test]
fn a_bucket_is_read_from_a_day_back_unless_somebody_says_otherwise() {
    let (desk, service) = (Desk::new(), service());
    let logs = project("examples/logs");
    service.fill(LOGS, "trail/", &logs);
    let ask = |more: &str| {
        let line = "query verdicts --format ndjson --now 2026-11-22T00:00:00Z";
        clickops(&desk, &service, &format!("{line} --logs s3://log-archive/trail {more}"))
    };
    let whole = ask("--since 2000-01-01T00:00:00Z");
    let here = desk.clickops(&format!("query verdicts --format ndjson --logs {}", logs.display()));
    assert_eq!(whole.rows().len(), here.rows().len());
    let day = ask("");
    assert!(day.stderr.contains("only logs delivered since 2026-11-21T00:00:00Z"), "{day:?}");
    assert!(day.rows().len() < whole.rows().len() && !day.rows().is_empty());

    let first = clickops(&desk, &service, &format!("run --now 2026-11-22T00:00:00Z {IN_S3}"));
    assert_eq!(first.code, 0, "{first:?}");
    let few = journal(&service).len();
    let more = format!("run --now 2026-11-22T00:00:00Z --since 90d {IN_S3}2");
    let desk = Desk::new();
    let out = clickops(&desk, &service, &more);
    assert_eq!(out.code, 0, "{out:?}");
    let all = service.objects(STATE).into_iter().filter(|(key, _)| key.starts_with("prod2/j"));
    let all: usize = all.map(|(_, bytes)| bytes.split(|byte| *byte == b'\n').count() - 2).sum();
    assert!(few > 0 && few < all, "{few} of {all}");
}

#[test]
fn a_log_that_cannot_be_read_is_tried_again() {
    let (desk, service) = (Desk::new(), service());
    let key = |minute: &str| {
        format!(
            "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23/111122223333_CloudTrail_eu-west-1\
             _20261123T{minute}Z_abcdefghijklmnop.json.gz"
        )
    };
    service.put(LOGS, &key("0900"), gzip(&log(&[change("e-1", "2026-11-23T08:55:00Z")])));
    service.put(LOGS, &key("0905"), gzip(&log(&[change("e-2", "2026-11-23T09:01:00Z")])));
    let line = format!("run --now 2026-11-23T12:00:00Z {IN_S3}");
    let told = [
        (Fault::Cut, 1, "run again"),
        (Fault::Denied, 1, "allow s3:GetObject on it"),
        (Fault::SlowDown, 4, "S3 cannot be reached: SlowDown"),
    ];
    for (fault, times, told) in told {
        let service = service_like(&service);
        service.fail_key(&key("0905"), fault, times);
        let first = clickops(&desk, &service, &line);
        assert_eq!(first.code, 1, "{fault:?}: {first:?}");
        assert!(first.stdout.contains("1 change "), "{fault:?}: {first:?}");
        let address = format!("warning: s3://log-archive/{}: ", key("0905"));
        assert!(first.stderr.contains(&address) && first.stderr.contains(told), "{first:?}");
        let second = clickops(&desk, &service, &line);
        assert!(second.stdout.contains("1 change "), "{fault:?}: {second:?}");
        assert_eq!(second.code, 0);
        assert_eq!(journal(&service).len(), 2);
    }
}

fn service_like(other: &S3) -> S3 {
    let service = service();
    for (key, bytes) in other.objects(LOGS) {
        service.put(LOGS, &key, bytes);
    }
    service
}

#[test]
fn an_event_comes_from_its_log_in_s3_or_from_the_journal() {
    let (desk, service) = (Desk::new(), service());
    let key = "exports/a.json";
    service.put(LOGS, key, log(&[change("e-12345678", "2026-11-23T08:55:00Z")]));
    clickops(&desk, &service, &format!("run {IN_S3}")).ok();
    let get = "get e-123456 --store s3://clickops-state/prod";
    let whole = clickops(&desk, &service, get);
    assert!(whole.stdout.contains("\"eventName\": \"StopInstances\""), "{whole:?}");
    assert_eq!(whole.stderr, "");
    service.remove(LOGS, key);
    let kept = clickops(&desk, &service, get);
    assert!(kept.stdout.contains("\"eventName\": \"StopInstances\""), "{kept:?}");
    assert!(kept.stderr.starts_with("its log is gone"), "{kept:?}");
}

#[test]
fn what_cannot_work_says_why() {
    let (desk, service) = (Desk::new(), service());
    for (line, code, told) in [
        ("run --logs s3://Logs/x", 2, "--logs: 's3://Logs/x' has no name of a bucket"),
        ("ledger show --store s3://x/y", 2, "--store: 's3://x/y' has no name of a bucket"),
        ("query events --logs s3://no-such-bucket", 4, "there is no such bucket"),
        ("query events --logs s3://log-archive/none", 4, "there are no logs in s3://log-archive/"),
        ("ledger show --store s3://no-such-bucket", 1, "hint: Check the name of the bucket."),
    ] {
        let ended = clickops(&desk, &service, line);
        assert_eq!(ended.code, code, "{line}: {ended:?}");
        assert!(ended.stderr.contains(told), "{line}: {ended:?}");
    }
    let mut regionless = command(&desk, &service, "query events --logs s3://log-archive");
    let output = regionless.env_remove("AWS_REGION").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("hint: Set AWS_REGION to the region of the bucket."), "{said}");
    let mut nobody = command(&desk, &service, "query events --logs s3://log-archive");
    nobody.env_remove("AWS_ACCESS_KEY_ID").env("AWS_EC2_METADATA_DISABLED", "true");
    let said = String::from_utf8(nobody.output().unwrap().stderr).unwrap();
    assert!(said.contains("AWS does not accept the credentials"), "{said}");
}

/// Every request of a run goes wrong in every way, once or from then on; a later run completes it.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_request_fails_nothing_is_lost_and_nothing_doubled() {
    const FOR_EVER: usize = usize::MAX;
    let (desk, service) = (Desk::new(), service());
    desk.write("sql/views/everything.sql", EVERYTHING);
    let s3 = client(&service);
    let store = S3Store::new(Arc::clone(&s3), place("s3://clickops-state/prod"));
    let app = App::new(crash::config(EVERY_MESSAGE, &desk), crash::now());
    let mut app = app.with_s3(s3);
    app.config.logs = Some(Place::S3(place("s3://log-archive")));
    for (fault, times, deadly) in [
        (Fault::Denied, 1, 20),
        (Fault::Expired, FOR_EVER, 20),
        // As often as the SDK tries: writes are found to have gone through.
        (Fault::LostAnswer, 4, 8),
    ] {
        let mut deaths = 0;
        for after in 0.. {
            service.clear();
            let put = |name: &str, events: &[(&str, &str)]| {
                let events: Vec<_> = events.iter().map(|(id, time)| change(id, time)).collect();
                service.put(LOGS, name, log(&events));
            };
            let at = ["2026-11-23T09:00:00Z", "2026-11-23T09:01:00Z", "2026-11-23T09:02:00Z"];
            put("1.json", &[("a", at[0])]);
            put("2.json", &[("b", at[1]), ("c", at[2])]);
            let sink: &'static Remembering = Box::leak(Box::default());

            service.fail_after(after, fault, times);
            deaths += usize::from(live(&app, &store, sink).await.is_err());
            let was_done = service.heal();
            put("3.json", &[("c", at[2]), ("d", "2026-11-23T09:03:00Z")]);
            let what = format!("{fault:?} {times} times after {after}");
            live(&app, &store, sink).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_once(&app, &store, sink, &["a", "b", "c", "d"], &what).await;
            if was_done {
                break;
            }
        }
        assert!(deaths > deadly, "{fault:?} {times} times: there are more requests than {deaths}");
    }
}

/// Athena reads the logs, S3 says which, and the journal holds what it holds without either.
#[test]
fn a_run_on_athena_collects_the_logs_that_a_bucket_has() {
    let (desk, service) = (Desk::new(), service());
    let logs = project("examples/logs");
    service.fill(LOGS, "", &logs);
    let athena = Athena::over(&logs);
    desk.write("c.toml", format!("{ALL_TIMES}[source]\nengine = 'athena'\n"));
    let run = "run --config c.toml --now 2026-11-24T00:00:00Z";
    let there = command(&desk, &service, &format!("{run} {IN_S3}"))
        .env("CLICKOPS_ATHENA_WORKGROUP", "clickops")
        .env("CLICKOPS_ATHENA_ENDPOINT_URL", athena.url())
        .output()
        .unwrap();
    assert!(there.status.success(), "{}", String::from_utf8_lossy(&there.stderr));
    assert!(athena.executions() > 0);
    desk.clickops(&format!("run --now 2026-11-24T00:00:00Z --logs {}", logs.display())).ok();
    let mut found: Vec<_> = journal(&service).iter().map(|line| identity(line)).collect();
    let mut expected = desk.journal();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}
