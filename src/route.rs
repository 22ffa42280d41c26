//! Which findings a report shows. Pure.

use std::collections::BTreeMap;

use crate::config::{Account, Match, Report};
use crate::finding::Finding;

/// Whether the report shows, or counts, a finding of its detection. What another report of the
/// detection shows is not unmatched, and neither is what nobody is to be shown.
pub fn shows(report: &Report, accounts: &BTreeMap<String, Account>, finding: &Finding) -> bool {
    let takes = |conditions: &Match| takes(conditions, accounts, finding);
    takes(&report.matches)
        && (!report.is_unmatched() || (finding.reported && !report.others.iter().any(takes)))
}

/// Whether all conditions hold. Those that are not set hold for everything; a finding in an account
/// nobody listed belongs to no group, and has no tags.
fn takes(conditions: &Match, accounts: &BTreeMap<String, Account>, finding: &Finding) -> bool {
    takes_account(conditions, accounts, finding)
        && takes_action(conditions, finding)
        && (conditions.verdicts.is_empty() || conditions.verdicts.contains(&finding.verdict))
        && takes_actor(conditions, finding)
}

fn takes_account(
    conditions: &Match,
    accounts: &BTreeMap<String, Account>,
    finding: &Finding,
) -> bool {
    let id = finding.account_id.as_ref();
    let account = id.and_then(|id| accounts.get(id));
    let group = account.and_then(|account| account.group.as_ref());
    let is_of = (conditions.accounts.is_empty() && conditions.groups.is_empty())
        || id.is_some_and(|id| conditions.accounts.contains(id))
        || group.is_some_and(|group| conditions.groups.contains(group));
    let is_tagged = conditions.tags.iter().all(|(tag, values)| {
        account.and_then(|account| account.tags.get(tag)).is_some_and(|is| values.contains(is))
    });
    is_of && is_tagged
}

fn takes_action(conditions: &Match, finding: &Finding) -> bool {
    let source = finding.event_source.as_str();
    let services = [Some(source), source.strip_suffix(".amazonaws.com")];
    let actions = [finding.action(), format!("{source}:{}", finding.event_name)];
    conditions.services.take(services)
        && conditions.actions.take(actions.iter().map(|action| Some(action.as_str())))
}

