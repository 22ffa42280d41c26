//! `clickops query --engine athena`, as a person runs it.

use std::process::{Command, Output, Stdio};

use super::*;
use crate::program::{Desk, Ended};
use crate::standin::s3::S3;

/// The command, with what it needs to find the stand-in.
fn command(desk: &Desk, service: &Athena, line: &str) -> Command {
    let mut command = desk.command(line);
    command
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE")
        .env("AWS_REGION", "eu-west-1")
        // A machine in AWS would tell its own region.
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("CLICKOPS_ATHENA_WORKGROUP", "clickops")
        .env("CLICKOPS_ATHENA_ENDPOINT_URL", service.url());
    command
}

pub(super) fn clickops(desk: &Desk, service: &Athena, line: &str) -> Ended {
    ended(command(desk, service, line).output().unwrap())
}

fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The same with logs and store in S3.
pub(super) fn with_s3(desk: &Desk, service: &Athena, s3: &S3, line: &str) -> Ended {
    let mut command = command(desk, service, line);
    let output = command.env("AWS_ENDPOINT_URL_S3", s3.url()).output().unwrap();
    ended(output)
}

#[test]
fn a_named_query_prints_the_same_on_both_engines() {
    let (desk, service) = (Desk::new(), service());
    let line = "query who-touched --param resource=sg-064ee11c991c4aa19 --format ndjson";
    let there = clickops(
        &desk,
        &service,
        &format!("{line} --engine athena --since 2026-11-01T00:00:00Z --account 111122223333"),
    );
    let logs = project("examples/logs");
    let here = desk.clickops(&format!("{line} --account 111122223333 --logs {}", logs.display()));
    assert_eq!(there.stdout, here.ok());
    assert!(!there.stdout.is_empty());
    assert!(
        there.stderr.starts_with("Athena: ") && there.stderr.contains(" scanned, $"),
        "{there:?}"
    );
    let sent = service.requests("StartQueryExecution")[0]["QueryString"].clone();
    assert!(sent.as_str().unwrap().contains("WHERE \"account\" IN ('111122223333')\nAND \"day\" "));
}

#[test]
fn the_config_can_say_where_queries_run() {
    let (desk, service) = (Desk::new(), service());
    let config = "[source]\nengine = 'athena'\n[athena]\ndatabase = 'audit'\ntable = 'trail'\n\
                  discover = false\n";
    desk.write("clickops.toml", config);
    let line = "query top-talkers --config clickops.toml --now 2026-11-23T12:00:00Z";
    let unknown = clickops(&desk, &service, line);
    assert_eq!(unknown.code, 3, "{unknown:?}");
    assert!(
        unknown.stderr.contains("only logs delivered since 2026-11-22T12:00:00Z"),
        "{unknown:?}"
    );
    assert!(unknown.stderr.contains("hint: Set athena.database and athena.table"), "{unknown:?}");
    let sent = &service.requests("StartQueryExecution")[0];
    assert!(
        sent["QueryString"]
            .as_str()
            .unwrap()
            .contains("FROM \"awsdatacatalog\".\"audit\".\"trail\"\n")
    );
    assert_eq!(sent["QueryExecutionContext"], serde_json::json!({"Database": "audit"}));
}

#[test]
fn wrong_usage_never_reaches_athena() {
    let (desk, service) = (Desk::new(), service());
    let both = clickops(&desk, &service, "query events --engine athena --logs .");
    assert_eq!(both.code, 2);
    assert!(both.stderr.contains("--engine local"), "{both:?}");
    let mut regionless = command(&desk, &service, "query events --engine athena");
    let output = regionless.env_remove("AWS_REGION").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Set athena.region"));
    assert!(service.requests("StartQueryExecution").is_empty());
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_the_query_at_athena() {
    let (desk, service) = (Desk::new(), service());
    service.next(Course { end: Some(End::Never), ..Course::default() });
    let mut command = command(&desk, &service, "query events --engine athena");
    let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    service.await_request("GetQueryExecution");
    let pid = running.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert_eq!(service.requests("StopQueryExecution").len(), 1);
}
