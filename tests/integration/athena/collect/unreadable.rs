//! Logs that Athena cannot read: they hold up no other, and are tried again.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_athena_cannot_read_holds_up_no_other() {
    let line = Line::of(&["00", "01", "02", "03"]);
    let named = format!("s3://log-archive/{}", path("01"));
    line.service
        .next(failing(&format!("HIVE_CURSOR_ERROR: Failed to read file at {named}"), false));
    let some = line.run(None).await.unwrap();
    assert_eq!((some.findings, line.service.executions()), (3, 2));
    assert_eq!(some.damaged.keys().collect::<Vec<_>>(), [&named]);
    assert!(some.damaged[&named].contains("HIVE_CURSOR_ERROR"), "{:?}", some.damaged);
    // It is tried again.
    assert_eq!(line.run(None).await.unwrap().findings, 1);
    assert_eq!(line.journal().await, ["00", "01", "02", "03"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_athena_does_not_name_is_searched_for() {
    let line = Line::of(&["00", "01", "02", "03"]);
    let bad = "HIVE_BAD_DATA: Row is not a valid JSON Object";
    // All four, the first two, the last two, the third, the fourth.
    for fails in [true, false, true, false, true] {
        line.service.next(if fails { failing(bad, false) } else { Course::default() });
    }
    let some = line.run(None).await.unwrap();
    assert_eq!((some.findings, line.service.executions()), (3, 5));
    let damaged: Vec<_> = some.damaged.into_keys().collect();
    assert_eq!(damaged, [format!("s3://log-archive/{}", path("03"))]);
    assert_eq!(line.journal().await, ["00", "01", "02"]);
}

/// Where Athena can read nothing, it is not asked for every single log.
#[tokio::test(flavor = "multi_thread")]
async fn trouble_with_all_logs_is_given_up_and_lasts_no_longer_than_its_cause() {
    let ids: Vec<String> = (0..59).map(|minute| format!("{minute:02}")).collect();
    let line = Line::of(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    // The table's own trouble is that of no log.
    line.service.next(failing("HIVE_METASTORE_ERROR: the catalogue is away", false));
    assert!(line.fails().await);
    assert_eq!(line.service.executions(), 1);
    (0..200).for_each(|_| line.service.next(failing("HIVE_CURSOR_ERROR: not now", false)));
    assert!(line.fails().await);
    assert!(line.service.executions() <= 33, "{}", line.service.executions());
    assert!(line.journal().await.is_empty());
    line.service.mend();
    assert!(!line.fails().await);
    assert_eq!(line.journal().await, ids);
}

/// What an event says is quoted in errors: it must not make a log be left out.
#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_names_a_log_hides_nothing() {
    let line = Line::of(&["00", "01"]);
    let quoted = format!("INVALID_CAST_ARGUMENT: Cannot cast 's3://log-archive/{}'", path("01"));
    line.service.next(failing(&quoted, false));
    assert!(line.fails().await);
    assert!(line.journal().await.is_empty());
    assert_eq!(line.run(None).await.unwrap().findings, 2);
}

/// Of minutes of delivery nothing but those with a log that Athena cannot read are left out.
#[tokio::test(flavor = "multi_thread")]
async fn minutes_that_cannot_be_read_hold_up_no_others() {
    let mut line = Line::of(&["00", "01", "02", "03"]);
    line.limits.since = Some("2026-11-23T09:00:00Z".parse().unwrap());
    let bad = "HIVE_BAD_DATA: Row is not a valid JSON Object";
    // All four, the first two, the last two, the third, the fourth.
    for fails in [true, false, true, false, true] {
        line.service.next(if fails { failing(bad, false) } else { Course::default() });
    }
    let some = line.collect(Wanted::Minutes, "2026-11-23T09:04:30Z", None).await.unwrap();
    assert_eq!((some.findings, some.damaged.len()), (3, 1));
    assert_eq!(line.journal().await, ["00", "01", "02"]);
    assert!(line.ledger().await.unfinished.is_empty());
}
