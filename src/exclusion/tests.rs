//! What entries cover, what they become in SQL, and what is refused.

use serde_json::{Value, json};

use super::*;

fn entries(text: &str) -> Vec<Exclusion> {
    parse(text, "t.toml").unwrap()
}

fn entry(scopes: &str) -> Exclusion {
    let text = format!("[[exclusion]]\nname='x'\nkind='noise'\nreason='y'\n{scopes}");
    entries(&text).remove(0)
}

fn refused(scopes: &str) -> String {
    let text = format!("[[exclusion]]\nname='x'\nkind='noise'\nreason='y'\n{scopes}");
    parse(&text, "t.toml").unwrap_err().to_string()
}

fn finding(change: Value) -> Finding {
    let mut all = json!({
        "event_id": "e", "event_time": "2026-11-23T07:12:00Z", "account_id": "111122223333",
        "region": "eu-west-1", "event_source": "ec2.amazonaws.com", "event_name": "StopInstances",
        "actor": "ann", "actor_arn": "arn:aws:sts::111122223333:assumed-role/deploy/ann",
        "resource": "i-1", "user_agent": "Mozilla/5.0", "verdict": "clickops",
        "channel": "console", "extra": {"tag": "run-state"},
    });
    all.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    serde_json::from_str(&all.to_string()).unwrap()
}

const ONE: &str = r#"
    [[exclusion]]
    name = "log queries"
    kind = "noise"
    reason = "it's a read"
    owner = "platform"
    ticket = "OPS-12"
    until = 2026-12-31
    event_source = "logs"
    event_name = ["StartQuery", "Stop_*"]
"#;

#[test]
fn every_combination_is_a_row_of_quoted_patterns() {
    let sql = relation(&entries(ONE));
    let fixed = "('log queries', 'noise', 'it''s a read, OPS-12', 'platform', '2026-12-31', 'config', '000001', ";
    assert_eq!(sql.matches(fixed).count(), 2, "{sql}");
    assert!(sql.contains("'logs.amazonaws.com', 'StartQuery', CAST(NULL AS varchar)"), "{sql}");
    assert!(sql.contains(r"'logs.amazonaws.com', 'Stop\_%'"), "{sql}");
    assert!(relation(&[]).ends_with("WHERE false"));
}

#[test]
fn ids_stand_in_one_row_however_many_there_are() {
    let mut one = entry("account = ['1111*', '222233334444']\ngroup = 'prod'");
    one.members = (0..2_000).map(|n| format!("{n:012}")).collect();
    check(std::slice::from_ref(&one)).unwrap();
    let sql = relation(std::slice::from_ref(&one));
    assert_eq!(sql.lines().count(), 3, "{sql}");
    assert!(sql.contains("' 222233334444 000000000000 000000000001 "), "{sql}");
    assert!(sql.contains("'1111%'"), "{sql}");
}

#[test]
fn every_scope_that_is_set_has_to_match() {
    let all = "event_source = 'ec2'\nevent_name = 'Stop*'\nactor = 'ann'\naccount = '111122223333'\n\
               region = 'eu-*'\nresource = 'i-*'\nuser_agent = 'Mozilla/*'\n\
               verdict = ['chained', 'click*']\nchannel = 'console'\ntag = 'run-state'";
    assert!(entry(all).covers(&finding(json!({}))));
    for change in [
        json!({ "event_source": "ec2.amazonaws.com.evil" }),
        json!({ "event_name": "StartInstances" }),
        json!({ "actor": "bob", "actor_arn": null }),
        json!({ "account_id": "222233334444" }),
        json!({ "account_id": null }),
        json!({ "region": "us-east-1" }),
        json!({ "resource": null }),
        json!({ "user_agent": "aws-cli" }),
        json!({ "verdict": "attempted" }),
        json!({ "channel": null }),
        json!({ "extra": {} }),
    ] {
        assert!(!entry(all).covers(&finding(change.clone())), "{change}");
    }
    assert!(entry("actor = '*:assumed-role/deploy/*'").covers(&finding(json!({}))));
}

#[test]
fn accounts_and_groups_add_up() {
    let ids = ["111122223333", "222233334444", "333344445555"];
    let covered = |scopes: &str| {
        let mut one = entry(scopes);
        one.members = vec![ids[1].to_owned()];
        ids.map(|id| one.covers(&finding(json!({ "account_id": id }))))
    };
    assert_eq!(covered("group = 'prod'"), [false, true, false]);
    assert_eq!(covered("group = ['prod']\naccount = '1111*'"), [true, true, false]);
}

