//! What a report has to tell, and which findings get a message of their own.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::config::{Mode, Report};
use crate::digest::words::plural;
use crate::digest::{Digest, Finds, weight};
use crate::finding::Finding;

/// Whether the digest goes out. One that may be left out does so where it shows nothing, and there
/// is nothing else that people must know. A report that asks for verdicts wants to hear of calls
/// with these, although digests only count them.
pub(super) fn tells(report: &Report, digest: &Digest) -> bool {
    let counts = &digest.counts;
    let counted = counts.denied + counts.failed + counts.chained + counts.operational;
    match (counts.changes, report.is_unmatched()) {
        (1.., _) => true,
        // Damaged logs are for the reports of the config to tell.
        (0, true) => false,
        (0, false) => {
            report.quiet
                || !digest.notices.is_empty()
                || !digest.run.damaged.is_empty()
                || (!report.matches.verdicts.is_empty() && counted > 0)
        }
    }
}

/// The findings of a report by what becomes of them.
#[derive(Debug)]
pub(super) struct Chosen<'a> {
    /// Those that get a message of their own, in the order of time.
    pub(super) own: Vec<&'a Finding>,
    /// Those that would get one if there were not so many.
    pub(super) rest: Vec<&'a Finding>,
}

impl<'a> Chosen<'a> {
    /// Chooses the most important. Of two that are alike it is the earlier one, so that nobody
    /// pushes out what they did by doing more.
    pub(super) fn of(report: &Report, findings: &'a [Finding]) -> Self {
        if report.mode == Mode::Digest {
            return Self { own: Vec::new(), rest: Vec::new() };
        }
        let mut shown: Vec<&Finding> = findings.iter().filter(|finding| finding.reported).collect();
        shown.sort_by(|a, b| a.event_time.cmp(&b.event_time));
        let mut ranks: Vec<usize> = (0..shown.len()).collect();
        ranks.sort_by_key(|at| Reverse(weight::comes_first(shown[*at])));
        let first: BTreeSet<usize> = ranks.into_iter().take(report.max_events).collect();
        let (mut own, mut rest) = (Vec::new(), Vec::new());
        for (at, finding) in shown.into_iter().enumerate() {
            if first.contains(&at) { own.push(finding) } else { rest.push(finding) }
        }
        Self { own, rest }
    }

    /// The sentence about those that get no message of their own, if there are any.
    pub(super) fn notice(&self, report: &Report, finds: &Finds) -> Option<String> {
        let number = self.rest.len() as u64;
        let verb = if number == 1 { "has" } else { "have" };
        (number > 0).then(|| {
            format!(
                "{} {verb} no message of {} own (max_events = {})",
                plural(number, &finds.one, Some(&finds.many)),
                if number == 1 { "its" } else { "their" },
                report.max_events
            )
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::config::Config;

    fn report(lines: &str) -> Report {
        let text = format!("[[report]]\nname = 'r'\n{lines}");
        Config::parse(&text, "test", []).unwrap().reports.remove(0)
    }

    fn finding(minute: usize, name: &str) -> Finding {
        let value = serde_json::json!({
            "event_id": format!("{name}-{minute}"),
            "event_time": format!("2026-11-23T{:02}:{:02}:00Z", minute / 60, minute % 60),
            "event_source": "ec2.amazonaws.com", "event_name": name, "verdict": "clickops",
        });
        serde_json::from_value(value).unwrap()
    }

    fn ids(findings: &[&Finding]) -> Vec<String> {
        findings.iter().map(|finding| finding.event_id.clone()).collect()
    }

    #[test]
    fn the_important_then_the_earliest_get_messages_in_the_order_of_time() {
        let findings = [
            finding(9, "RunInstances"),
            finding(5, "RunInstances"),
            finding(8, "DeleteVpc"),
            finding(1, "RunInstances"),
            finding(7, "DeleteVpc"),
        ];
        let three = report("mode = 'events'\nmax_events = 3");
        let chosen = Chosen::of(&three, &findings);
        assert_eq!(ids(&chosen.own), ["RunInstances-1", "DeleteVpc-7", "DeleteVpc-8"]);
        assert_eq!(ids(&chosen.rest), ["RunInstances-5", "RunInstances-9"]);
        assert_eq!(
            chosen.notice(&three, &Finds::default()).unwrap(),
            "2 changes have no message of their own (max_events = 3)"
        );
        let four = report("mode = 'both'\nmax_events = 4");
        assert_eq!(
            Chosen::of(&four, &findings).notice(&four, &Finds::default()).unwrap(),
            "1 change has no message of its own (max_events = 4)"
        );
        let none = report("mode = 'events'\nmax_events = 0");
        assert_eq!(Chosen::of(&none, &findings).rest.len(), 5);
    }

    #[test]
    fn twenty_unless_somebody_says_and_none_of_what_is_hidden() {
        let mut findings: Vec<_> = (0..25).map(|minute| finding(minute, "RunInstances")).collect();
        findings[0].reported = false;
        let events = report("mode = 'events'");
        let chosen = Chosen::of(&events, &findings);
        assert_eq!((chosen.own.len(), chosen.rest.len()), (20, 4));
        let digest = report("");
        let chosen = Chosen::of(&digest, &findings);
        assert!(chosen.own.is_empty() && chosen.notice(&digest, &Finds::default()).is_none());
    }
}
