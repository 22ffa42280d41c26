//! `clickops import notifier`: the config that it makes reports what the notifier would.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::program::{Desk, change, log};

const ACCOUNTS: [&str; 3] = ["111122223333", "222233334444", "333344445555"];
const PEOPLE: [&str; 4] = ["ann@example.com", "bob@example.com", "carl@example.com", "root-like"];
const ACTIONS: [(&str, &str); 3] = [
    ("ec2.amazonaws.com", "StopInstances"),
    ("iot.amazonaws.com", "RegisterCertificate"),
    ("route53domains.amazonaws.com", "TransferDomain"),
];

/// What the notifier's lists say, by its documentation.
#[derive(Default)]
struct Lists {
    included_accounts: &'static [&'static str],
    excluded_accounts: &'static [&'static str],
    included_users: &'static [&'static str],
    excluded_users: &'static [&'static str],
    excluded_scoped_actions: &'static [&'static str],
}

impl Lists {
    fn tfvars(&self) -> String {
        format!(
            "included_accounts = {:?}\nexcluded_accounts = {:?}\nincluded_users = {:?}\n\
             excluded_users = {:?}\nexcluded_scoped_actions = {:?}\n",
            self.included_accounts,
            self.excluded_accounts,
            self.included_users,
            self.excluded_users,
            self.excluded_scoped_actions
        )
    }

    fn reports(&self, account: &str, person: &str, (service, action): (&str, &str)) -> bool {
        let in_scope = |value: &str, included: &[&str], excluded: &[&str]| {
            !excluded.contains(&value) && (included.is_empty() || included.contains(&value))
        };
        let action = format!("{service}:{action}");
        in_scope(account, self.included_accounts, self.excluded_accounts)
            // Somebody without an e-mail address is always in scope.
            && (!person.contains('@') || in_scope(person, self.included_users, self.excluded_users))
            && !self.excluded_scoped_actions.contains(&action.as_str())
    }
}

/// A change by hand, and what the notifier would judge it by.
struct Change {
    id: String,
    record: Value,
    account: &'static str,
    person: &'static str,
    action: (&'static str, &'static str),
}

/// One change for each account, person and action.
fn changes() -> Vec<Change> {
    let mut all = Vec::new();
    for account in ACCOUNTS {
        for person in PEOPLE {
            for action in ACTIONS {
                let id = format!("event-{:03}", all.len());
                let mut record = change(&id, "2026-11-23T09:00:00Z");
                record["recipientAccountId"] = account.into();
                record["userIdentity"]["accountId"] = account.into();
                record["userIdentity"]["userName"] = person.into();
                record["userIdentity"]["arn"] =
                    format!("arn:aws:iam::{account}:user/{person}").into();
                record["eventSource"] = action.0.into();
                record["eventName"] = action.1.into();
                all.push(Change { id, record, account, person, action });
            }
        }
    }
    all
}

#[test]
fn the_same_events_are_reported() {
    let changes = changes();
    let records: Vec<Value> = changes.iter().map(|change| change.record.clone()).collect();
    for lists in [
        Lists::default(),
        Lists {
            included_accounts: &["111122223333", "222233334444"],
            excluded_accounts: &["222233334444"],
            ..Lists::default()
        },
        Lists {
            included_users: &["ann@example.com", "bob@example.com"],
            excluded_users: &["bob@example.com"],
            ..Lists::default()
        },
        Lists {
            excluded_accounts: &["333344445555"],
            excluded_users: &["carl@example.com"],
            excluded_scoped_actions: &["iot.amazonaws.com:RegisterCertificate"],
            ..Lists::default()
        },
    ] {
        let desk = Desk::new();
        desk.write("logs/a.json", log(&records));
        desk.write("n.tfvars", lists.tfvars());
        let imported = desk.clickops("import notifier n.tfvars --out c.toml");
        assert_eq!((imported.code, imported.stdout.as_str()), (0, ""), "{}", imported.stderr);
        // The notifier has no limit, and nobody hears of what it leaves out.
        let config = fs::read_to_string(desk.path("c.toml")).unwrap();
        let limit = "mode = \"events\"\nmax_events = 1000";
        desk.write("c.toml", config.replace("mode = \"events\"", limit));
        let messages = desk.clickops("run --logs logs --config c.toml --report clickops").ok();
        let ids = |reported: &dyn Fn(&Change) -> bool| -> BTreeSet<&str> {
            changes.iter().filter(|one| reported(one)).map(|one| one.id.as_str()).collect()
        };
        let got = ids(&|one| messages.contains(&one.id));
        let expected = ids(&|one| lists.reports(one.account, one.person, one.action));
        assert_eq!(got, expected, "{}", lists.tfvars());
    }
}

#[test]
fn the_summary_stays_out_of_the_config() {
    let desk = Desk::new();
    desk.write(
        "n.tfvars",
        "excluded_users = [\"ann@example.com\"]\nlambda_memory_size = 128\n\
         webhooks_for_slack_notifications = { a = \"https://hooks.example.com/secret\" }\n",
    );
    let imported = desk.clickops("import notifier n.tfvars");
    assert_eq!(imported.code, 0);
    desk.write("c.toml", &imported.stdout);
    desk.clickops("sql list --config c.toml").ok();
    for line in [
        "taken      excluded_users: 1 person, as exclusions\n",
        "taken      webhooks_for_slack_notifications: 1 webhook",
        "not taken  line 2: lambda_memory_size: ",
    ] {
        assert!(imported.stderr.contains(line), "{}", imported.stderr);
    }
    assert!(!format!("{imported:?}").contains("secret"));
}

#[test]
fn mistakes_name_the_line_and_the_remedy() {
    let desk = Desk::new();
    desk.write("broken.tfvars", "excluded_users = [\n  \"a\"\n  \"b\"\n]\n");
    desk.write("other.tfvars", "region = \"eu-west-1\"\n");
    desk.write("there.toml", "mine");
    desk.write("good.tfvars", "excluded_users = [\"a@example.com\"]\n");
    desk.write("binary.tfvars", [0xff, 0xfe, 0x00]);
    for (line, part, hint) in [
        ("broken.tfvars", "broken.tfvars: line 3, column", "terraform fmt"),
        ("other.tfvars", "none of the notifier's variables", "Give a .tfvars file"),
        ("missing.tfvars", "cannot read missing.tfvars", "Give the notifier's"),
        ("binary.tfvars", "cannot read binary.tfvars", "Give the notifier's"),
        ("good.tfvars --out there.toml", "cannot write there.toml", "not there yet"),
    ] {
        let ended = desk.clickops(&format!("import notifier {line}"));
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{line}: {}", ended.stderr);
        assert!(ended.stderr.contains(part), "{line}: {}", ended.stderr);
        assert!(ended.stderr.contains(&format!("hint: {hint}")) || ended.stderr.contains(hint));
    }
    assert_eq!(fs::read_to_string(desk.path("there.toml")).unwrap(), "mine");
}
