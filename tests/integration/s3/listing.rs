//! Logs of a bucket, listed.

use chrono::{DateTime, Utc};
use clickops::logs::places::Places;
use clickops::logs::s3::{Search, list};
use clickops::logs::{Listing, Log, Span, dir};
use clickops::store::memory::MemoryStore;

use super::*;
use crate::program::project;

const NAME: &str = "x_CloudTrail_eu-west-1_20261123T0815Z_abcdefghijklmnop.json.gz";

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn since(time: &str) -> Span {
    Span { since: Some(time.parse().unwrap()), ..Span::default() }
}

async fn listed(service: &S3, root: &str, span: Span) -> Listing {
    let search = Search { root: &place(root), span: &span, discover: true, now: now() };
    list(&client(service), &search, &mut Places::default()).await.unwrap()
}

fn keys(listing: &Listing) -> Vec<&str> {
    listing.logs.iter().map(|log| log.address.strip_prefix("s3://log-archive/").unwrap()).collect()
}

fn lists(service: &S3) -> usize {
    service.requests().iter().filter(|(operation, _)| operation == "ListObjectsV2").count()
}

#[tokio::test]
async fn logs_are_those_of_the_same_folder() {
    let service = service();
    let folder = project("examples/logs");
    service.fill(LOGS, "", &folder);
    let expected = dir::list(&folder).unwrap().logs;
    let start = folder.canonicalize().unwrap().display().to_string();
    let moved =
        |log: &Log| Log { address: log.address.replace(&start, "s3://log-archive"), ..log.clone() };
    let expected: Vec<Log> = expected.iter().map(moved).collect();
    assert!(!expected.is_empty());
    for most in [1000, 2] {
        service.short_pages(most);
        assert_eq!(listed(&service, "s3://log-archive", Span::default()).await.logs, expected);
    }
    for log in expected.iter().take(2) {
        let alone = listed(&service, &log.address, Span::default()).await.logs;
        assert_eq!(alone, std::slice::from_ref(log));
    }
}

/// The layouts of account trails, organisation trails and Control Tower, old and new.
#[tokio::test]
async fn every_layout_is_found_and_nothing_beside_it() {
    let service = service();
    let day = "CloudTrail/eu-west-1/2026/11/23";
    let trails = [
        format!("AWSLogs/111111111111/{day}/1{NAME}"),
        format!("AWSLogs/o-abc123/222222222222/{day}/2{NAME}"),
        format!("o-abc123/AWSLogs/333333333333/{day}/3{NAME}"),
        format!("o-abc123/AWSLogs/o-abc123/444444444444/{day}/4{NAME}"),
        format!("some/prefix/AWSLogs/555555555555/{day}/5{NAME}"),
    ];
    for key in &trails {
        service.put(LOGS, key, "x");
    }
    service.put(LOGS, "exports/by hand.json", "x");
    for folder in ["CloudTrail-Digest", "CloudTrail-Insight", "Config", "vpcflowlogs"] {
        service.put(LOGS, &format!("AWSLogs/111111111111/{folder}/eu-west-1/2026/x.json.gz"), "x");
    }
    service.put(LOGS, "notes.txt", "x");
    let found = listed(&service, "s3://log-archive", Span::default()).await;
    let mut found = keys(&found);
    found.sort_unstable();
    let mut expected: Vec<_> = trails.iter().map(String::as_str).collect();
    expected.push("exports/by hand.json");
    expected.sort_unstable();
    assert_eq!(found, expected);
    for root in
        ["AWSLogs/111111111111/CloudTrail/eu-west-1", &format!("AWSLogs/111111111111/{day}")]
    {
        let found = listed(&service, &format!("s3://log-archive/{root}"), Span::default()).await;
        assert_eq!(keys(&found), [&trails[0]], "{root}");
    }
}

#[tokio::test]
async fn old_days_and_other_places_are_not_even_listed() {
    let service = service();
    let key = |account: u32, day: u32, n: u32| {
        format!(
            "AWSLogs/{account:012}/CloudTrail/eu-west-1/2026/11/{day:02}/\
             {account:012}_CloudTrail_eu-west-1_202611{day:02}T0{n}00Z_abcdefghijklmnop.json.gz"
        )
    };
    for day in 1..=28 {
        for n in 0..9 {
            service.put(LOGS, &key(1, day, n), "x");
        }
    }
    service.put(LOGS, &key(2, 22, 0), "x");
    service.short_pages(9);
    service.requests();
    let found = listed(&service, "s3://log-archive", since("2026-11-27T03:00:00Z")).await;
    assert_eq!(found.logs.len(), 18);
    // Three for the folders, two accounts' folders, three pages of one, one of the other.
    assert!(lists(&service) <= 3 + 2 + 3 + 1);
    let until = Some("2026-11-02T03:00:00Z".parse().unwrap());
    let accounts = ["000000000001".to_owned()].into();
    let span = Span { until, accounts, ..Span::default() };
    let found = listed(&service, "s3://log-archive", span).await;
    assert!(lists(&service) <= 3 + 2 + 5);
    assert!(found.logs.len() >= 9 + 3 && found.logs.len() <= 27, "{}", found.logs.len());
    assert!(found.logs.iter().all(|log| log.place.as_ref().unwrap().account == "000000000001"));
}

/// An organisation of many accounts and regions, of which few deliver anything.
#[tokio::test]
async fn an_idle_run_lists_only_where_logs_came_to() {
    let service = service();
    let key = |account: u32, region: &str, day: u32| {
        format!(
            "AWSLogs/o-abc/{account:012}/CloudTrail/{region}/2026/11/{day:02}/\
             {account:012}_CloudTrail_{region}_202611{day:02}T0900Z_abcdefghijklmnop.json.gz"
        )
    };
    for account in 0..60 {
        service.put(LOGS, &key(account, "us-east-1", 1), "x");
        service.put(LOGS, &key(account, "eu-west-1", if account < 3 { 23 } else { 2 }), "x");
    }
    let (client, root) = (client(&service), place("s3://log-archive/AWSLogs"));
    let span = since("2026-11-22T12:00:00Z");
    let mut places = Places::default();
    assert!(places.due(now(), None));
    let whole = Search { root: &root, span: &span, discover: true, now: now() };
    service.requests();
    let found = list(&client, &whole, &mut places).await.unwrap();
    assert_eq!(found.logs.len(), 3);
    assert_eq!(lists(&service), 2 + 60 + 60 + 120);

    let store = MemoryStore::default();
    places.save(&store).await.unwrap();
    let mut places = Places::load(&store, "").await;
    assert!(!places.due(now(), None));
    service.put(LOGS, &key(1, "eu-west-1", 24), "x");
    let idle = Search { discover: false, ..whole };
    let found = list(&client, &idle, &mut places).await.unwrap();
    assert_eq!((found.logs.len(), lists(&service)), (4, 3));
}

#[tokio::test]
async fn a_folder_that_cannot_be_listed_does_not_hide_the_others() {
    let service = service();
    service.fill(LOGS, "", &project("examples/logs"));
    let all = listed(&service, "s3://log-archive", Span::default()).await.logs.len();
    // The last request is one for a trail.
    service.fail_after(lists(&service) - 1, Fault::Denied, 1);
    let found = listed(&service, "s3://log-archive", Span::default()).await;
    assert!(found.logs.len() < all && !found.logs.is_empty());
    let (address, error) = &found.unreadable[0];
    assert!(address.starts_with("s3://log-archive/AWSLogs/"), "{address}");
    assert!(error.to_string().contains("allow s3:"), "{error}");
}
