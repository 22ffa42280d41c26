//! Tests of what a digest counts, groups and orders; how it looks is tested with the templates.

use serde_json::{Value, json};

use super::*;
use crate::engine::Damaged;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn about() -> About {
    About {
        report: "hourly".to_owned(),
        sending: "2026-11-23T08:00:00+00:00 1-2".to_owned(),
        from: at("2026-11-23T07:00:00Z"),
        to: at("2026-11-23T08:00:00Z"),
        zone: Tz::UTC,
        accounts: [("1".to_owned(), Account { name: "prod".to_owned(), group: None })].into(),
        run: RunStats {
            damaged: vec![Damaged { log: "a".to_owned(), reason: "b".to_owned() }],
            ..RunStats::default()
        },
        finds: Finds::default(),
        before: None,
        notices: Vec::new(),
        portal: None,
        unused: Vec::new(),
        now: at("2026-11-23T08:00:00Z"),
    }
}

fn finding(change: Value) -> Finding {
    let mut all = json!({
        "event_id": "6f1c2b3a-0d4e", "event_time": "2026-11-23T07:12:00Z",
        "event_source": "ec2.amazonaws.com", "event_name": "RunInstances",
        "account_id": "1", "actor": "Ann", "verdict": "clickops",
    });
    let fields = all.as_object_mut().unwrap();
    fields.extend(change.as_object().unwrap().clone());
    serde_json::from_str(&all.to_string()).unwrap()
}

fn digest(changes: &[Value]) -> Digest {
    let findings: Vec<_> = changes.iter().cloned().map(finding).collect();
    Digest::build(&findings, &about())
}

#[test]
fn every_finding_is_counted_once() {
    let digest = digest(&[
        json!({}),
        json!({ "reported": false, "exclusion": "x", "verdict": "attempted" }),
        json!({ "reported": false, "verdict": "attempted", "outcome": "denied" }),
        json!({ "reported": false, "verdict": "attempted", "outcome": "failed" }),
        json!({ "reported": false, "verdict": "chained" }),
        json!({ "reported": false, "verdict": "operational" }),
        json!({ "reported": false }),
        json!({ "reported": false, "verdict": "not" }),
    ]);
    let expected = Counts {
        changes: 1,
        people: 1,
        accounts: 1,
        denied: 1,
        failed: 1,
        hidden: 1,
        chained: 1,
        operational: 1,
        other: 2,
        late: 0,
        before: None,
    };
    assert_eq!(digest.counts, expected);
    assert_eq!(digest.template(), "digest");
    assert_eq!(digest.hidden[0].kind, "other");
}

#[test]
fn nothing_shown_is_quiet_even_when_something_is_hidden() {
    let digest = digest(&[json!({ "reported": false, "exclusion": "x" })]);
    assert_eq!(digest.template(), "quiet");
    assert_eq!(digest.first_id, None);
}

#[test]
fn root_comes_first_then_the_important_then_time() {
    let digest = digest(&[
        json!({ "actor": "early", "event_time": "2026-11-23T07:01:00Z" }),
        json!({ "actor": "later", "event_time": "2026-11-23T07:30:00Z", "event_name": "DeleteVpc" }),
        json!({ "actor_type": "Root", "event_time": "2026-11-23T07:50:00Z" }),
        json!({ "actor": "timeless", "event_time": "?" }),
        json!({ "actor": "late", "event_time": "2026-11-23T07:55:00Z" }),
    ]);
    let names: Vec<_> = digest.people.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["root", "later", "early", "late", "timeless"]);
}

#[test]
fn roots_of_two_accounts_are_two_people_and_two_roles_are_one() {
    let roots = digest(&[
        json!({ "actor_type": "Root" }),
        json!({ "actor_type": "Root", "account_id": "2" }),
    ]);
    assert_eq!((roots.counts.people, roots.people.len()), (2, 2));
    let roles = digest(&[
        json!({ "extra": { "role": "admin" } }),
        json!({ "extra": { "role": "reader" } }),
    ]);
    assert_eq!((roles.counts.people, roles.people.len()), (1, 2));
}

