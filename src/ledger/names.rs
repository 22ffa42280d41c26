//! What makes two findings the same one.

use crate::finding::Finding;
use crate::logs::LogKey;

/// What makes two findings of one detection the same one: the event, the event it repeats or
/// corrects, or the act whose copies went to several accounts. It is not the log, because a second
/// delivery lies in another one, and not the event id alone, because ids are unique only within an
/// account's trail.
pub fn names(finding: &Finding) -> Vec<LogKey> {
    let shared = finding.shared_event_id.as_deref();
    keys(finding, shared)
}

/// The names under which a finding in the journal keeps others out. It stands for the copies of its
/// act in other accounts only if it is reported and the caller's own: a hidden copy must not keep
/// the reported one out.
pub fn takes(finding: &Finding) -> Vec<LogKey> {
    let own = finding.extra.get("actor_account").is_some_and(|own| *own == finding.account_id);
    let shared = finding.shared_event_id.as_deref();
    keys(finding, shared.filter(|_| own && finding.reported))
}

fn keys(finding: &Finding, shared: Option<&str>) -> Vec<LogKey> {
    let account = finding.account_id.as_deref().unwrap_or_default();
    let original = finding.extra.get("original_event_id").and_then(Option::as_deref);
    let event = Some([finding.event_id.as_str(), account]);
    let repeated = original.filter(|id| *id != finding.event_id).map(|id| [id, account]);
    let key = |[id, place]: [&str; 2]| {
        LogKey::of(&[finding.detection.as_bytes(), id.as_bytes(), place.as_bytes()])
    };
    [event, repeated, shared.map(|id| [id, "shared"])].into_iter().flatten().map(key).collect()
}
