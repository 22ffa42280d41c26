//! How fast logs are read: decoding alone, counting, and a query like a detection.
//!
//! ```sh
//! cargo bench --bench scan                   # 16 logs of 50 MB of JSON, in a folder for itself
//! cargo bench --bench scan -- 4 /tmp/logs    # 4 logs, kept in /tmp/logs for another tool to read
//! cargo bench --bench scan -- 4 /tmp/logs sort   # one part only, to measure its memory alone
//! ```
//!
//! `DuckDB` over the same files:
//!
//! ```sh
//! python3 -c "import duckdb,time; c=duckdb.connect(); c.execute('SET threads=2'); t=time.time();
//! print(c.execute(\"SELECT count(*), count(r.eventName) FROM (SELECT unnest(Records) r FROM
//! read_json('/tmp/logs/**/*.json.gz', maximum_object_size=200000000))\").fetchall(),
//! time.time()-t)"
//! ```

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measures")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::DateTime;
use clickops::engine::Engine;
use clickops::engine::local::LocalEngine;
use clickops::logs::records::{self, Next};
use clickops::logs::{Log, LogKey, Place};
use clickops::query::BoundQuery;
use flate2::Compression;
use flate2::write::GzEncoder;

/// JSON text of one log: CloudTrail's own limit.
const LOG_BYTES: usize = 50 * 1000 * 1000;

/// What the detection does to each record, more or less.
const DETECTION: &str = r#"
SELECT eventid, eventtime, eventname, useridentity.arn,
       useridentity.sessioncontext.sessionissuer.username,
       json_extract_scalar(requestparameters, '$.bucketName') AS bucket,
       split_part(useridentity.arn, '/', 3) AS session, "$path"
FROM cloudtrail
WHERE readonly = 'false'
  AND (sessioncredentialfromconsole = 'true'
       OR regexp_like(useragent, '(?i)console\.amazonaws\.com|^Mozilla/'))
  AND coalesce(element_at(resources, 1).type, '') <> 'x'"#;

