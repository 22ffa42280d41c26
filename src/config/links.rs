//! `[links]`: where messages lead.

use serde::Deserialize;

use super::ConfigError;
use crate::digest::Portal;

/// `[links]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Written {
    /// Address of the access portal of IAM Identity Center.
    pub portal: Option<String>,
    /// The permission set that readers sign in with.
    pub role: Option<String>,
}

/// The portal, if there is one.
pub(super) fn portal(written: &Written) -> Result<Option<Portal>, ConfigError> {
    let wrong = |key: &str, reason: &str, hint: &str| ConfigError::Value {
        key: format!("links.{key}"),
        reason: reason.to_owned(),
        hint: hint.to_owned(),
    };
    let hint = "Write its address, as in https://example.awsapps.com/start.";
    let Some(address) = &written.portal else {
        return match written.role {
            Some(_) => Err(wrong("role", "means nothing without links.portal", hint)),
            None => Ok(None),
        };
    };
    let plain = |c: char| c.is_ascii_graphic() && !"<>|\"'()\\`".contains(c);
    if !address.starts_with("https://") || !address.chars().all(plain) {
        return Err(wrong("portal", "is no address that begins with https://", hint));
    }
    Ok(Some(Portal { address: address.clone(), role: written.role.clone() }))
}
