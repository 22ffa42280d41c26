//! `match.` of a `[[report]]`: which findings it shows.

use std::collections::{BTreeMap, BTreeSet};

use super::{Account, ConfigError, account, file};
use crate::exclusion::{Pattern, Patterns};
use crate::finding::Verdict;

/// Which findings a report shows. All kinds of conditions that are set have to hold; within one, any
/// value is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    /// Account ids.
    pub accounts: BTreeSet<String>,
    /// Groups of accounts; they and the ids add up.
    pub groups: BTreeSet<String>,
    /// Values by tag of the account; every tag has to have one of its values.
    pub tags: BTreeMap<String, BTreeSet<String>>,
    /// Services, with `.amazonaws.com` or without.
    pub services: Patterns,
    /// Actions, `ec2:RunInstances`.
    pub actions: Patterns,
    /// What the detection says; empty takes all.
    pub verdicts: BTreeSet<Verdict>,
    /// People, by name or ARN; not set takes all.
    pub actors: Patterns,
    /// With `actors`: also whoever is known by no e-mail address, such as root.
    pub actors_without_email: bool,
}

impl Match {
    /// Whether it has no conditions, so that it takes everything.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The conditions of the report `report`.
    pub(super) fn of(
        report: &str,
        written: &file::Match,
        accounts: &BTreeMap<String, Account>,
    ) -> Result<Self, ConfigError> {
        let wrong = |key: &str, reason: String, hint: &str| ConfigError::Value {
            key: format!("report.{report}.match.{key}"),
            reason,
            hint: hint.to_owned(),
        };
        let digits = |id: &String| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(id) = written.accounts.iter().find(|id| !digits(id)) {
            let reason = format!("'{}' is no account id", id.escape_debug());
            return Err(wrong("accounts", reason, "Write the twelve digits in quotes."));
        }
        for name in &written.groups {
            account::members(name, accounts, format!("report.{report}.match.groups"))?;
        }
        for (tag, file::Values(values)) in &written.tags {
            account::tagged(tag, values, accounts, format!("report.{report}.match.tags"))?;
        }
        for service in named(&written.services).map_err(|()| {
            wrong("services", "names no service".to_owned(), "Name some, or leave it out.")
        })? {
            if !is_service(service.as_str()) {
                let reason = format!("'{}' is no service", service.as_str().escape_debug());
                let hint =
                    "Write it as in eventSource, in small letters: iam or iam.amazonaws.com.";
                return Err(wrong("services", reason, hint));
            }
        }
        for action in named(&written.actions).map_err(|()| {
            wrong("actions", "names no action".to_owned(), "Name some, or leave it out.")
        })? {
            let parts = action.as_str().split_once(':');
            if !parts.is_some_and(|(service, name)| is_service(service) && !name.is_empty()) {
                let reason = format!("'{}' is no action", action.as_str().escape_debug());
                let hint = "Write it with its service: iam:CreateAccessKey, ec2:Delete*, *:Put*.";
                return Err(wrong("actions", reason, hint));
            }
        }
        if written.verdicts.as_ref().is_some_and(BTreeSet::is_empty) {
            let hint = "Name some, or leave it out.";
            return Err(wrong("verdicts", "names no verdict".to_owned(), hint));
        }
        named(&written.actors).map_err(|()| {
            let hint = "Name somebody, or leave match.actors out to report everybody.";
            wrong("actors", "names nobody".to_owned(), hint)
        })?;
        if written.actors_without_email && written.actors.set().is_none() {
            let reason = "means nothing without match.actors".to_owned();
            let hint = "Leave it out: a report without match.actors shows everybody.";
            return Err(wrong("actors_without_email", reason, hint));
        }
        let tag = |(tag, values): (&String, &file::Values)| {
            (tag.clone(), values.0.iter().cloned().collect::<BTreeSet<_>>())
        };
        Ok(Self {
            accounts: written.accounts.clone(),
            groups: written.groups.clone(),
            tags: written.tags.iter().map(tag).collect(),
            services: written.services.clone(),
            actions: written.actions.clone(),
            verdicts: written.verdicts.clone().unwrap_or_default(),
            actors: written.actors.clone(),
            actors_without_email: written.actors_without_email,
        })
    }
}

/// The patterns; an error where a list is empty, or one of them is.
fn named(patterns: &Patterns) -> Result<&[Pattern], ()> {
    match patterns.set() {
        None => Ok(&[]),
        Some(all) if all.is_empty() || all.iter().any(|one| one.as_str().is_empty()) => Err(()),
        Some(all) => Ok(all),
    }
}