#[test]
fn the_day_of_the_event_decides_whether_it_has_ended() {
    let until = entry("actor = 'ann'\nuntil = '2026-11-23'");
    let on = |time: &str| until.in_force(&finding(json!({ "event_time": time })));
    assert!(on("2026-11-23T23:59:59Z"));
    assert!(!on("2026-11-24T00:00:00Z"));
    assert!(!on(""), "nothing is hidden by an end that cannot be told");
    assert!(entry("actor = 'ann'").in_force(&finding(json!({ "event_time": "" }))));
    let today = |text: &str| until.ended(text.parse().unwrap());
    assert!(!today("2026-11-23") && today("2026-11-24"));
}

#[test]
fn the_last_entry_in_force_decides() {
    let all = [
        ("everything", "accepted", "account = '111122223333'"),
        ("stops", "reported", "event_name = 'Stop*'\nuntil = 2026-11-23"),
        ("ann", "noise", "actor = 'ann'\nregion = 'us-*'"),
    ];
    let text: String = all
        .iter()
        .map(|(name, kind, scopes)| {
            format!("[[exclusion]]\nname='{name}'\nkind='{kind}'\nreason='y'\n{scopes}\n")
        })
        .collect();
    let all = entries(&text);
    let by = |change: Value| decides(&all, &finding(change)).map(|entry| entry.name.as_str());
    assert_eq!(by(json!({})), Some("stops"));
    assert_eq!(by(json!({ "region": "us-east-1" })), Some("ann"));
    assert_eq!(by(json!({ "event_time": "2026-11-24T07:12:00Z" })), Some("everything"));
    assert_eq!(by(json!({ "event_name": "RunInstances" })), Some("everything"));
    assert_eq!(by(json!({ "account_id": "222233334444", "event_name": "RunInstances" })), None);
}

#[test]
fn mistakes_are_named() {
    assert!(refused("event='z'").contains("event"));
    assert!(refused("actor = 'a'\nuntil = 'soon'").contains("'soon' is no date"));
    assert!(refused("actor = 'a'\nuntil = 7").contains("a day such as"));
    assert!(refused("actor = 7").contains("a text or a list of texts"));
    for verdict in ["not", "n*", "clickop"] {
        assert!(
            refused(&format!("verdict = '{verdict}'"))
                .contains(&format!("no act has the verdict '{verdict}'"))
        );
    }
    assert_eq!(
        refused(""),
        "exclusion 'x' has no scope that narrows it down, so it would cover everything"
    );
    let twice = format!("{ONE}{ONE}");
    let twice = parse(&twice, "t.toml").unwrap_err().to_string();
    assert_eq!(twice, "there are two exclusions called 'log queries'");
    let blank = parse(&ONE.replace("it's a read", " "), "t.toml").unwrap_err().to_string();
    assert_eq!(blank, "exclusion 'log queries' has an empty reason");
}

#[test]
fn an_entry_hides_something_but_not_everything() {
    assert!(refused("event_name = '*'").contains("would cover everything"));
    assert!(refused("account = '*'\ngroup = 'prod'").contains("would cover everything"));
    assert!(refused("account = '111122223333'\nevent_name = []").contains("empty list"));
    assert!(refused("actor = ''").contains("empty pattern"));
    let many = format!("{:?}", vec!["a"; 30]);
    assert!(refused(&format!("actor = {many}\nresource = {many}")).contains("combinations"));
    // A star that is meant as one.
    entry(r"actor = '\*'");
    entry("group = 'prod'");
}

#[test]
fn every_shipped_entry_is_noise_of_somebody_for_a_reason() {
    let shipped = shipped().unwrap();
    for entry in &shipped {
        assert!(entry.shipped && entry.kind == Kind::Noise && entry.until.is_none());
        assert_eq!(entry.owner.as_deref(), Some("clickops"), "{}", entry.name);
    }
    let count = shipped.len();
    let mut own = entry("actor = 'ann'");
    own.name = shipped[0].name.clone();
    let together = together(shipped, vec![own]);
    assert_eq!(together.len(), count);
    assert!(!together[count - 1].shipped);
}
