//! What the function of AWS Lambda weighs and takes: its size in a zip, and start, idle tick and
//! memory against stand-ins.
//!
//! It measures a binary that was built before, as it would be deployed:
//!
//! ```sh
//! cargo build --profile lambda --no-default-features --features aws --bin clickops-lambda
//! cargo bench --no-default-features --features aws --bench lambda -- target/lambda/clickops-lambda 50
//! ```

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]
#![expect(clippy::unwrap_used, reason = "stand-ins of the tests, which may panic")]
#![allow(dead_code, reason = "the tests use more of the stand-ins")]

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::json;

use crate::standin::athena::Athena;
use crate::standin::lambda::Function;
use crate::standin::s3::S3;

#[path = "../tests/integration/program.rs"]
mod program;

#[path = "../tests/integration/standin"]
mod standin {
    mod http;
    pub(crate) mod lambda;
    #[path = "athena/metadata.rs"]
    mod metadata;
    pub(crate) mod s3;

    /// Athena, as far as a tick asks it that finds nothing new.
    pub(crate) mod athena {
        use clickops::table::TableShape;
        use serde_json::json;

        use super::http::{Reply, Server};
        use super::metadata::of_table;

        pub(crate) struct Athena(Server);

        impl Athena {
            pub(crate) fn start() -> Self {
                Self(Server::start(|request| {
                    assert_eq!(request.header("x-amz-target"), "AmazonAthena.GetTableMetadata");
                    let table = of_table("cloudtrail", &TableShape::cloudtrail(None));
                    Reply::Json(200, json!({"TableMetadata": table}))
                }))
            }

            pub(crate) fn url(&self) -> String {
                self.0.url()
            }
        }
    }
}

const CONFIG: &str = "
[source]
engine = 'athena'
logs = 's3://log-archive'
[window]
first = '1m'
[store]
at = 's3://clickops-state/prod'
[[report]]
name = 'hourly'
schedule = '0 * * * *'
";

/// Folders that logs come to, and logs in each.
const PLACES: usize = 20;
const LOGS: usize = 250;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let Some(binary) = arguments.next().map(PathBuf::from) else {
        // As `cargo bench` runs all benchmarks.
        println!("no binary to measure; benches/lambda.rs says how");
        return Ok(());
    };
    let times = arguments.next().map_or(Ok(30), |times| times.parse())?;
    size(&binary)?;

    let desk = program::Desk::new();
    let config = desk.write("clickops.toml", CONFIG);
    let (s3, athena) = (archive(), Athena::start());
    let start = || {
        let mut command = command(&binary, &config, &s3);
        command.env("CLICKOPS_ATHENA_ENDPOINT_URL", athena.url());
        Function::start(command)
    };
    // All logs are older than what the first run leaves alone.
    start().invoke(json!({})).answer();
    let (mut starts, mut ticks, mut wholes, mut warm, mut peaks) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..times {
        let begun = Instant::now();
        let mut function = start();
        function.await_start();
        starts.push(begun.elapsed());
        let tick = Instant::now();
        let answer = function.invoke(json!({})).answer();
        ticks.push(tick.elapsed());
        wholes.push(begun.elapsed());
        assert_eq!((&answer["complete"], &answer["logs"]), (&json!(true), &json!(0)), "{answer}");
        let tick = Instant::now();
        function.invoke(json!({})).answer();
        warm.push(tick.elapsed());
        peaks.extend(peak(function.pid()));
    }
    println!("median of {times}, with {} logs in {PLACES} folders:", PLACES * LOGS);
    for (what, mut took) in [
        ("start", starts),
        ("first tick, idle", ticks),
        ("start and idle tick", wholes),
        ("second tick, idle", warm),
    ] {
        took.sort();
        println!("{what:22} {:7.1} ms", milliseconds(took[took.len() / 2]));
    }
    match peaks.iter().max() {
        Some(most) => println!("{:22} {:7.1} MB", "peak memory", *most as f64 / 1e6),
        None => println!("the system does not tell the peak of memory"),
    }
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Prints what the binary weighs, as it is and packed.
fn size(binary: &Path) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(binary)?;
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&bytes)?;
    let packed = packed.finish()?;
    let megabytes = |bytes: &[u8]| bytes.len() as f64 / 1e6;
    println!("{:22} {:7.2} MB, zipped {:.2} MB", "binary", megabytes(&bytes), megabytes(&packed));
    Ok(())
}

fn archive() -> S3 {
    let s3 = S3::with(&["log-archive", "clickops-state"]);
    let log = program::gzip(&program::log(&[program::change("e", "2026-11-23T09:00:00Z")]));
    let delivered = chrono::Utc::now() - chrono::TimeDelta::minutes(10);
    let (day, minute) = (delivered.format("%Y/%m/%d"), delivered.format("%Y%m%dT%H%MZ"));
    for place in 0..PLACES {
        let account = format!("1111222233{place:02}");
        for number in 0..LOGS {
            let key = format!(
                "AWSLogs/{account}/CloudTrail/eu-west-1/{day}/\
                 {account}_CloudTrail_eu-west-1_{minute}_{number:016}.json.gz"
            );
            s3.put("log-archive", &key, log.clone());
        }
    }
    s3
}

fn command(binary: &Path, config: &Path, s3: &S3) -> Command {
    let mut command = Command::new(binary);
    command
        .env_clear()
        .env("CLICKOPS_CONFIG", config)
        .env("AWS_ENDPOINT_URL_S3", s3.url())
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE")
        .env("AWS_REGION", "eu-west-1");
    command
}

/// The most memory that a process has had so far, in bytes, where the system tells.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}