/// Whether a pattern can match a service as CloudTrail writes it.
fn is_service(pattern: &str) -> bool {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'*');
    !pattern.is_empty() && pattern.bytes().all(fits)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::{Config, UNMATCHED};
    use super::*;

    const ACCOUNTS: &str = r#"
        [[account]]
        id = "111122223333"
        name = "a"
        tags = { team = "payments", env = "prod" }
        [[account]]
        id = "222233334444"
        name = "b"
        tags = { env = "stage" }
    "#;

    fn load(text: &str) -> Result<Config, String> {
        Config::parse(&format!("{ACCOUNTS}\n{text}"), "test", [])
            .map_err(|error| format!("{error} {}", error.hint().unwrap_or_default()))
    }

    fn conditions(line: &str) -> Result<Match, String> {
        let config = load(&format!("[[report]]\nname = 'r'\n{line}"))?;
        Ok(config.reports[0].matches.clone())
    }

    #[test]
    fn every_kind_of_condition_can_be_written() {
        let read = conditions(
            "match.tags = { team = 'payments', env = ['prod', 'stage'] }\n\
             match.services = ['iam', 's3.amazonaws.com']\n\
             match.actions = ['iam:CreateAccessKey', 'ec2:Delete*', '*:Put*']\n\
             match.verdicts = ['attempted', 'clickops']",
        )
        .unwrap();
        assert_eq!(read.tags["env"].len(), 2);
        assert_eq!(read.services.set().unwrap().len(), 2);
        assert_eq!(read.actions.set().unwrap().len(), 3);
        assert_eq!(read.verdicts, [Verdict::Clickops, Verdict::Attempted].into());
        assert!(!read.is_open() && conditions("").unwrap().is_open());
    }

    #[test]
    fn what_can_never_match_is_an_error_with_the_remedy() {
        for (line, says) in [
            ("match.tags = { taem = 'payments' }", "Did you mean 'team'?"),
            ("match.tags = { env = 'prdo' }", "Did you mean 'prod'?"),
            ("match.tags = { env = ['prod', 'qa'] }", "report.r.match.tags: no account has env"),
            ("match.tags = { env = [] }", "report.r.match.tags: env has no value"),
            ("match.services = ['IAM']", "report.r.match.services: 'IAM' is no service"),
            ("match.services = []", "report.r.match.services: names no service"),
            ("match.actions = ['CreateUser']", "report.r.match.actions: 'CreateUser' is no action"),
            ("match.actions = ['iam:']", "report.r.match.actions: 'iam:' is no action"),
            ("match.actions = ['IAM:x']", "report.r.match.actions: 'IAM:x' is no action"),
            ("match.actions = ''", "report.r.match.actions: names no action"),
            ("match.verdicts = ['attemtped']", "Did you mean 'attempted'?"),
            ("match.verdicts = []", "report.r.match.verdicts: names no verdict"),
            ("match.accounts = ['12']", "report.r.match.accounts: '12' is no account id"),
        ] {
            let error = conditions(line).unwrap_err();
            assert!(error.contains(says), "{line}: {error}");
        }
    }

    #[test]
    fn what_no_report_shows_goes_to_the_default_channel() {
        let report = |name: &str, more: &str| format!("[[report]]\nname = '{name}'\n{more}\n");
        let channel = |name: &str, more: &str| {
            format!("[[channel]]\nname = '{name}'\nsink = 'terminal'\n{more}\n")
        };
        let narrow = report("iam", "match.services = 'iam'");
        let names = |text: &str| -> Vec<(String, Vec<String>)> {
            let reports = load(text).unwrap().reports;
            reports.into_iter().skip(1).map(|one| (one.name, one.channels)).collect()
        };
        let to = |name: &str, channel: &str| (name.to_owned(), vec![channel.to_owned()]);
        assert_eq!(names(&narrow), [to(UNMATCHED, "terminal")]);
        let two = [channel("one", ""), channel("two", "")].concat();
        assert_eq!(names(&format!("{two}{narrow}")), [to(UNMATCHED, "one")]);
        let marked = [channel("one", ""), channel("two", "default = true")].concat();
        assert_eq!(names(&format!("{marked}{narrow}")), [to(UNMATCHED, "two")]);
        assert_eq!(names(&report("all", "")), []);
        assert_eq!(names(&format!("{narrow}{}", report("all", ""))), [to("all", "terminal")]);
        let other = report("in", "detection = 'sign_ins'\nmatch.actors = 'ann'");
        assert_eq!(
            names(&format!("{narrow}{other}"))[1..],
            [to(UNMATCHED, "terminal"), to("unmatched sign_ins", "terminal")]
        );
        let both = [channel("one", "default = true"), channel("two", "default = true")].concat();
        assert!(load(&both).unwrap_err().starts_with("channel.two.default: 'one' is the default"));
        for name in [UNMATCHED, "unmatched sign_ins"] {
            assert!(load(&report(name, "")).unwrap_err().contains("is reserved"), "{name}");
        }
    }
}
