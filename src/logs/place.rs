//! What a log's folder tells of it.

use serde::{Deserialize, Serialize};

use super::is_region;

/// Partition values of a log, read from CloudTrail's folder layout
/// `AWSLogs/[o-id/]<account>/CloudTrail/<region>/<yyyy>/<MM>/<dd>/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Twelve digits.
    pub account: String,
    /// `eu-west-1`.
    pub region: String,
    /// Day of delivery, UTC, as the table's partition writes it: `2026/11/23`.
    pub day: String,
}

impl Place {
    /// Reads the layout from the last folders of an address; `None` where it is laid out otherwise.
    pub fn of(address: &str) -> Option<Self> {
        let mut parts = address.rsplit(['/', '\\']).skip(1);
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, folder, account) = (parts.next()?, parts.next()?, parts.next()?);
        let layout = folder == "CloudTrail"
            && digits(account, 12)
            && digits(year, 4)
            && digits(month, 2)
            && digits(day, 2);
        layout.then(|| Self {
            account: account.to_owned(),
            region: region.to_owned(),
            day: format!("{year}/{month}/{day}"),
        })
    }

    /// The place, without a day, of all logs below a folder that a trail fills for a region:
    /// `.../<account>/CloudTrail/<region>/`, with the slash at its end.
    pub(super) fn of_trail(folder: &str) -> Option<Self> {
        let mut parts = folder.strip_suffix('/')?.rsplit('/');
        let (region, name, account) = (parts.next()?, parts.next()?, parts.next()?);
        let trail = name == "CloudTrail" && digits(account, 12) && is_region(region);
        trail.then(|| Self {
            account: account.to_owned(),
            region: region.to_owned(),
            day: String::new(),
        })
    }

    /// The folder that a trail fills for a region, if that is what `folder` is or lies in.
    pub fn trail(folder: &str) -> Option<&str> {
        let mut ends = folder.match_indices('/').map(|(at, _)| &folder[..=at]);
        ends.rfind(|end| Self::of_trail(end).is_some())
    }
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_is_found_from_inside() {
        const TRAIL: &str = "p/AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/";
        assert_eq!(Place::trail(TRAIL), Some(TRAIL));
        assert_eq!(Place::trail(&format!("{TRAIL}2026/11/")), Some(TRAIL));
        assert_eq!(Place::trail("AWSLogs/111122223333/CloudTrail/"), None);
        assert_eq!(Place::trail("AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/"), None);
    }
}
