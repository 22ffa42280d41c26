//! Exclusions that cover an event but for one scope.

use super::Answer;
use crate::exclusion::Exclusion;
use crate::finding::Verdict;
use crate::finding::rows::Columns;

/// What such exclusions are, as a sentence.
pub(super) const COLUMN: &str = "nearly";
/// The file or the key that the exclusion stands in that decides on an event.
pub(super) const PLACE: &str = "exclusion_at";
/// No more of them are told: the user's own first.
const MOST: usize = 3;

/// Adds the column. What is `not` made by hand is never reported, so no exclusion comes near it.
pub(super) fn gather(answer: &mut Answer, exclusions: &[Exclusion]) {
    let columns = Columns::of(&answer.columns).ok();
    for row in &mut answer.rows {
        let finding =
            columns.as_ref().and_then(|columns| columns.finding(super::VERDICTS, row.clone()).ok());
        let near: Vec<_> = finding
            .iter()
            .filter(|finding| finding.verdict != Verdict::Not)
            .flat_map(|finding| {
                let near = |entry: &Exclusion| {
                    let miss = entry.nearly_covers(finding)?;
                    let value = miss.value.map_or("NULL".to_owned(), |value| format!("'{value}'"));
                    Some(format!(
                        "exclusion '{}' but for {}, which is {value} (change it in {})",
                        entry.name,
                        miss.scope,
                        entry.place()
                    ))
                };
                exclusions.iter().rev().filter_map(near).take(MOST)
            })
            .collect();
        row.push((!near.is_empty()).then(|| near.join("; ")));
    }
    answer.columns.push(COLUMN.to_owned());
}

/// Adds where the exclusion that decides on each event can be changed. It comes after the columns
/// that name it.
pub(super) fn places(answer: &mut Answer, exclusions: &[Exclusion]) {
    let names = ["exclusion", "reported_by"]
        .map(|name| answer.columns.iter().position(|column| column == name));
    for row in &mut answer.rows {
        let entry = names
            .iter()
            .find_map(|at| row.get((*at)?)?.as_ref())
            .and_then(|name| exclusions.iter().find(|entry| entry.name == *name));
        row.push(entry.map(|entry| entry.place().to_owned()));
    }
    answer.columns.push(PLACE.to_owned());
}