fn takes_actor(conditions: &Match, finding: &Finding) -> bool {
    let names = [finding.actor.as_deref(), finding.actor_arn.as_deref()];
    let email = || names.iter().flatten().any(|name| name.contains('@'));
    conditions.actors.take(names) || (conditions.actors_without_email && !email())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::exclusion::Patterns;
    use crate::finding::Verdict;

    fn account(tags: &[(&str, &str)]) -> Account {
        let tags = tags.iter().map(|(tag, value)| ((*tag).to_owned(), (*value).to_owned()));
        Account { tags: tags.collect(), ..Account::default() }
    }

    fn finding(account: Option<&str>) -> Finding {
        let value = serde_json::json!({
            "event_id": "e", "event_time": "", "event_source": "", "event_name": "",
            "verdict": "clickops", "account_id": account,
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn accounts_and_groups_add_up_and_nothing_means_everything() {
        let known =
            Account { name: "payments".to_owned(), group: Some("prod".to_owned()), ..account(&[]) };
        let accounts = BTreeMap::from([("1".to_owned(), known)]);
        let shown = |conditions: &Match| -> Vec<bool> {
            [Some("1"), Some("2"), Some("3"), None]
                .map(|account| takes(conditions, &accounts, &finding(account)))
                .to_vec()
        };
        assert_eq!(shown(&Match::default()), [true; 4]);
        let both = Match {
            accounts: ["2".to_owned()].into(),
            groups: ["prod".to_owned()].into(),
            ..Match::default()
        };
        assert_eq!(shown(&both), [true, true, false, false]);
    }

    #[test]
    fn people_are_named_or_known_by_no_address() {
        let by =
            |actor: Option<&str>| Finding { actor: actor.map(str::to_owned), ..finding(Some("1")) };
        let shown = |conditions: &Match| {
            [Some("ann@example.com"), Some("bob@example.com"), Some("root (1)"), None]
                .map(|actor| takes(conditions, &BTreeMap::new(), &by(actor)))
        };
        let mut ann = Match { actors: Patterns::exactly(["ann@example.com"]), ..Match::default() };
        assert_eq!(shown(&ann), [true, false, false, false]);
        ann.actors_without_email = true;
        assert_eq!(shown(&ann), [true, false, true, true]);
        ann.accounts = ["2".to_owned()].into();
        assert_eq!(shown(&ann), [false; 4]);
    }

    #[test]
    fn all_tags_have_to_agree() {
        let tagged = [
            ("1", account(&[("team", "pay"), ("env", "prod")])),
            ("2", account(&[("team", "pay"), ("env", "dev")])),
            ("3", account(&[("env", "prod")])),
        ];
        let accounts = tagged.map(|(id, account)| (id.to_owned(), account)).into();
        let tags = |tags: &[(&str, &[&str])]| Match {
            tags: tags
                .iter()
                .map(|(tag, values)| {
                    ((*tag).to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
                })
                .collect(),
            ..Match::default()
        };
        let shown = |conditions: &Match| {
            [Some("1"), Some("2"), Some("3"), Some("4"), None]
                .map(|id| takes(conditions, &accounts, &finding(id)))
        };
        assert_eq!(shown(&tags(&[("team", &["pay"])])), [true, true, false, false, false]);
        let both = tags(&[("team", &["pay"]), ("env", &["prod"])]);
        assert_eq!(shown(&both), [true, false, false, false, false]);
        let either = tags(&[("env", &["prod", "dev"])]);
        assert_eq!(shown(&either), [true, true, true, false, false]);
        let narrowed = Match { accounts: ["2".to_owned(), "3".to_owned()].into(), ..either };
        assert_eq!(shown(&narrowed), [false, true, true, false, false]);
    }

    #[test]
    fn services_actions_and_verdicts_narrow_each_other() {
        let of = |source: &str, name: &str, verdict: Verdict| Finding {
            event_source: source.to_owned(),
            event_name: name.to_owned(),
            verdict,
            ..finding(Some("1"))
        };
        let all = [
            of("iam.amazonaws.com", "CreateUser", Verdict::Clickops),
            of("ec2.amazonaws.com", "DeleteVpc", Verdict::Clickops),
            of("ec2.amazonaws.com", "DeleteVpc", Verdict::Attempted),
            of("signin.example", "ConsoleLogin", Verdict::Not),
        ];
        let shown = |lines: &str| {
            let text = format!("[[report]]\nname = 'r'\n{lines}");
            let conditions = Config::parse(&text, "test", []).unwrap().reports.remove(0).matches;
            all.clone().map(|finding| takes(&conditions, &BTreeMap::new(), &finding))
        };
        assert_eq!(shown("match.services = 'iam'"), [true, false, false, false]);
        assert_eq!(shown("match.services = ['ec2.amazonaws.com']"), [false, true, true, false]);
        assert_eq!(shown("match.services = 'signin.example'"), [false, false, false, true]);
        assert_eq!(shown("match.services = 'i*'"), [true, false, false, false]);
        assert_eq!(
            shown("match.actions = ['iam:CreateUser', 'ec2:Delete*']"),
            [true, true, true, false]
        );
        assert_eq!(
            shown("match.actions = 'ec2.amazonaws.com:DeleteVpc'"),
            [false, true, true, false]
        );
        assert_eq!(shown("match.verdicts = ['attempted', 'not']"), [false, false, true, true]);
        let both = "match.verdicts = ['clickops']\nmatch.actions = '*:DeleteVpc'";
        assert_eq!(shown(both), [false, true, false, false]);
        assert_eq!(shown("match.services = 'iam'\nmatch.actions = 'ec2:*'"), [false; 4]);
    }

    /// Conditions of which each report of the property below has some; those of one kind are one
    /// line.
    const LINES: [&str; 7] = [
        "match.accounts = ['000000000001']",
        "match.groups = ['prod']",
        "match.tags = { team = ['pay', 'web'] }",
        "match.services = ['iam', 's3.amazonaws.com']",
        "match.actions = ['iam:Create*', 'ec2:DeleteVpc']",
        "match.verdicts = ['attempted', 'chained']",
        "match.actors = ['ann*', 'bob']",
    ];

    proptest::proptest! {
        #[test]
        fn every_finding_is_shown_by_a_report_or_is_unmatched_and_never_both(
            reports in proptest::collection::vec(
                (proptest::collection::btree_set(0..LINES.len(), 0..4), proptest::bool::ANY), 1..5),
            findings in proptest::collection::vec(
                (0..5_u8, 0..4_usize, 0..4_usize, 0..5_usize, 0..4_usize, proptest::bool::ANY), 1..40),
        ) {
            let mut text = "[[account]]\nid = '000000000001'\nname = 'a'\ntags = { team = 'pay' }\n\
                 [[account]]\nid = '000000000002'\nname = 'b'\ngroup = 'prod'\n\
                 [[account]]\nid = '000000000003'\nname = 'c'\ngroup = 'prod'\n\
                 tags = { team = 'web' }\n".to_owned();
            for (number, (lines, changes)) in reports.iter().enumerate() {
                let view = if *changes { "console_activity" } else { "sign_ins" };
                let lines: Vec<_> = lines.iter().map(|line| LINES[*line]).collect();
                text += &format!(
                    "[[report]]\nname = 'r{number}'\ndetection = '{view}'\n{}\n",
                    lines.join("\n")
                );
            }
            let config = Config::parse(&text, "test", []).unwrap();
            for (account, source, name, verdict, actor, reported) in findings {
                for detection in ["console_activity", "sign_ins"] {
                    let known = (account > 0).then(|| format!("{account:012}"));
                    let one = Finding {
                        detection: detection.to_owned(),
                        event_source: ["iam", "s3", "ec2", "rds"][source].to_owned()
                            + ".amazonaws.com",
                        event_name: ["CreateUser", "DeleteVpc", "Put", ""][name].to_owned(),
                        verdict: Verdict::ALL[verdict],
                        actor: [Some("ann"), Some("bob"), Some("eve"), None][actor]
                            .map(str::to_owned),
                        reported,
                        ..finding(known.as_deref())
                    };
                    let of_it: Vec<_> = config
                        .reports
                        .iter()
                        .filter(|report| report.detection == detection)
                        .collect();
                    let by = |unmatched: bool| {
                        let all = of_it.iter().filter(|one| one.is_unmatched() == unmatched);
                        all.filter(|report| shows(report, &config.accounts, &one)).count()
                    };
                    let (reports, unmatched) = (by(false), by(true));
                    proptest::prop_assert!(reports == 0 || unmatched == 0);
                    if reported && !of_it.is_empty() {
                        proptest::prop_assert!(reports > 0 || unmatched == 1, "{text} {one:?}");
                    } else {
                        proptest::prop_assert_eq!(unmatched, 0);
                    }
                }
            }
        }
    }
}
