//! One finding in full: the context of the template `event`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::identity::{Identity, SignIn, extra};
use super::links::Links;
use super::moments::{Clock, Moment};
use super::people::PlaceAccount;
use super::{About, VERSION, weight, words};
use crate::finding::{Confidence, Finding, Verdict};

/// The context of the template `event`: who did what to which resource, where and when, whether it
/// worked, how we know that it was the console, and the full call.
#[derive(Debug, Clone, Serialize)]
pub struct Detail {
    /// Version of this context, now 1.
    pub version: u32,
    /// The finding in one plain line.
    pub title: String,
    /// Name of the message, the same whenever it is sent again; empty in a preview.
    pub key: String,
    /// Name of the report.
    pub report: String,
    /// Time zone of all texts, as an IANA name.
    pub zone: String,
    /// Start of the event's id.
    pub id: String,
    /// The event's full id.
    pub event_id: String,
    /// The person, as good as the record tells.
    pub name: String,
    /// Role or permission set, where one was used.
    pub role: Option<String>,
    /// Whether this is an account's root user.
    pub root: bool,
    /// `userIdentity.type`.
    pub actor_type: Option<String>,
    /// `userIdentity.arn`.
    pub actor_arn: Option<String>,
    /// Service and action: `ec2:RunInstances`.
    pub action: String,
    /// Whether it deletes something or touches access, keys or trails, or is done by root.
    pub important: bool,
    /// The resource touched.
    pub resource: Option<String>,
    /// The account.
    pub account: PlaceAccount,
    /// The region.
    pub region: Option<String>,
    /// When the call completed, with day and place; none where the record holds no readable time.
    pub time: Option<Moment>,
    /// How late CloudTrail delivered it: `delivered 47 min after it happened`.
    pub late: Option<String>,
    /// `success`, `denied`, `failed` or `dry-run`.
    pub outcome: Option<String>,
    /// CloudTrail's error code.
    pub error: Option<String>,
    /// `clickops`, `attempted`, `chained`, `operational` or `not`.
    pub verdict: Verdict,
    /// How we know that it was the console, in words.
    pub evidence: String,
    /// The rule that decided.
    pub rule: Option<String>,
    /// The mark of the console that was found.
    pub signal: Option<String>,
    /// How sure that is: `high`, `medium` or `low`.
    pub confidence: Option<Confidence>,
    /// The way taken: `console`, `cloudshell`.
    pub channel: Option<String>,
    /// The client: `browser`.
    pub client: Option<String>,
    /// What the client calls itself; chosen by the client.
    pub user_agent: Option<String>,
    /// The address the call came from.
    pub source: Option<String>,
    /// When the person signed in.
    pub signed_in: Option<Moment>,
    /// Whether with a second factor; none where unknown.
    pub mfa: Option<bool>,
    /// Whether the person never did this in this account before, as far as the ledger remembers.
    pub first_time: bool,
    /// Whether a report shows it.
    pub reported: bool,
    /// The exclusion that hides it.
    pub exclusion: Option<String>,
    /// The log that holds it.
    pub log_file: Option<String>,
    /// Where a browser finds more about it.
    pub links: Links,
    /// Shared by the copies of one event in several accounts.
    pub shared_event_id: Option<String>,
    /// Further columns of the detection, by name.
    pub extra: BTreeMap<String, Option<String>>,
    /// The full CloudTrail record, secrets redacted; none where it was not kept.
    pub raw: Option<serde_json::Value>,
}

impl Detail {
    /// Makes the detail of one finding.
    pub fn build(finding: &Finding, about: &About) -> Self {
        let clock = Clock::new(about.zone, about.from, about.to);
        let who = Identity::of(finding);
        let sign_in = SignIn::of(finding);
        let account = PlaceAccount::of(finding, about);
        let action = words::action(finding);
        let service = action.split_once(':').map_or("", |(service, _)| service);
        let text = |value: &Option<String>| words::known_clip(value.as_deref());
        let resource = words::name(finding.resource.as_deref()).map(words::clip);
        let title = match &resource {
            Some(resource) => format!("{}: {action} {resource} in {}", who.name, account.name),
            None => format!("{}: {action} in {}", who.name, account.name),
        };
        Self {
            version: VERSION,
            title: words::clip(&title),
            key: about.key(&[
                "event",
                finding.account_id.as_deref().unwrap_or_default(),
                &finding.event_id,
            ]),
            report: words::clip(&about.report),
            zone: about.zone.name().to_owned(),
            id: words::short_id(&finding.event_id),
            event_id: words::clip(&finding.event_id),
            important: weight::important(service, &finding.event_name, who.root),
            name: who.name,
            role: who.role,
            root: who.root,
            actor_type: text(&finding.actor_type),
            actor_arn: text(&finding.actor_arn),
            action,
            resource,
            account,
            region: text(&finding.region),
            time: finding.time().map(|at| clock.exact(at)),
            late: finding
                .late_by()
                .map(|late| format!("delivered {} after it happened", words::duration(late))),
            outcome: text(&finding.outcome),
            error: text(&finding.error_code),
            verdict: finding.verdict,
            evidence: evidence(finding),
            rule: text(&finding.rule),
            signal: text(&finding.signal),
            confidence: finding.confidence,
            channel: text(&finding.channel),
            client: words::known(finding.user_agent.as_deref()).map(words::client),
            user_agent: text(&finding.user_agent),
            source: text(&finding.source_ip),
            signed_in: sign_in.at.map(|at| clock.moment(at)),
            mfa: sign_in.mfa,
            first_time: extra(finding, "first_time") == Some("true"),
            reported: finding.reported,
            exclusion: text(&finding.exclusion),
            log_file: text(&finding.log_file),
            links: Links::of(finding, about.portal.as_ref()),
            shared_event_id: text(&finding.shared_event_id),
            extra: finding
                .extra
                .iter()
                .map(|(name, value)| (words::clip(name), text(value)))
                .collect(),
            raw: finding.raw.as_deref().map(record),
        }
    }
}

/// The record as a value; as text where it is nested too deeply to be one.
fn record(raw: &serde_json::value::RawValue) -> serde_json::Value {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().into())
}

/// How we know that it was the console: as the detection says in its column `reason`, else by the
/// number of its rule.
fn evidence(finding: &Finding) -> String {
    if let Some(reason) = extra(finding, "reason") {
        return words::clip(reason);
    }
    let rule = finding.rule.as_deref().unwrap_or_default();
    match rule {
        "C1" => "AWS marked the credentials as a console session's",
        "C2" => "AWS recorded it as an action of the console",
        "C3" => "it came from CloudShell, which opens only in the console",
        "C4" => "a browser made the call",
        "C5" | "C8" => "the user agent names a console",
        "C6" => "the console of S3 made the call",
        "C7" => "the software behind the console made the call, from the person's address",
        "C9" => "other calls of the same sign-in are the console's",
        "C10" => "a weak sign of the console, and nothing against it",
        _ => match words::known(finding.signal.as_deref()) {
            Some(signal) => return format!("the detection's signal is {}", words::clip(signal)),
            None => "the detection gives no signal",
        },
    }
    .to_owned()
}
