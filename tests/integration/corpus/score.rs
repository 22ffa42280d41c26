//! How well a detection agrees with labels.

use std::collections::BTreeMap;
use std::fmt;

use super::records::Label;

/// A label, and whether the detection found what it is about.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    pub(super) label: &'a Label,
    found: bool,
}

/// How many labels a detection agrees with.
#[derive(Debug, Default)]
pub(super) struct Score {
    hits: u32,
    misses: u32,
    false_alarms: u32,
}

/// The answers about the records of each label, of answers about the records of all.
pub(super) fn by_label<'a, T>(
    labels: &'a [Label],
    mut answers: &'a [T],
) -> impl Iterator<Item = (&'a Label, &'a [T])> {
    labels.iter().map(move |label| {
        let (own, others) = answers.split_at(label.records.len());
        answers = others;
        (label, own)
    })
}

/// The decided labels. One that several records have in common holds for every one of them.
pub(super) fn judged<'a>(labels: &'a [Label], found: &'a [bool]) -> Vec<Judged<'a>> {
    by_label(labels, found)
        .filter_map(|(label, found)| {
            let found = match label.label.as_str() {
                "clickops" => found.iter().all(|found| *found),
                "not" => found.iter().any(|found| *found),
                _ => return None,
            };
            Some(Judged { label, found })
        })
        .collect()
}

impl Judged<'_> {
    pub(super) fn is_right(&self) -> bool {
        self.found == (self.label.label == "clickops")
    }
}

/// Of each class, how many labels there are, and how many the detection agrees with.
pub(super) fn classes(judged: &[Judged<'_>]) -> String {
    let mut classes: BTreeMap<_, (u32, u32)> = BTreeMap::new();
    for judged in judged {
        let Label { label, class, .. } = judged.label;
        let (all, right) = classes.entry((label, class)).or_default();
        *all += 1;
        *right += u32::from(judged.is_right());
    }
    let line = |((label, class), (all, right)): (&(&String, &String), &(u32, u32))| {
        format!("| {label} | {class} | {right} of {all} |\n")
    };
    classes.iter().map(line).collect()
}

impl Score {
    pub(super) fn of<'a>(judged: impl IntoIterator<Item = &'a Judged<'a>>) -> Self {
        let mut score = Self::default();
        for Judged { label, found } in judged {
            match (label.label.as_str(), found) {
                ("clickops", true) => score.hits += 1,
                ("clickops", false) => score.misses += 1,
                (_, true) => score.false_alarms += 1,
                (_, false) => {}
            }
        }
        score
    }

    /// The share of what was found that is labelled `clickops`; 1 where nothing was found.
    pub(super) fn precision(&self) -> f64 {
        share(self.hits, self.false_alarms)
    }

    /// The share of what is labelled `clickops` that was found; 1 where nothing is.
    pub(super) fn recall(&self) -> f64 {
        share(self.hits, self.misses)
    }
}

fn share(right: u32, wrong: u32) -> f64 {
    if right + wrong == 0 { 1.0 } else { f64::from(right) / f64::from(right + wrong) }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hits, misses, false_alarms } = self;
        write!(
            f,
            "precision {:.3}, recall {:.3} ({hits} found, {misses} missed, {false_alarms} false)",
            self.precision(),
            self.recall()
        )
    }
}

#[test]
fn a_label_holds_for_all_its_records() {
    let label = |label: &str, count| Label {
        label: label.to_owned(),
        class: "c".to_owned(),
        key: (String::new(), String::new()),
        records: vec!["{}".to_owned(); count],
    };
    let labels = [label("clickops", 2), label("not", 2), label("ambiguous", 1), label("not", 1)];
    let found = [true, false, false, true, true, false];
    let judged = judged(&labels, &found);
    let right: Vec<_> = judged.iter().map(Judged::is_right).collect();
    assert_eq!(right, [false, false, true]);
    assert_eq!(classes(&judged), "| clickops | c | 0 of 1 |\n| not | c | 1 of 2 |\n");
    let score = Score::of(&judged);
    assert_eq!(score.to_string(), "precision 0.000, recall 0.000 (0 found, 1 missed, 1 false)");
}
