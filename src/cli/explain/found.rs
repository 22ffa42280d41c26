//! What detections say of the events: whether reports show them, and which exclusion decides.

use std::collections::{BTreeSet, HashMap};

use super::Answer;
use crate::app::App;
use crate::config::{ConfigError, DETECTION};
use crate::engine::Row;
use crate::query::catalogue::Catalogue;

/// What of an explanation comes from detections, because only they know exclusions.
const COLUMNS: [&str; 8] = [
    REPORTED,
    "exclusion",
    "exclusion_kind",
    "exclusion_reason",
    "exclusion_until",
    "expired_exclusion",
    "expired_on",
    "reported_by",
];
const REPORTED: &str = "reported";
/// The optional detections that found it and why, one a line.
pub(super) const FOUND_BY: &str = "found_by";

/// The detections to ask: changes by hand, what the config's reports name, and what found it once.
///
/// # Errors
/// [`ConfigError`] for a report that names no view. What found an event once may be gone since.
pub(super) fn detections(
    app: &App,
    catalogue: &Catalogue,
    once: Option<&str>,
) -> Result<BTreeSet<String>, ConfigError> {
    let mut all = app.config.detections(catalogue)?;
    let known = |name: &&str| catalogue.get(name).is_ok();
    all.extend(once.into_iter().filter(known).chain([DETECTION]).map(str::to_owned));
    Ok(all)
}

/// What tells events apart, as in `all_activity`: published samples use an id more than once.
const EVENT: [&str; 4] = ["event_id", "account_id", "event_time", "event_name"];
type Event = [Option<String>; EVENT.len()];

/// What the detections found, by event.
#[derive(Default)]
pub(super) struct Found(HashMap<Event, Vec<Said>>);

/// What one detection says of one event.
struct Said {
    detection: String,
    reason: Option<String>,
    cells: [Option<String>; COLUMNS.len()],
}

impl Said {
    fn reported(&self) -> bool {
        // A detection without the column reports all it finds.
        self.cells[0].as_deref().is_none_or(|reported| reported == "true")
    }
}

impl Found {
    /// Takes what a detection answered.
    pub(super) fn add(&mut self, detection: &str, answer: &Answer) {
        for row in &answer.rows {
            let cell = |name: &str| answer.cell(row, name);
            let said = Said {
                detection: detection.to_owned(),
                reason: cell("reason"),
                cells: COLUMNS.map(cell),
            };
            self.0.entry(event(answer, row)).or_default().push(said);
        }
    }

    /// Adds the columns. Where several found an event, one that reports it speaks.
    pub(super) fn gather(&self, answer: &mut Answer) {
        let events: Vec<Event> = answer.rows.iter().map(|row| event(answer, row)).collect();
        for (row, event) in answer.rows.iter_mut().zip(events) {
            let said = self.0.get(&event).map_or(&[][..], Vec::as_slice);
            let speaks = said.iter().find(|said| said.reported()).or_else(|| said.first());
            let reported = speaks.is_some_and(Said::reported).to_string();
            let mut cells = speaks.map_or_else(|| COLUMNS.map(|_| None), |said| said.cells.clone());
            cells[0] = Some(reported);
            row.extend(cells);
            row.push(found_by(said.iter().map(|said| (&*said.detection, said.reason.as_deref()))));
        }
        answer.columns.extend(COLUMNS.into_iter().chain([FOUND_BY]).map(str::to_owned));
    }
}

/// Detections with their reasons, one a line, without the one that everybody means.
pub(super) fn found_by<'a>(
    said: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> Option<String> {
    let line = |(detection, reason): (&str, Option<&str>)| match reason {
        Some(reason) => format!("{detection}: {reason}"),
        None => detection.to_owned(),
    };
    let others = said.into_iter().filter(|(name, _)| !["", DETECTION].contains(name));
    let lines: Vec<_> = others.map(line).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn event(answer: &Answer, row: &Row) -> Event {
    EVENT.map(|name| answer.cell(row, name))
}
