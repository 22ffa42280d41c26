//! Whether an entry covers a finding, and what keeps it from doing so.

use super::{Exclusion, Pattern, SCOPES};
use crate::finding::Finding;

/// A scope that does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The key of the entry.
    pub scope: &'static str,
    /// What the finding has there.
    pub value: Option<String>,
}

impl Exclusion {
    /// Whether every scope matches the finding, as the view `all_activity` sees it. The end
    /// date is another question: see [`Exclusion::in_force`].
    pub fn covers(&self, finding: &Finding) -> bool {
        self.matches(finding).iter().all(|(_, _, matches)| *matches)
    }

    /// The only scope that keeps the entry from covering the finding, where others match.
    pub fn nearly_covers(&self, finding: &Finding) -> Option<Miss> {
        let scopes = self.matches(finding);
        let mut misses = scopes.iter().filter(|(_, _, matches)| !matches);
        let (Some((scope, value, _)), None) = (misses.next(), misses.next()) else {
            return None;
        };
        (self.scopes_set() > 1).then(|| Miss { scope, value: value.map(str::to_owned) })
    }

    /// Each scope with the finding's value and whether it matches. One that is not set does.
    fn matches<'a>(&self, finding: &'a Finding) -> [(&'static str, Option<&'a str>, bool); SCOPES] {
        let source = Some(finding.event_source.as_str());
        let name = Some(finding.event_name.as_str());
        let actor = finding.actor.as_deref();
        let [account, region, resource] =
            [&finding.account_id, &finding.region, &finding.resource].map(Option::as_deref);
        let [user_agent, channel] = [&finding.user_agent, &finding.channel].map(Option::as_deref);
        let verdict = Some(finding.verdict.as_str());
        let tag = finding.extra.get("tag").and_then(Option::as_deref);
        [
            ("event_source", source, self.covers_source(&finding.event_source)),
            ("event_name", name, self.event_name.take([name])),
            ("actor", actor, self.actor.take([actor, finding.actor_arn.as_deref()])),
            (self.account_scope(), account, self.covers_account(account)),
            ("region", region, self.region.take([region])),
            ("resource", resource, self.resource.take([resource])),
            ("user_agent", user_agent, self.user_agent.take([user_agent])),
            ("verdict", verdict, self.verdict.take([verdict])),
            ("channel", channel, self.channel.take([channel])),
            ("tag", tag, self.tag.take([tag])),
        ]
    }

    /// The key that limits it to accounts.
    fn account_scope(&self) -> &'static str {
        if self.account.set().is_none() && !self.group.is_empty() { "group" } else { "account" }
    }

    /// How many scopes are set. `account` and `group` add up, and are one.
    fn scopes_set(&self) -> usize {
        let set = self.scopes().iter().filter(|patterns| patterns.set().is_some()).count();
        set + usize::from(self.account_scope() == "group")
    }

    fn covers_source(&self, source: &str) -> bool {
        let takes = |pattern: &Pattern| pattern.of_service().takes(source);
        self.event_source.set().is_none_or(|all| all.iter().any(takes))
    }

    fn covers_account(&self, id: Option<&str>) -> bool {
        match (self.account.set(), self.members.as_slice()) {
            (None, []) => true,
            (None, members) => id.is_some_and(|id| members.iter().any(|member| member == id)),
            (Some(_), members) => {
                self.account.take([id]) || members.iter().any(|member| Some(member.as_str()) == id)
            }
        }
    }
}
