//! Small wordings that more than one part of a message uses.

use chrono::Duration;

use crate::finding::Finding;

/// Longest value that goes into a template, in characters. A log may hold megabytes in one field;
/// no message is better for them, and [`super::Detail::raw`] has the whole.
const LONGEST: usize = 512;

/// Cuts a value that no message could show in full; the middle goes, because both ends of an ARN
/// or a path tell more.
pub fn clip(value: &str) -> String {
    if value.len() <= LONGEST {
        return value.to_owned();
    }
    let count = value.chars().count();
    if count <= LONGEST {
        return value.to_owned();
    }
    let half = LONGEST / 2;
    let head = value.chars().take(half);
    let tail = value.chars().skip(count - half + 1);
    head.chain(['…']).chain(tail).collect()
}

/// The value, where there is one: `NULL`, empty and blank are all unknown.
pub fn known(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.trim().is_empty())
}

/// Like [`known`], for templates.
pub fn known_clip(value: Option<&str>) -> Option<String> {
    known(value).map(clip)
}

/// `1 change`, `7 changes`, `12,345 changes`.
pub fn plural(count: u64, one: &str, many: Option<&str>) -> String {
    match (count, many) {
        (1, _) => format!("1 {one}"),
        (_, Some(many)) => format!("{} {many}", thousands(count)),
        (_, None) => format!("{} {one}s", thousands(count)),
    }
}

/// A number with commas: `12,345`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `47 min`, `2 h 5 min`, `3 days`.
pub fn duration(duration: Duration) -> String {
    match duration.num_minutes() {
        minutes @ ..60 => format!("{minutes} min"),
        minutes @ 60..2880 if minutes % 60 == 0 => format!("{} h", minutes / 60),
        minutes @ 60..2880 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} days", duration.num_days()),
    }
}

/// `AdministratorAccess (SSO)` of `AWSReservedSSO_AdministratorAccess_0123456789abcdef`.
pub fn role(name: &str) -> String {
    name.strip_prefix("AWSReservedSSO_")
        .and_then(|rest| rest.rsplit_once('_'))
        .filter(|(set, hash)| {
            !set.is_empty() && hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit())
        })
        .map_or_else(|| clip(name), |(set, _)| format!("{} (SSO)", clip(set)))
}

/// What a person would call the client behind a user agent. The caller chose the user agent: the
/// answer is a description, never evidence.
pub fn client(user_agent: &str) -> String {
    // S3 and some services put the agent in brackets.
    let agent = user_agent.trim().trim_start_matches('[');
    let has = |part: &str| agent.contains(part);
    if has("exec-env/CloudShell") {
        "CloudShell".to_owned()
    } else if agent.starts_with("Mozilla/") || has("Mozilla/5.0") {
        "browser".to_owned()
    } else if agent.starts_with("AWS Internal") || has("aws-internal/") || has("S3Console") {
        // What the console's own back ends call themselves.
        "console".to_owned()
    } else if agent.ends_with(".amazonaws.com") {
        clip(agent)
    } else {
        // `aws-cli/2.31.1 md/…` is `aws-cli`.
        let end = agent.find(['/', ' ', ']']).unwrap_or(agent.len());
        clip(if end == 0 { agent } else { &agent[..end] })
    }
}

/// The name of a person or a resource, where it is known. CloudTrail hides some names, such as what
/// was typed as a user name at a sign-in that failed.
pub fn name(value: Option<&str>) -> Option<&str> {
    known(value).map(|name| match name {
        "HIDDEN_DUE_TO_SECURITY_REASONS" => "(hidden by AWS)",
        name => name,
    })
}

/// Service and action of a finding, for templates.
pub fn action(finding: &Finding) -> String {
    if finding.event_name.trim().is_empty() {
        return "unknown action".to_owned();
    }
    clip(&finding.action())
}

/// The first eight characters of an event's id: enough to find it again. Empty for an id such as
/// AWS never gives: messages put ids into commands, and people paste those into a shell.
pub fn short_id(id: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.starts_with('-') || !id.chars().all(plain) {
        return String::new();
    }
    id.chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_lose_their_middle() {
        let arn = format!("arn:aws:{}:the-end", "x".repeat(10_000));
        let cut = clip(&arn);
        assert_eq!(cut.chars().count(), LONGEST);
        assert!(cut.starts_with("arn:aws:") && cut.ends_with(":the-end"));
        let wide = "é".repeat(LONGEST);
        assert_eq!(clip(&wide), wide);
    }

    #[test]
    fn numbers_and_durations_are_readable() {
        assert_eq!(plural(1, "person", Some("people")), "1 person");
        assert_eq!(plural(0, "change", None), "0 changes");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(100), "100");
        assert_eq!(duration(Duration::minutes(125)), "2 h 5 min");
        assert_eq!(duration(Duration::hours(49)), "2 days");
    }

    #[test]
    fn permission_sets_and_clients_have_their_usual_names() {
        assert_eq!(role("AWSReservedSSO_Admin_Access_0123456789abcdef"), "Admin_Access (SSO)");
        assert_eq!(role("deployer"), "deployer");
        assert_eq!(client("[Mozilla/5.0 (X11) Firefox/142]"), "browser");
        assert_eq!(client("aws-cli/2.31 exec-env/CloudShell"), "CloudShell");
        assert_eq!(client("aws-cli/2.31.1 md/x"), "aws-cli");
        assert_eq!(client("[S3Console/0.4, aws-internal/3]"), "console");
        assert_eq!(client("/"), "/");
    }

    #[test]
    fn no_id_becomes_a_command_of_its_own() {
        assert_eq!(short_id("6f1c2b3a-0d4e-4f6a"), "6f1c2b3a");
        for id in ["", "6f1c2b3a; rm -rf ~", "$(id)", "--config=x", "a\nb", "é"] {
            assert_eq!(short_id(id), "");
        }
    }
}
