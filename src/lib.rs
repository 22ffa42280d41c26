//! clickops finds what people changed by hand in the AWS console.
//!
//! Two straight lines do all the work, and each word is a module:
//!
//! ```text
//! collect:  window -> logs -> query -> findings -> raw events -> journal -> ledger
//! report:   schedule -> journal -> route -> digest -> render -> deliver -> ledger
//! ```
//!
//! * [`collect`]: [`window`], [`logs`], [`query`] on an [`engine`], [`finding`], [`raw`],
//!   [`journal`], [`ledger`].
//! * [`report`]: [`schedule`], [`journal`], [`route`], [`digest`], [`render`], [`deliver`] to a
//!   [`sink`], [`ledger`].
//!
//! Around them: [`config`] (the file as written and as used), [`table`] (the log table's shape),
//! [`upkeep`] (that it shows what delivers),
//! [`sql`] (Athena's grammar and types), [`exclusion`] (what is hidden, and why), [`notifier`]
//! (another tool's settings), [`preview`] (what messages will look like), [`store`] (where journal and ledger live), [`secret`] (what the config
//! only names), `aws` (how AWS is reached), `install` (what Athena holds for people), [`app`]
//! (wiring), [`tick`] (both lines in turn), [`doctor`] (what would stop them), and [`cli`] and
//! `lambda`, the two ways to begin one.

pub mod app;
#[cfg(feature = "aws")]
pub mod aws;
pub mod cli;
pub mod collect;
pub mod config;
pub mod deliver;
pub mod digest;
pub mod doctor;
pub mod engine;
pub mod error;
pub mod exclusion;
mod figures;
pub mod finding;
#[cfg(feature = "aws")]
pub mod install;
pub mod journal;
#[cfg(feature = "aws")]
pub mod lambda;
pub mod ledger;
pub mod logging;
pub mod logs;
pub mod message;
mod moment;
pub mod notifier;
pub mod preview;
pub mod query;
pub mod raw;
pub mod render;
pub mod report;
pub mod route;
pub mod schedule;
pub mod secret;
pub mod sink;
pub mod sql;
pub mod store;
pub mod table;
pub mod tick;
pub mod upkeep;
pub mod window;

/// The candidate that `name` is a likely misspelling of: most of its letters are right and in place.
pub(crate) fn nearest<'a, T: AsRef<str>>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a T>,
) -> Option<&'a T> {
    let name = name.to_lowercase();
    let likeness = |candidate: &T| strsim::jaro_winkler(&name, &candidate.as_ref().to_lowercase());
    candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, candidate)| *likeness > 0.75 && is_typo(&name, candidate.as_ref()))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Whether no more than a third of the letters differ. Likeness alone favours long names that only
/// begin alike.
fn is_typo(name: &str, candidate: &str) -> bool {
    let candidate = candidate.to_lowercase();
    let longest = name.chars().count().max(candidate.chars().count());
    3 * strsim::osa_distance(name, &candidate) <= longest
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_a_likely_typo_is_suggested() {
        let known = ["clickops", "chained", "reported", "eu-west-1", "run-state"];
        let nearest = |name: &str| super::nearest(name, &known).copied();
        assert_eq!(nearest("Clikops"), Some("clickops"));
        assert_eq!(nearest("eu-wset-1"), Some("eu-west-1"));
        assert_eq!(nearest("runstate"), Some("run-state"));
        assert_eq!(nearest("chained-calls-are-told"), None);
        assert_eq!(nearest("report-of-the-day"), None);
        assert_eq!(nearest(""), None);
    }
}
