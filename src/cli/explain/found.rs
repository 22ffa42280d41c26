//! What detections say of the events: whether reports show them, and which exclusion decides.

use std::collections::{BTreeSet, HashMap};

use super::Answer;
use crate::app::App;
use crate::config::DETECTION;
use crate::engine::Row;

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
pub(super) fn detections(app: &App, once: Option<&str>) -> BTreeSet<String> {
    let named = app.config.reports.iter().map(|report| report.detection.as_str());
    named
        .chain(once)
        .chain([DETECTION])
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
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
            let others: Vec<_> = said
                .iter()
                .filter(|said| said.detection != DETECTION)
                .map(|said| match &said.reason {
                    Some(reason) => format!("{}: {reason}", said.detection),
                    None => said.detection.clone(),
                })
                .collect();
            row.push((!others.is_empty()).then(|| others.join("\n")));
        }
        answer.columns.extend(COLUMNS.into_iter().chain([FOUND_BY]).map(str::to_owned));
    }
}

fn event(answer: &Answer, row: &Row) -> Event {
    EVENT.map(|name| answer.cell(row, name))
}
