//! `[[report]]`.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use super::file::File;
use super::{Account, Channel, ConfigError, Match};
use crate::schedule::Schedule;

/// The view that is collected when nobody names another.
pub const DETECTION: &str = "console_activity";

/// The report of what no report of [`DETECTION`] shows. Those of other detections have the name of
/// the detection behind it.
pub const UNMATCHED: &str = "unmatched";

/// How many findings get a message of their own when nobody says.
pub const MAX_EVENTS: usize = 20;

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
    /// Whether it says that there is nothing to tell.
    pub quiet: bool,
    /// How many findings at most get a message of their own at a time; the rest is one digest.
    pub max_events: usize,
    /// Which findings it shows; empty sets take all.
    pub matches: Match,
    /// What the other reports of its detection show, and this one therefore leaves out. Only a
    /// report of what is unmatched has any.
    pub others: Vec<Match>,
}

impl Report {
    /// Whether it shows what no other report of its detection shows.
    pub fn is_unmatched(&self) -> bool {
        !self.others.is_empty()
    }
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
        if written.name == UNMATCHED || written.name.starts_with(&format!("{UNMATCHED} ")) {
            let hint = "Reports of what no other report shows are called so; take another name.";
            return Err(error("name", "is reserved".to_owned(), hint.to_owned()));
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
            quiet: written.quiet.unwrap_or(true),
            max_events: written.max_events.unwrap_or(MAX_EVENTS),
            matches: Match::of(&written.name, &written.matches, accounts)?,
            others: Vec::new(),
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
            quiet: true,
            max_events: MAX_EVENTS,
            matches: Match::default(),
            others: Vec::new(),
        });
    }
    Ok(reports)
}

/// The reports to `channel` of what none of `reports` shows, one for each detection whose reports
/// all have conditions. They go out at every run that finds some.
pub(super) fn unmatched(reports: &[Report], channel: &str) -> Vec<Report> {
    let detections: BTreeSet<&str> = reports.iter().map(|one| one.detection.as_str()).collect();
    let unmatched = |detection: &str| {
        let others: Vec<&Report> =
            reports.iter().filter(|one| one.detection == detection).collect();
        if others.iter().any(|one| one.matches.is_open()) {
            return None;
        }
        Some(Report {
            name: match detection {
                DETECTION => UNMATCHED.to_owned(),
                other => format!("{UNMATCHED} {other}"),
            },
            schedule: None,
            timezone: others.first().map_or(Tz::UTC, |one| one.timezone),
            detection: detection.to_owned(),
            mode: Mode::Digest,
            channels: vec![channel.to_owned()],
            quiet: false,
            max_events: MAX_EVENTS,
            matches: Match::default(),
            others: others.iter().map(|one| one.matches.clone()).collect(),
        })
    };
    detections.into_iter().filter_map(unmatched).collect()
}