const SORT: &str = "SELECT eventid, requestparameters FROM cloudtrail ORDER BY eventid";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let count = arguments.next().map_or(Ok(16), |count| count.parse())?;
    let folder = arguments.next();
    let part = arguments.next().unwrap_or_default();
    let keep = folder.is_some();
    let folder = folder.map_or_else(|| std::env::temp_dir().join("clickops-bench"), PathBuf::from);
    let (logs, bytes) = archive(&folder, count)?;
    let stored: u64 = logs.iter().map(|log| log.bytes).sum();
    println!("{count} logs, {} MB of JSON, {} MB stored", bytes / 1_000_000, stored / 1_000_000);

    if part.is_empty() || part == "decode" {
        let started = Instant::now();
        let mut records = 0;
        for log in &logs {
            let file = File::open(&log.address)?;
            records += records::read(file, |_| Next::More)?.records;
        }
        report("records (one thread)", started, bytes, records);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    for (name, sql) in [
        ("count", "SELECT count(*) FROM cloudtrail"),
        ("detection", DETECTION),
        ("all", "SELECT * FROM cloudtrail"),
        ("sort", SORT),
    ] {
        if !part.is_empty() && part != name {
            continue;
        }
        let started = Instant::now();
        let query = BoundQuery::of_sql(name, sql, logs.clone().into());
        let rows = runtime.block_on(async {
            let mut rows = LocalEngine::new().rows(&query).await?;
            let mut count = 0;
            while let Some(page) = rows.page().await? {
                count += page.len() as u64;
            }
            Ok::<_, clickops::engine::EngineError>(count)
        })?;
        report(name, started, bytes, rows);
    }
    if !keep {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

fn report(what: &str, started: Instant, bytes: u64, rows: u64) {
    let seconds = started.elapsed().as_secs_f64();
    let rate = bytes as f64 / 1e6 / seconds;
    println!("{what:22} {rate:6.0} MB/s  {seconds:5.2} s  {rows} rows  peak {}", peak());
}

/// Most memory this process has had so far, where the system tells.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}

/// Writes the logs, unless they are there, and gives them with the bytes of their JSON.
fn archive(folder: &Path, count: usize) -> Result<(Vec<Log>, u64), Box<dyn Error>> {
    let mut logs = Vec::new();
    let mut bytes = 0;
    let mut dice = 42;
    for number in 0..count {
        let day = folder.join("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23");
        let path =
            day.join(format!("111122223333_CloudTrail_eu-west-1_20261123T{number:04}Z_x.json.gz"));
        fs::create_dir_all(&day)?;
        let text = text_of_log(&mut dice);
        bytes += text.len() as u64;
        if !path.exists() {
            let mut packed = GzEncoder::new(File::create(&path)?, Compression::default());
            packed.write_all(text.as_bytes())?;
            packed.finish()?;
        }
        let address = path.to_string_lossy().into_owned();
        logs.push(Log {
            place: Place::of(&address),
            key: LogKey::of(&[address.as_bytes()]),
            delivered: DateTime::UNIX_EPOCH,
            bytes: fs::metadata(&path)?.len(),
            address,
        });
    }
    Ok((logs, bytes))
}

fn text_of_log(dice: &mut u64) -> String {
    let mut text = String::from(r#"{"Records":["#);
    while text.len() < LOG_BYTES - 4000 {
        if !text.ends_with('[') {
            text.push(',');
        }
        record(&mut text, dice);
    }
    text.push_str("]}");
    text
}

/// The next number of a small generator: the same archive every time.
fn roll(dice: &mut u64, sides: u64) -> u64 {
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    *dice % sides
}

fn record(out: &mut String, dice: &mut u64) {
    const NAMES: [(&str, &str); 5] = [
        ("s3", "GetBucketAcl"),
        ("ec2", "DescribeInstances"),
        ("sts", "AssumeRole"),
        ("ec2", "AuthorizeSecurityGroupIngress"),
        ("iam", "CreateAccessKey"),
    ];
    let (service, name) = NAMES[roll(dice, 5) as usize];
    let browser = roll(dice, 10) == 0;
    let agent = if browser {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
    } else {
        "aws-sdk-go-v2/1.24.0 os/linux lang/go#1.21.5 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.141.0"
    };
    let (id, second, user) = (roll(dice, u64::MAX), roll(dice, 60), roll(dice, 500));
    let read_only = roll(dice, 3) > 0;
    let _ = write!(
        out,
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"AssumedRole","principalId":"AROA{user:016X}:user{user}@example.com","arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/user{user}@example.com","accountId":"111122223333","accessKeyId":"ASIA{user:016X}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROA{user:016X}","arn":"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef","accountId":"111122223333","userName":"AWSReservedSSO_Admin_0123456789abcdef"}},"attributes":{{"creationDate":"2026-11-23T08:00:00Z","mfaAuthenticated":"false"}}}}}},"eventTime":"2026-11-23T09:12:{second:02}Z","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"196.25.1.{}","userAgent":"{agent}","requestParameters":{{"bucketName":"bucket-{user}","filterSet":{{"items":[{{"name":"tag:Name","valueSet":{{"items":[{{"value":"web-{second}"}}]}}}}]}},"Host":"s3.eu-west-1.amazonaws.com","acl":""}},"responseElements":{},"additionalEventData":{{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","bytesTransferredOut":{id}}},"requestID":"{id:032x}","eventID":"{:08x}-{id:016x}","readOnly":{read_only},"resources":[{{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::bucket-{user}"}}],"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.eu-west-1.amazonaws.com"}}{}}}"#,
        roll(dice, 250),
        if read_only { "null" } else { r#"{"_return":true,"requestId":"x"}"# },
        roll(dice, 1 << 32),
        if browser { r#","sessionCredentialFromConsole":"true""# } else { "" },
    );
}
