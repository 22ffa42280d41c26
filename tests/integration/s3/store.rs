//! The store's promises.

use clickops::store::s3::S3Store;
use clickops::store::{Expected, Store, StoreError};

use super::*;

fn store(service: &S3) -> S3Store {
    S3Store::new(client(service), place("s3://clickops-state/prod"))
}

fn changed<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Changed(_)))
}

#[tokio::test]
async fn a_write_goes_through_only_if_the_blob_is_as_expected() {
    let service = service();
    service.short_pages(1);
    let store = store(&service);
    assert_eq!(store.get("a/b").await.unwrap(), None);
    let first = store.put("a/b", b"1", Expected::Absent).await.unwrap();
    assert_eq!(store.get("a/b").await.unwrap(), Some((b"1".to_vec(), first.clone())));
    assert!(changed(store.put("a/b", b"2", Expected::Absent).await));
    let second = store.put("a/b", b"2", Expected::Version(first.clone())).await.unwrap();
    assert!(changed(store.put("a/b", b"3", Expected::Version(first.clone())).await));
    assert!(changed(store.put("a/c", b"3", Expected::Version(first)).await));
    assert_eq!(store.get("a/b").await.unwrap(), Some((b"2".to_vec(), second)));
    store.put("a/a +%", b"", Expected::Absent).await.unwrap();
    store.put("b", b"", Expected::Absent).await.unwrap();
    assert_eq!(store.list("a/").await.unwrap(), ["a/a +%", "a/b"]);
    assert_eq!(store.list("").await.unwrap().len(), 3);
    let keys: Vec<_> = service.objects(STATE).into_keys().collect();
    assert_eq!(keys, ["prod/a/a +%", "prod/a/b", "prod/b"]);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_no_write_of_somebody_else() {
    for lost in 1..=4 {
        let service = service();
        let store = store(&service);
        service.fail("PutObject", &vec![Fault::LostAnswer; lost]);
        let version = store.put("k", b"1", Expected::Absent).await.unwrap();
        service.fail("PutObject", &vec![Fault::LostAnswer; lost]);
        store.put("k", b"2", Expected::Version(version)).await.unwrap();
        assert_eq!(store.get("k").await.unwrap().unwrap().0, b"2");
    }
}

#[tokio::test]
async fn of_two_that_write_the_same_bytes_one_is_first() {
    let service = service();
    let store = store(&service);
    store.put("k", b"same", Expected::Absent).await.unwrap();
    assert!(changed(store.put("k", b"same", Expected::Absent).await));
    // Nor is it the second one's write if its first try got no answer.
    service.fail("PutObject", &[Fault::Hangup]);
    assert!(changed(store.put("k", b"same", Expected::Absent).await));
}

#[tokio::test]
async fn a_write_waits_for_another_one_to_end() {
    let service = service();
    let store = store(&service);
    service.fail("PutObject", &[Fault::Conflict; 2]);
    store.put("k", b"1", Expected::Absent).await.unwrap();
    service.fail("PutObject", &[Fault::Conflict; 6]);
    let error = store.put("l", b"1", Expected::Absent).await.unwrap_err().to_string();
    assert!(error.starts_with("cannot write s3://clickops-state/prod/l: "), "{error}");
    assert!(error.contains("somebody else writes it just now"), "{error}");
}

#[tokio::test]
async fn trouble_that_passes_is_waited_out_and_what_stays_has_a_remedy() {
    let service = service();
    let store = store(&service);
    for fault in [Fault::SlowDown, Fault::Server, Fault::Silence, Fault::Hangup] {
        service.fail("PutObject", &[fault]);
        store.put(&format!("{fault:?}"), b"1", Expected::Absent).await.unwrap();
    }
    for (fault, reason, told) in [
        (Fault::Denied, "AWS does not allow it: AccessDenied", "s3:ListBucket"),
        (Fault::Expired, "AWS does not accept the credentials: ExpiredToken", "aws sso login"),
        (
            Fault::Elsewhere,
            "the bucket is in another region",
            "set AWS_REGION to the region of the",
        ),
    ] {
        service.fail("GetObject", &[fault]);
        let Err(StoreError::Failed { reason: found, remedy, .. }) = store.get("k").await else {
            panic!("{fault:?} passes")
        };
        assert!(found.contains(reason) && remedy.contains(told), "{found}: {remedy}");
    }
    let nowhere = S3Store::new(client(&service), place("s3://no-such-bucket/x"));
    let error = nowhere.put("k", b"", Expected::Absent).await.unwrap_err();
    assert!(error.to_string().contains("no such bucket"), "{error}");
}

#[tokio::test]
async fn a_bucket_in_another_region_is_asked_there() {
    let service = service();
    service.move_to(STATE, "ap-south-1");
    let store = store(&service);
    let first = store.put("k", b"1", Expected::Absent).await.unwrap();
    service.requests();
    store.put("k", b"2", Expected::Version(first)).await.unwrap();
    assert_eq!(store.get("k").await.unwrap().unwrap().0, b"2");
    assert_eq!(store.list("").await.unwrap(), ["k"]);
    assert_eq!(service.requests().len(), 3, "it is asked there from then on");
}
