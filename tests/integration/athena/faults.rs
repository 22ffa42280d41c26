//! What goes wrong between clickops and Athena: it ends in an answer, or in an error that says what
//! to do.

use super::*;

const OPERATIONS: [&str; 3] = ["StartQueryExecution", "GetQueryExecution", "GetQueryResults"];

/// Two pages.
const SQL: &str = "SELECT CAST(n AS varchar) AS n FROM UNNEST(sequence(1, 1500)) AS t(n)";

async fn failed(engine: &AthenaEngine, query: &BoundQuery) -> EngineError {
    let error = answer(engine, query).await.unwrap_err();
    assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_waited_for() {
    let service = service();
    let all = [
        Fault::Throttled,
        Fault::QueueFull,
        Fault::Server,
        Fault::Unavailable,
        Fault::Hangup,
        Fault::LostAnswer,
    ];
    for (number, operation) in (1..).zip(OPERATIONS) {
        // More of them than the SDK repeats a request.
        service.fail(operation, &all);
        let (_, rows) = answer(&engine(&service), &constant(SQL)).await.unwrap();
        assert_eq!(rows.len(), 1500, "{operation}");
        assert_eq!(service.executions(), number, "{operation}: a statement ran twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_an_error_of_one_request_only() {
    let service = service();
    for operation in OPERATIONS {
        service.fail(operation, &[Fault::Silence]);
    }
    let (_, rows) = answer(&impatient(&service), &constant(SQL)).await.unwrap();
    assert_eq!((rows.len(), service.executions()), (1500, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lasts_is_an_error_with_a_remedy() {
    let query = constant(SQL);
    for (fault, what, hint) in [
        (Fault::Throttled, "Athena takes no more requests for now: ThrottlingException", "later"),
        (Fault::QueueFull, "Athena's queue is full: TooManyRequestsException", "quota"),
        (Fault::Server, "Athena cannot be reached: InternalServerException", "network"),
        (Fault::Hangup, "Athena cannot be reached: ", "athena.endpoint_url"),
        (Fault::Denied, "AWS does not allow it: AccessDeniedException", "Allow athena:"),
        (Fault::Expired, "AWS does not accept the credentials: ExpiredToken", "aws sso login"),
    ] {
        for operation in OPERATIONS {
            let service = service();
            service.fail(operation, &[fault; 1000]);
            let error = failed(&impatient(&service), &query).await;
            let told = format!("{error} | {}", error.hint.clone().unwrap());
            assert!(told.starts_with(what) && told.contains(hint), "{operation}: {told}");
            assert!(told.contains(operation), "{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_says_what_to_set() {
    let service = service();
    let settings = config::Athena { workgroup: None, ..settings(&service) };
    let error = failed(&engine_with(settings), &constant(SQL)).await;
    assert!(error.refused);
    assert!(error.to_string().contains("No output location provided"), "{error}");
    assert!(error.hint.unwrap().contains("athena.output"));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_the_code_and_place_of_the_embedded_engine() {
    let service = service();
    let (engine, local) = (engine(&service), LocalEngine::new());
    for sql in [
        "SELECT eventid,\n  wrong FROM cloudtrail WHERE eventname = :a AND eventid = :a",
        "SELECT eventid FROM cloudtrail\nWHERE eventname = :a AND wrong = 1",
        "SELECT eventid FROM cloudtrail WHERE eventname = :a AND length(1) = 2",
        "SELECT eventid FROM cloudtrail WHERE eventname = :a GROUP",
        "SELECT nope(eventid) FROM events WHERE event_name = :a",
        "SELECT 1 / 0 FROM cloudtrail WHERE eventname <> :a",
    ] {
        let bound = |logs: Vec<Log>| {
            let values = values(&[("a", "two\n'lines'")]);
            assembler().text("--sql", sql, &values, logs.into()).unwrap()
        };
        let files = clickops::logs::dir::list(&project("examples/logs")).unwrap().logs;
        let here = answer(&local, &bound(files)).await.unwrap_err();
        let query = bound(service.bucket().logs());
        let there = failed(&engine, &query).await;
        assert_eq!(there.code, here.code, "{sql}");
        assert_eq!((there.at, there.refused), (here.at, here.refused), "{sql}: {there}");
        assert!(there.message.starts_with(&here.message), "{there}");
        if there.code.as_deref() == Some("SYNTAX_ERROR") {
            assert_eq!(there.hint, here.hint);
        }
    }
}

fn failure(reason: &str, category: i32, kind: i32, retryable: bool) -> Course {
    let failed = Failed { reason: reason.to_owned(), category, kind, retryable };
    Course { end: Some(End::Failed(failed)), ..Course::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_goes_by_its_category() {
    let service = service();
    let engine = engine(&service);
    for (course, hint) in [
        (failure("Insufficient permissions", 2, 1500, false), Some("s3:GetObject")),
        (failure("Internal error", 1, 9999, false), Some("Athena's own trouble")),
        (failure("PERMISSION_DENIED: Access Denied", 3, -1, false), Some("kms:Decrypt")),
        (failure("Query timeout", 1, 206, false), Some("--since")),
        (
            failure(
                "CONSTRAINT_VIOLATION: For the injected projected partition column account, ...",
                2,
                1006,
                false,
            ),
            Some("--account"),
        ),
        (failure("Something else", 2, 1301, false), None),
    ] {
        let before = service.executions();
        service.next(course);
        let error = failed(&engine, &constant(SQL)).await;
        assert!(error.message.contains("; execution 0000"), "{error}");
        match hint {
            Some(hint) => assert!(error.hint.clone().unwrap().contains(hint), "{error:?}"),
            None => assert_eq!(error.hint, None),
        }
        assert_eq!(service.executions(), before + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_athena_would_try_again_is_tried_again_as_another_execution() {
    let service = service();
    service.next(failure("Query exhausted resources", 1, 5, true));
    service.next(failure("Rate exceeded at S3", 1, 1403, false));
    let (_, rows) = answer(&engine(&service), &constant(SQL)).await.unwrap();
    assert_eq!((rows.len(), service.executions()), (1500, 3));
    for _ in 0..3 {
        service.next(failure("Query exhausted resources", 1, 5, true));
    }
    let error = failed(&engine(&service), &constant(SQL)).await;
    assert!(error.message.starts_with("Query exhausted resources"), "{error}");
    assert_eq!(service.executions(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_bytes_is_told_from_other_ends() {
    let service = service();
    let cancelled = |reason| {
        let end = Some(End::Cancelled { reason, bytes: 10_000_000 });
        Course { end, ..Course::default() }
    };
    service.next(cancelled("Bytes scanned limit was exceeded"));
    let error = failed(&engine(&service), &constant(SQL)).await;
    let limit = "Athena stopped the query at the work group's limit of bytes after 10.0 MB, which is charged";
    assert!(error.message.starts_with(limit), "{error}");
    assert!(error.hint.unwrap().contains("--since"));
    service.next(cancelled("Query cancelled by user"));
    let error = failed(&engine(&service), &constant(SQL)).await;
    assert!(error.message.starts_with("somebody stopped the query"), "{error}");
}

fn endless() -> Course {
    Course { end: Some(End::Never), ..Course::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_takes_too_long_is_stopped() {
    let service = service();
    service.next(endless());
    let settings = config::Athena { timeout: Duration::from_millis(50), ..settings(&service) };
    let engine = engine_with(settings);
    let error = failed(&engine, &constant(SQL)).await;
    assert!(error.message.starts_with("the query took too long and was stopped"), "{error}");
    assert!(error.hint.unwrap().contains("athena.timeout"));
    engine.close().await;
    assert_eq!(service.requests("StopQueryExecution").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_nobody_waits_for_is_stopped() {
    // Whoever leaves may do so before Athena has said that it took the query.
    for operation in ["GetQueryExecution", "StartQueryExecution"] {
        let service = service();
        service.next(endless());
        let (engine, query) = (engine(&service), constant(SQL));
        {
            let mut waiting = Box::pin(engine.rows(&query));
            tokio::select! {
                biased;
                _ = &mut waiting => panic!("it never ends"),
                () = tokio::task::unconstrained(seen(&service, operation)) => {}
            }
        }
        engine.close().await;
        assert_eq!(service.requests("StopQueryExecution").len(), 1, "{operation}");
    }
}

async fn seen(service: &Athena, operation: &str) {
    while service.requests(operation).is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_is_too_long_is_not_sent() {
    let service = service();
    let log = service.bucket().logs()[0].clone();
    let logs: Vec<Log> = (0..3000)
        .map(|number| Log {
            address: format!("s3://log-archive/exports/{number:0100}.json"),
            ..log.clone()
        })
        .collect();
    let error = failed(&engine(&service), &text("SELECT eventid FROM cloudtrail", &logs)).await;
    assert!(error.message.contains("Athena takes 262144"), "{error}");
    assert!(service.requests("StartQueryExecution").is_empty());
}
