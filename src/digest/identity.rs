//! Who made a call, as good as a finding tells, and how they signed in.
//!
//! Detections may add the columns `role`, `signed_in` and `mfa`; where they do not, the ARN and
//! the full record tell the same.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::words;
use crate::finding::Finding;

/// Who made a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// The name to show.
    pub(super) name: String,
    /// The role or permission set the person used.
    pub(super) role: Option<String>,
    /// The account's root user.
    pub(super) root: bool,
    /// The same for all calls of one person. Roots of two accounts are two people.
    pub(super) person: String,
}

impl Identity {
    pub(super) fn of(finding: &Finding) -> Self {
        let arn = words::known(finding.actor_arn.as_deref());
        let root = finding.actor_type.as_deref() == Some("Root");
        if root {
            let account = finding.account_id.as_deref().or(arn).unwrap_or_default();
            return Self {
                name: "root".to_owned(),
                role: None,
                root,
                person: format!("root of {}", words::clip(account)),
            };
        }
        let last = arn.map(|arn| arn.rsplit(['/', ':']).next().unwrap_or(arn));
        let name = words::name(finding.actor.as_deref())
            .map(words::clip)
            .or_else(|| words::known_clip(last))
            .unwrap_or_else(|| "somebody unknown".to_owned());
        Self { role: role(finding, arn), root, person: name.clone(), name }
    }
}

fn role(finding: &Finding, arn: Option<&str>) -> Option<String> {
    words::known(extra(finding, "role"))
        .or_else(|| {
            let (_, rest) = arn?.split_once(":assumed-role/")?;
            words::known(rest.rsplit_once('/').map(|(role, _session)| role))
        })
        .map(words::role)
}

/// A column that the detection may have added.
pub(super) fn extra<'a>(finding: &'a Finding, name: &str) -> Option<&'a str> {
    words::known(finding.extra.get(name)?.as_deref())
}

/// How the person signed in, as good as a finding tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SignIn {
    pub(super) at: Option<DateTime<Utc>>,
    pub(super) mfa: Option<bool>,
}

impl SignIn {
    pub(super) fn of(finding: &Finding) -> Self {
        let attributes = attributes(finding);
        let at = extra(finding, "signed_in").or(attributes.creation_date.as_deref());
        let mfa = extra(finding, "mfa").or(attributes.mfa_authenticated.as_deref());
        // Only of root and IAM users does the record know. For a role from an identity provider
        // it says "false" even where the provider has asked for a second factor.
        let knows = matches!(finding.actor_type.as_deref(), Some("Root" | "IAMUser"));
        Self {
            at: at.and_then(|at| DateTime::parse_from_rfc3339(at).ok()).map(|at| at.to_utc()),
            mfa: match mfa {
                Some("true") => Some(true),
                Some("false") if knows => Some(false),
                _ => None,
            },
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Record {
    user_identity: UserIdentity,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct UserIdentity {
    session_context: SessionContext,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SessionContext {
    attributes: Attributes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Attributes {
    creation_date: Option<String>,
    mfa_authenticated: Option<String>,
}

/// The attributes of the session in the full record; empty where it has none or another shape.
fn attributes(finding: &Finding) -> Attributes {
    finding
        .raw
        .as_deref()
        .and_then(|raw| serde_json::from_str::<Record>(raw.get()).ok())
        .unwrap_or_default()
        .user_identity
        .session_context
        .attributes
}
