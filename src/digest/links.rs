//! Links into the AWS console.
//!
//! A link to an event opens only for whoever is signed in to its account, and AWS shows management
//! events of the last 90 days. With the access portal of IAM Identity Center the link signs people
//! in first: <https://docs.aws.amazon.com/singlesignon/latest/userguide/createshortcutlink.html>.

use serde::Serialize;

use super::words;
use crate::finding::Finding;

/// The access portal of IAM Identity Center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// Its address: `https://example.awsapps.com/start`.
    pub address: String,
    /// The permission set to sign in with; without one the portal asks.
    pub role: Option<String>,
}

/// Where a browser finds more about an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Links {
    /// The event in CloudTrail's console, by the access portal where the config names it.
    pub event: Option<String>,
    /// The log that holds it, in the console of S3; for people signed in to the bucket's account.
    pub log: Option<String>,
}

impl Links {
    /// The links of a finding. Whatever is not of the form that AWS gives makes no link.
    pub(super) fn of(finding: &Finding, portal: Option<&Portal>) -> Self {
        Self { event: event(finding, portal), log: finding.log_file.as_deref().and_then(log) }
    }
}

/// The link to an event.
pub(super) fn event(finding: &Finding, portal: Option<&Portal>) -> Option<String> {
    let id = &finding.event_id;
    // Made up where a record has none.
    if words::short_id(id).is_empty() || id.len() > 64 {
        return None;
    }
    let region = finding.region.as_deref().filter(|region| is_region(region))?;
    let host = console(region);
    let destination = format!("https://{host}/cloudtrailv2/home?region={region}#/events/{id}");
    let Some(portal) = portal else {
        return Some(destination);
    };
    let digits = |id: &&str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    let account = finding.account_id.as_deref().filter(digits)?;
    let role = portal.role.as_deref().map(|role| format!("&role_name={}", encoded(role)));
    Some(format!(
        "{}/#/console?account_id={account}{}&destination={}",
        portal.address.trim_end_matches(['/', '#']),
        role.unwrap_or_default(),
        encoded(&destination)
    ))
}

/// The link to an object of S3.
fn log(address: &str) -> Option<String> {
    let (bucket, key) = address.strip_prefix("s3://")?.split_once('/')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if bucket.is_empty() || !bucket.chars().all(plain) || key.len() > 1_024 {
        return None;
    }
    Some(format!("https://console.aws.amazon.com/s3/object/{bucket}?prefix={}", encoded(key)))
}

fn is_region(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.len() <= 24 && text.contains('-') && text.chars().all(plain)
}

/// The host of a region's console, by partition.
fn console(region: &str) -> String {
    let domain = match region {
        region if region.starts_with("cn-") => "console.amazonaws.cn",
        region if region.starts_with("us-gov-") => "console.amazonaws-us-gov.com",
        region if region.starts_with("eusc-") => "console.amazonaws-eusc.eu",
        _ => "console.aws.amazon.com",
    };
    format!("{region}.{domain}")
}

/// A text as one value in an address.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn finding(region: &str, id: &str) -> Finding {
        let value = serde_json::json!({
            "event_id": id, "event_time": "", "event_source": "", "event_name": "",
            "verdict": "clickops", "account_id": "111122223333", "region": region,
            "log_file": "s3://trail/AWSLogs/a b.json.gz",
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn an_event_is_in_the_console_of_its_region() {
        let link = |region: &str, id: &str| Links::of(&finding(region, id), None).event;
        assert_eq!(
            link("eu-west-1", "6f1c-2b").unwrap(),
            "https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events/6f1c-2b"
        );
        assert!(link("cn-north-1", "a").unwrap().contains("cn-north-1.console.amazonaws.cn/"));
        assert!(link("us-gov-east-1", "a").unwrap().contains(".console.amazonaws-us-gov.com/"));
        for (region, id) in [("evil.example/", "a"), ("", "a"), ("eu-west-1", "a/../b"), ("x", "a")]
        {
            assert_eq!(link(region, id), None);
        }
    }

    #[test]
    fn the_portal_signs_people_in_first() {
        let portal = Portal {
            address: "https://example.awsapps.com/start/#/".to_owned(),
            role: Some("Read Only".to_owned()),
        };
        let links = Links::of(&finding("eu-west-1", "6f1c"), Some(&portal));
        assert_eq!(
            links.event.unwrap(),
            "https://example.awsapps.com/start/#/console?account_id=111122223333\
             &role_name=Read%20Only&destination=https%3A%2F%2Feu-west-1.console.aws.amazon.com\
             %2Fcloudtrailv2%2Fhome%3Fregion%3Deu-west-1%23%2Fevents%2F6f1c"
        );
        assert_eq!(
            links.log.unwrap(),
            "https://console.aws.amazon.com/s3/object/trail?prefix=AWSLogs%2Fa%20b.json.gz"
        );
    }
}
