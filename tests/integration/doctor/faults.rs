//! One fault at a time, and the one check that has to say so.

use chrono::TimeDelta;
use serde_json::json;

use super::*;
use crate::standin::athena::Fault as AthenaFault;
use crate::standin::hook::Answer;
use crate::standin::s3::Fault as S3Fault;
use crate::standin::ssm::Lock;

/// A fault, and what has to be said of it.
struct Case {
    what: &'static str,
    breaks: fn(&mut World),
    check: &'static str,
    says: &'static str,
    remedy: &'static str,
}

const CASES: &[Case] = &[
    Case {
        what: "no credentials",
        breaks: |world| world.without = Some("AWS_SECRET_ACCESS_KEY"),
        check: "credentials",
        says: "there are no AWS credentials",
        remedy: "Log in again",
    },
    Case {
        what: "no region",
        breaks: |world| world.without = Some("AWS_REGION"),
        check: "credentials",
        says: "nobody said in which AWS region",
        remedy: "Set AWS_REGION.",
    },
    Case {
        what: "the bucket may not be listed",
        breaks: |world| world.s3.fail("ListObjectsV2", &[S3Fault::Denied; 9]),
        check: "logs",
        says: "cannot list s3://log-archive/AWSLogs",
        remedy: "s3:ListBucket",
    },
    Case {
        what: "a log may not be read",
        breaks: |world| world.s3.fail_key(&key(NEWEST.0, NEWEST.1), S3Fault::Denied, 9),
        check: "log",
        says: "T1155Z_abcdefghijklmnop.json.gz: AWS does not allow it",
        remedy: "Check the permissions",
    },
    Case {
        what: "the key of the logs may not be used",
        breaks: |world| world.s3.fail_key(&key(NEWEST.0, NEWEST.1), S3Fault::KeyDenied, 9),
        check: "log",
        says: "allow kms:Decrypt on the key that the bucket is encrypted with",
        remedy: "the key that it is encrypted with",
    },
    Case {
        what: "nothing was delivered since yesterday",
        breaks: |world| world.now = "2026-11-24T13:00:00Z",
        check: "age",
        says: "the last log was delivered 1505 min ago, at 2026-11-23T11:55:00Z",
        remedy: "See that the trail is on",
    },
    Case {
        what: "nothing was delivered for days",
        breaks: |world| world.now = "2026-11-29T13:00:00Z",
        check: "age",
        says: "no log was delivered in the last 2 days",
        remedy: "See that the trail is on",
    },
    Case {
        what: "the table lacks an account",
        breaks: |world| world.s3.put(LOGS, &key("777788889999", "1140"), gzip("{}")),
        check: "engine",
        says: "Athena has no record of account 777788889999, eu-west-1, 2026/11/23, where logs are",
        remedy: "storage.location.template",
    },
    Case {
        what: "queries are not allowed",
        breaks: |world| world.athena.fail("StartQueryExecution", &[AthenaFault::Denied]),
        check: "engine",
        says: "AWS does not allow it",
        remedy: "Allow athena:StartQueryExecution",
    },
    Case {
        what: "the store may not be written",
        breaks: |world| world.s3.fail("PutObject", &[S3Fault::Denied]),
        check: "store",
        says: "cannot write s3://clickops-state/prod/doctor.json",
        remedy: "Allow s3:PutObject",
    },
    Case {
        what: "the store ignores conditions",
        breaks: |world| world.s3.ignore_conditions(),
        check: "store",
        says: "it overwrites what is there although the write forbids it",
        remedy: "If-None-Match",
    },
    Case {
        what: "the ledger is damaged",
        breaks: |world| world.s3.put(STATE, "prod/ledger.json", "nonsense"),
        check: "ledger",
        says: "the ledger is damaged",
        remedy: "Move ledger.json out of the store",
    },
    Case {
        what: "the journal is gone",
        breaks: |world| world.s3.put(STATE, "prod/ledger.json", "{\"next_window\": 4}"),
        check: "ledger",
        says: "which is not there",
        remedy: "Restore the journal",
    },
    Case {
        what: "the work group is not there",
        breaks: |world| world.athena.fail("GetWorkGroup", &[AthenaFault::Denied]),
        check: "workgroup",
        says: "AWS does not allow it",
        remedy: "Allow athena:GetWorkGroup",
    },
    Case {
        what: "the work group is disabled",
        breaks: |world| {
            world.athena.set_workgroup(workgroup(|group| group["State"] = "DISABLED".into()));
        },
        check: "workgroup",
        says: "clickops is disabled",
        remedy: "Enable it",
    },
    Case {
        what: "the work group runs an old engine",
        breaks: |world| {
            world.athena.set_workgroup(workgroup(|group| {
                group["Configuration"]["EngineVersion"]["EffectiveEngineVersion"] =
                    "Athena engine version 2".into();
            }));
        },
        check: "workgroup",
        says: "clickops runs Athena engine version 2",
        remedy: "Athena engine version 3",
    },
    Case {
        what: "results have no place",
        breaks: |world| {
            world.athena.set_workgroup(workgroup(|group| {
                group["Configuration"]["ResultConfiguration"] = json!({});
            }));
        },
        check: "output",
        says: "neither the work group nor athena.output says where results go",
        remedy: "Set an output location",
    },
    Case {
        what: "the bucket of the results is gone",
        breaks: |world| {
            world.athena.set_workgroup(workgroup(|group| {
                group["Configuration"]["ResultConfiguration"]["OutputLocation"] =
                    "s3://no-such-bucket/x/".into();
            }));
        },
        check: "output",
        says: "cannot reach s3://no-such-bucket/x: there is no such bucket",
        remedy: "Check the name of the bucket.",
    },
    Case {
        what: "the bucket of the results is elsewhere",
        breaks: |world| world.s3.move_to(RESULTS, "ap-south-1"),
        check: "output",
        says: "s3://athena-results/clickops is in ap-south-1, and queries run in eu-west-1",
        remedy: "set another bucket",
    },
    Case {
        what: "a parameter is missing",
        breaks: |world| world.ssm.remove("/clickops/url"),
        check: "secret",
        says: "ssm:/clickops/url: there is no such parameter",
        remedy: "put-parameter",
    },
    Case {
        what: "a parameter cannot be decrypted",
        breaks: |world| world.ssm.lock("/clickops/url", Some(Lock::Key)),
        check: "secret",
        says: "it cannot be decrypted",
        remedy: "Allow kms:Decrypt",
    },
    Case {
        what: "a parameter is still a placeholder",
        breaks: |world| world.ssm.put("/clickops/url", "REPLACE_ME"),
        check: "secret",
        says: "it still holds the placeholder",
        remedy: "Write the real value",
    },
    Case {
        what: "an address is none",
        breaks: |world| world.ssm.put("/clickops/url", "hooks.example.com/hush"),
        check: "channel",
        says: "queue: ssm:/clickops/url holds no address of the web",
        remedy: "--send",
    },
    Case {
        what: "a channel does not take the test message",
        breaks: |world| {
            world.more = "--send";
            world.hook.answer(&[Answer::status(404)]);
        },
        check: "channel",
        says: "queue: it answers 404",
        remedy: "--send",
    },
    Case {
        what: "the clock is wrong",
        breaks: |world| world.s3.set_clock(TimeDelta::minutes(10)),
        check: "clock",
        says: "s behind that of AWS",
        remedy: "NTP",
    },
];

#[test]
fn one_fault_fails_one_check() {
    // Each waits more than it works.
    std::thread::scope(|scope| {
        for some in CASES.chunks(CASES.len().div_ceil(4)) {
            scope.spawn(move || some.iter().for_each(fails));
        }
    });
}

fn fails(Case { what, breaks, check, says, remedy }: &Case) {
    let mut world = World::new();
    breaks(&mut world);
    let (checks, code) = world.examine();
    assert_eq!(names(&checks, "failed"), [*check], "{what}: {checks:#?}");
    assert_eq!(code, 1, "{what}");
    let failed = checks.iter().find(|one| one["state"] == "failed").unwrap();
    let text = |key: &str| failed[key].as_str().unwrap();
    assert!(text("message").contains(says), "{what}: {failed}");
    assert!(text("remedy").contains(remedy), "{what}: {failed}");
    assert!(text("remedy").ends_with(['.', '?']), "{what}: {failed}");
}