#[test]
fn the_role_and_the_sign_in_are_read_from_the_record_where_no_column_has_them() {
    let arn = "arn:aws:sts::1:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ann";
    let attributes = json!({ "creationDate": "2026-11-23T07:05:00Z", "mfaAuthenticated": "false" });
    let raw = json!({ "userIdentity": { "sessionContext": { "attributes": attributes } } });
    let sso = json!({ "actor_arn": arn, "actor_type": "AssumedRole", "raw": raw });
    let person = &digest(&[sso]).people[0];
    assert_eq!(person.role.as_deref(), Some("Admin (SSO)"));
    assert_eq!(person.places[0].signed_in.as_ref().unwrap().text, "07:05");
    // What the record says of an identity provider's factors means nothing.
    assert_eq!(person.places[0].mfa, None);

    let user = json!({ "actor_type": "IAMUser", "raw": raw });
    assert_eq!(digest(&[user]).people[0].places[0].mfa, Some(false));
    let odd = json!({ "raw": { "userIdentity": "text" } });
    assert_eq!(digest(&[odd]).people[0].places[0].signed_in, None);
}

#[test]
fn alike_calls_are_one_line_with_the_resources() {
    let call = |n| json!({ "resource": format!("i-{n}"), "event_time": format!("2026-11-23T07:1{n}:00Z") });
    let digest = digest(&[call(4), call(1), call(2), call(3), call(1), call(5)]);
    let action = &digest.people[0].places[0].actions[0];
    assert_eq!((action.count, action.more_resources), (6, 2));
    assert_eq!(action.resources, ["i-1", "i-2", "i-3"]);
    assert_eq!(action.span.text, "07:11 to 07:15");
}

#[test]
fn an_arn_loses_only_what_stands_above_it() {
    let resource = |arn: &str| {
        let change = json!({ "resource": arn, "region": "eu-west-1" });
        digest(&[change]).people[0].places[0].actions[0].resources[0].clone()
    };
    assert_eq!(resource("arn:aws:lambda:eu-west-1:1:function:a:b"), "function:a:b");
    assert_eq!(resource("arn:aws:s3:::bucket/key"), "bucket/key");
    for whole in
        ["arn:aws:sqs:eu-west-1:2:q", "arn:aws:sqs:us-east-1:1:q", "arn:aws", "a:b:c:d:e:f"]
    {
        assert_eq!(resource(whole), whole);
    }
}

#[test]
fn lateness_is_said_where_it_is_true() {
    let late = json!({ "delivered": "2026-11-23T07:59:00Z" });
    let all = digest(std::slice::from_ref(&late));
    let place = &all.people[0].places[0];
    assert_eq!(place.late.as_deref(), Some("delivered 47 min after it happened"));
    assert_eq!(place.actions[0].late, None);
    let some = digest(&[late, json!({})]);
    let place = &some.people[0].places[0];
    assert_eq!(place.late, None);
    assert_eq!(place.actions[0].late.as_deref(), Some("1 of 2 delivered 47 min after it happened"));
    assert_eq!(some.counts.late, 1);
}

#[test]
fn the_trend_compares_with_the_period_before() {
    let trend = |before, hours| {
        let mut about = about();
        about.before = Some(before);
        about.to = about.from + chrono::Duration::hours(hours);
        Digest::build(&[finding(json!({}))], &about).trend.unwrap()
    };
    assert_eq!(trend(1, 1), "as many as the hour before");
    assert_eq!(trend(0, 24), "1 more than the day before");
    assert_eq!(trend(3, 168), "2 fewer than the week before");
    assert_eq!(trend(3, 5), "2 fewer than the period before");
}

#[test]
fn the_least_confidence_counts() {
    let digest = digest(&[json!({ "confidence": "high" }), json!({ "confidence": "low" })]);
    let confidence = digest.people[0].places[0].actions[0].confidence;
    assert_eq!(confidence, Some(crate::finding::Confidence::Low));
}

#[test]
fn what_an_ended_exclusion_hid_is_back_by_its_name() {
    let back = |name: &str, action: &str| json!({ "event_name": action, "extra": { "expired_exclusion": name, "expired_on": "2026-11-20" } });
    let hidden = json!({
        "reported": false, "exclusion": "z",
        "extra": { "expired_exclusion": null, "expired_on": null },
    });
    let mut operational = back("x", "StartQuery");
    operational["reported"] = json!(false);
    operational["verdict"] = json!("operational");
    let digest = digest(&[
        back("x", "StopInstances"),
        back("y", "DeleteVpc"),
        back("y", "StopInstances"),
        back("y", "StopInstances"),
        json!({}),
        hidden,
        operational,
    ]);
    let expired: Vec<_> = digest.expired.iter().map(|e| (e.name.as_str(), e.count)).collect();
    assert_eq!(expired, [("y", 3), ("x", 1)]);
    assert_eq!(digest.expired[0].until, "2026-11-20");
    assert_eq!(
        digest.expired[0].actions[0],
        Tally { action: "ec2:StopInstances".to_owned(), count: 2 }
    );
}
