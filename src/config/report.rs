//! `[[report]]`.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use super::file::File;
use super::{Account, Channel, ConfigError, account};
use crate::exclusion::{Pattern, Patterns};
use crate::schedule::Schedule;

/// The view that is collected when nobody names another.
pub const DETECTION: &str = "console_activity";

/// A named, scheduled reader of the journal.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its name, in messages and in the ledger.
    pub name: String,
    /// When it is due; `None` is at every run.
    pub schedule: Option<Schedule>,
    /// The time zone of its schedule and of every time it shows.
    pub timezone: Tz,
    /// The view whose rows it reports.
    pub detection: String,
    /// A digest, a message for each finding, or both.
    pub mode: Mode,
    /// Names of the channels it goes to.
    pub channels: Vec<String>,
    /// Which findings it shows; empty sets take all.
    pub matches: Match,
}

/// What a report sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// One digest.
    Digest,
    /// One message for each finding.
    Events,
    /// The digest, then the messages.
    Both,
}

/// Which findings a report shows: those of its accounts that are of its people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    /// Account ids.
    pub accounts: BTreeSet<String>,
    /// Groups of accounts; they and the ids add up.
    pub groups: BTreeSet<String>,
    /// People, by name or ARN; not set takes all.
    pub actors: Patterns,
    /// With `actors`: also whoever is known by no e-mail address, such as root.
    pub actors_without_email: bool,
}

/// The reports of a file; one of all changes, at every run, where it has none.
pub(super) fn reports(
    file: &File,
    channels: &BTreeMap<String, Channel>,
    accounts: &BTreeMap<String, Account>,
) -> Result<Vec<Report>, ConfigError> {
    let mut reports: Vec<Report> = Vec::new();
    for written in &file.report {
        let error = |key: &str, reason: String, hint: String| ConfigError::Value {
            key: format!("report.{}.{key}", written.name),
            reason,
            hint,
        };
        if written.name.trim().is_empty() {
            let hint = "Call it by what it is for, such as hourly.".to_owned();
            return Err(error("name", "is empty".to_owned(), hint));
        }
        let digits = |id: &String| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(wrong) = written.matches.accounts.iter().find(|id| !digits(id)) {
            let hint = "Write the twelve digits in quotes.".to_owned();
            return Err(error("match.accounts", format!("'{wrong}' is no account id"), hint));
        }
        if reports.iter().any(|report| report.name == written.name) {
            let hint = "Give every [[report]] a name of its own.".to_owned();
            return Err(error("name", "is there twice".to_owned(), hint));
        }
        let timezone = match &written.timezone {
            None => Tz::UTC,
            Some(name) => name.parse().map_err(|_| {
                error(
                    "timezone",
                    format!("'{name}' is no time zone"),
                    "Write an IANA name such as Europe/Berlin.".to_owned(),
                )
            })?,
        };
        let schedule = written.schedule.as_deref().map(|text| {
            Schedule::parse(text).map_err(|reason| {
                let hint =
                    "Write five fields (minute hour day month weekday), as in 0 9 * * MON-FRI.";
                error("schedule", reason, hint.to_owned())
            })
        });
        if let Some(unknown) = written.channels.iter().find(|name| !channels.contains_key(*name)) {
            let known: Vec<_> = channels.keys().map(String::as_str).collect();
            return Err(error(
                "channels",
                format!("no channel is called '{unknown}'"),
                format!("There are: {}. Add a [[channel]] of that name.", known.join(", ")),
            ));
        }
        for name in &written.matches.groups {
            account::members(name, accounts, format!("report.{}.match.groups", written.name))?;
        }
        let unnamed = |pattern: &Pattern| pattern.as_str().is_empty();
        if written.matches.actors.set().is_some_and(|all| all.is_empty() || all.iter().any(unnamed))
        {
            let hint = "Name somebody, or leave match.actors out to report everybody.";
            return Err(error("match.actors", "names nobody".to_owned(), hint.to_owned()));
        }
        if written.matches.actors_without_email && written.matches.actors.set().is_none() {
            let hint = "Leave it out: a report without match.actors shows everybody.";
            return Err(error(
                "match.actors_without_email",
                "means nothing without match.actors".to_owned(),
                hint.to_owned(),
            ));
        }
        reports.push(Report {
            name: written.name.clone(),
            schedule: schedule.transpose()?,
            timezone,
            detection: written.detection.clone().unwrap_or_else(|| DETECTION.to_owned()),
            mode: written.mode.unwrap_or(Mode::Digest),
            channels: if written.channels.is_empty() {
                vec!["terminal".to_owned()]
            } else {
                written.channels.clone()
            },
            matches: Match {
                accounts: written.matches.accounts.clone(),
                groups: written.matches.groups.clone(),
                actors: written.matches.actors.clone(),
                actors_without_email: written.matches.actors_without_email,
            },
        });
    }
    if reports.is_empty() {
        reports.push(Report {
            name: "changes".to_owned(),
            schedule: None,
            timezone: Tz::UTC,
            detection: DETECTION.to_owned(),
            mode: Mode::Digest,
            channels: vec!["terminal".to_owned()],
            matches: Match::default(),
        });
    }
    Ok(reports)
}
