//! Which findings a report shows. Pure.

use std::collections::BTreeMap;

use crate::config::{Account, Match};
use crate::finding::Finding;

/// Whether a report with these conditions shows, or counts, the finding. Conditions that are not
/// set take everything; a finding in an account nobody listed belongs to no group.
pub fn shows(conditions: &Match, accounts: &BTreeMap<String, Account>, finding: &Finding) -> bool {
    shows_account(conditions, accounts, finding) && shows_actor(conditions, finding)
}

fn shows_account(
    conditions: &Match,
    accounts: &BTreeMap<String, Account>,
    finding: &Finding,
) -> bool {
    if conditions.accounts.is_empty() && conditions.groups.is_empty() {
        return true;
    }
    let Some(id) = &finding.account_id else {
        return false;
    };
    let group = accounts.get(id).and_then(|account| account.group.as_ref());
    conditions.accounts.contains(id) || group.is_some_and(|group| conditions.groups.contains(group))
}

fn shows_actor(conditions: &Match, finding: &Finding) -> bool {
    let names = [finding.actor.as_deref(), finding.actor_arn.as_deref()];
    let email = || names.iter().flatten().any(|name| name.contains('@'));
    conditions.actors.take(names) || (conditions.actors_without_email && !email())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::exclusion::Patterns;

    fn finding(account: Option<&str>) -> Finding {
        let value = serde_json::json!({
            "event_id": "e", "event_time": "", "event_source": "", "event_name": "",
            "verdict": "clickops", "account_id": account,
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn accounts_and_groups_add_up_and_nothing_means_everything() {
        let known = Account { name: "payments".to_owned(), group: Some("prod".to_owned()) };
        let accounts = BTreeMap::from([("1".to_owned(), known)]);
        let shown = |conditions: &Match| -> Vec<bool> {
            [Some("1"), Some("2"), Some("3"), None]
                .map(|account| shows(conditions, &accounts, &finding(account)))
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
                .map(|actor| shows(conditions, &BTreeMap::new(), &by(actor)))
        };
        let mut ann = Match { actors: Patterns::exactly(["ann@example.com"]), ..Match::default() };
        assert_eq!(shown(&ann), [true, false, false, false]);
        ann.actors_without_email = true;
        assert_eq!(shown(&ann), [true, false, true, true]);
        ann.accounts = ["2".to_owned()].into();
        assert_eq!(shown(&ann), [false; 4]);
    }
}
