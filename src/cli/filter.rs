//! Which logs a query reads: by delivery, and by account and region where their folder tells.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::Args;

use super::progress::counted;
use super::{Moment, remark};
use crate::app::App;
use crate::config::{Config, Place};
use crate::error::Error;
use crate::logs::{Log, Span, is_region};
use crate::nearest;

/// How far back logs in AWS are read when nobody says.
const LATELY: TimeDelta = TimeDelta::days(1);

/// Flags that choose logs.
#[derive(Debug, Args)]
pub(super) struct FilterArgs {
    /// Only logs delivered since then: a length of time or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    since: Option<Moment>,
    /// Only logs delivered before then
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    until: Option<Moment>,
    /// Only logs of these accounts: ids, or names and groups of those in the config
    ///
    /// A log's folder tells account and region. Logs outside CloudTrail's folder layout cannot be
    /// chosen by them: they are read whatever is given here.
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    account: Vec<String>,
    /// Only logs of these regions; for logs outside CloudTrail's folder layout, see --account
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    region: Vec<String>,
}

/// What logs have to be like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    span: Span,
}

impl Filter {
    pub(super) fn of(
        args: &FilterArgs,
        config: &Config,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let mut filter = Self::default();
        filter.set_span(
            args.since.map(|moment| moment.from(now)),
            args.until.map(|moment| moment.from(now)),
        )?;
        filter.set_accounts(&args.account, config)?;
        filter.set_regions(&args.region)?;
        Ok(filter)
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn set_span(
        &mut self,
        since: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
    ) -> Result<(), Error> {
        if since.zip(until).is_some_and(|(since, until)| since >= until) {
            return Err(Error::usage(
                "the time since which logs are read is not before the one until which they are",
                "Exchange the two.",
            ));
        }
        (self.span.since, self.span.until) = (since, until);
        Ok(())
    }

    /// Takes ids, and what the config calls accounts. Nothing given takes all.
    pub(super) fn set_accounts(&mut self, names: &[String], config: &Config) -> Result<(), Error> {
        let mut ids = BTreeSet::new();
        for name in names {
            ids.extend(accounts(name.trim(), config)?);
        }
        self.span.accounts = ids;
        Ok(())
    }

    /// Takes names of regions. Nothing given takes all.
    pub(super) fn set_regions(&mut self, names: &[String]) -> Result<(), Error> {
        let names: BTreeSet<_> = names.iter().map(|name| name.trim().to_lowercase()).collect();
        if let Some(wrong) = names.iter().find(|name| !is_region(name)) {
            return Err(Error::usage(
                format!("'{wrong}' is no name of a region"),
                "Write it as eu-west-1, several with commas between them.",
            ));
        }
        self.span.regions = names;
        Ok(())
    }

    /// Begins a day before the end where logs lie in S3, all logs there ever were are meant, and
    /// nobody asked for all. Says so.
    pub(super) fn keep_small(&mut self, app: &App) -> Result<(), Error> {
        let whole = matches!(&app.config.logs, Some(Place::S3(root)) if !root.is_of_a_time());
        if whole && self.span.since.is_none() {
            self.begin_lately(app.now)?;
        }
        Ok(())
    }

    /// Begins a day before the end: every byte costs money. Says so.
    pub(super) fn begin_lately(&mut self, now: DateTime<Utc>) -> Result<(), Error> {
        let until = self.span.until;
        let since = until.unwrap_or(now) - LATELY;
        self.set_span(Some(since), until)?;
        let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        remark(&format!("only logs delivered since {since}; --since reads others"));
        Ok(())
    }

    /// The logs that fit, and what has to be said of the choice.
    pub(super) fn chosen(&self, logs: &[Log]) -> (Vec<Log>, Vec<String>) {
        let fits = |log: &&Log| {
            self.span.has_minute(log.delivered)
                && log.place.as_ref().is_none_or(|place| self.span.has_place(place))
        };
        let chosen: Vec<Log> = logs.iter().filter(fits).cloned().collect();

        let mut remarks = Vec::new();
        let Span { accounts: wanted, regions: wanted_regions, .. } = &self.span;
        if !(wanted.is_empty() && wanted_regions.is_empty()) {
            let all = logs.iter().filter_map(|log| log.place.as_ref());
            let accounts = all.clone().map(|place| place.account.as_str()).collect();
            let regions = all.map(|place| place.region.as_str()).collect();
            remarks.extend(absent("account", wanted, &accounts));
            remarks.extend(absent("region", wanted_regions, &regions));
            let unplaced = chosen.iter().filter(|log| log.place.is_none()).count();
            if unplaced > 0 {
                remarks.push(format!(
                    "{} outside CloudTrail's folder layout cannot be chosen by account or region, and will be read",
                    counted(unplaced as u64, "log")
                ));
            }
        }
        if chosen.is_empty() && !logs.is_empty() {
            remarks.push(format!("none of {} is left to read", counted(logs.len() as u64, "log")));
        }
        (chosen, remarks)
    }
}

/// The ids that a name stands for.
fn accounts(name: &str, config: &Config) -> Result<Vec<String>, Error> {
    if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(vec![name.to_owned()]);
    }
    let like = |known: &str| known.eq_ignore_ascii_case(name);
    let ids = |named: &dyn Fn(&str, Option<&str>) -> bool| -> Vec<String> {
        let accounts = config.accounts.iter();
        accounts
            .filter(|(_, account)| named(&account.name, account.group.as_deref()))
            .map(|(id, _)| id.clone())
            .collect()
    };
    let mut found = ids(&|known, _| like(known));
    if found.is_empty() {
        found = ids(&|_, group| group.is_some_and(like));
    }
    if !found.is_empty() && !name.is_empty() {
        return Ok(found);
    }
    let known: BTreeSet<&str> = config
        .accounts
        .values()
        .flat_map(|account| [Some(account.name.as_str()), account.group.as_deref()])
        .flatten()
        .collect();
    let hint = match nearest(name, &known) {
        Some(nearest) => format!("Did you mean '{nearest}'?"),
        None if known.is_empty() => {
            "Write ids of twelve digits, several with commas between them. The config can give \
             accounts names with [[account]]."
                .to_owned()
        }
        None => {
            let known: Vec<_> = known.into_iter().collect();
            format!("Write ids of twelve digits, or what the config knows: {}.", known.join(", "))
        }
    };
    let what = match name {
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() => {
            format!("'{name}' is no account id: it has {} digits, not twelve", name.len())
        }
        _ => format!("'{name}' is no account id, and no name or group of an [[account]]"),
    };
    Err(Error::usage(what, hint))
}

/// Says which of the wanted values no log has.
fn absent(what: &str, wanted: &BTreeSet<String>, there: &BTreeSet<&str>) -> Option<String> {
    const SHOWN: usize = 12;
    let absent: Vec<_> = wanted.iter().map(String::as_str).filter(|v| !there.contains(v)).collect();
    if absent.is_empty() || there.is_empty() {
        return None;
    }
    let mut known: Vec<_> = there.iter().copied().take(SHOWN).collect();
    if there.len() > SHOWN {
        known.push("...");
    }
    let are = if there.len() == 1 { "is" } else { "are" };
    Some(format!("no log is of {what} {}; there {are} {}", absent.join(", "), known.join(", ")))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::config::Account;
    use crate::logs::{LogKey, Place};

    fn log(address: &str, delivered: &str) -> Log {
        Log {
            address: address.to_owned(),
            key: LogKey::of(&[address.as_bytes()]),
            place: Place::of(address),
            delivered: delivered.parse().unwrap(),
            bytes: 1,
        }
    }

    fn config() -> Config {
        let mut config = Config::load(None, []).unwrap();
        for (id, name, group) in [
            ("111122223333", "prod-payments", "production"),
            ("444455556666", "prod-web", "production"),
            ("555566667777", "sandbox", "play"),
        ] {
            let account = Account {
                name: name.to_owned(),
                group: Some(group.to_owned()),
                ..Account::default()
            };
            config.accounts.insert(id.to_owned(), account);
        }
        config
    }

    fn ids(names: &[&str]) -> Result<Vec<String>, String> {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut filter = Filter::default();
        match filter.set_accounts(&names, &config()) {
            Ok(()) => Ok(filter.span.accounts.into_iter().collect()),
            Err(error) => Err(error.report()),
        }
    }

    #[test]
    fn accounts_go_by_id_name_or_group() {
        assert_eq!(ids(&["999999999999"]).unwrap(), ["999999999999"]);
        assert_eq!(ids(&["Prod-Web", " sandbox "]).unwrap(), ["444455556666", "555566667777"]);
        assert_eq!(ids(&["production"]).unwrap(), ["111122223333", "444455556666"]);
        assert!(ids(&["prod-wbe"]).unwrap_err().contains("Did you mean 'prod-web'?"));
        assert!(ids(&["12345"]).unwrap_err().contains("it has 5 digits, not twelve"));
        assert!(ids(&[""]).unwrap_err().contains("'' is no account id"));
        assert!(ids(&["x"]).unwrap_err().contains("play, prod-payments"));
    }

    #[test]
    fn a_log_without_a_place_stays() {
        let at = "2026-11-23T09:00:00Z";
        let placed = |account: &str, region: &str| {
            log(&format!("AWSLogs/{account}/CloudTrail/{region}/2026/11/23/x.json.gz"), at)
        };
        let logs = [
            placed("111122223333", "eu-west-1"),
            placed("111122223333", "us-east-1"),
            placed("444455556666", "eu-west-1"),
            log("elsewhere/x.json", at),
        ];
        let mut filter = Filter::default();
        assert_eq!(filter.chosen(&logs), (logs.to_vec(), Vec::new()));
        filter.set_accounts(&["111122223333".to_owned()], &config()).unwrap();
        filter.set_regions(&["eu-west-1".to_owned()]).unwrap();
        let (chosen, remarks) = filter.chosen(&logs);
        assert_eq!(chosen, [logs[0].clone(), logs[3].clone()]);
        assert_eq!(
            remarks,
            [
                "1 log outside CloudTrail's folder layout cannot be chosen by account or region, and will be read"
            ]
        );
        filter.set_regions(&["eu-wst-1".to_owned()]).unwrap();
        let (chosen, remarks) = filter.chosen(&logs[..3]);
        assert!(chosen.is_empty());
        assert_eq!(
            remarks,
            [
                "no log is of region eu-wst-1; there are eu-west-1, us-east-1",
                "none of 3 logs is left to read"
            ]
        );
    }

    #[test]
    fn a_span_has_to_have_a_length() {
        let at = |text: &str| Some(text.parse::<DateTime<Utc>>().unwrap());
        let mut filter = Filter::default();
        let (nine, ten) = (at("2026-11-23T09:00:00Z"), at("2026-11-23T10:00:00Z"));
        assert!(filter.set_span(ten, nine).is_err());
        filter.set_span(nine, ten).unwrap();
        let logs = [log("a", "2026-11-23T09:00:00Z"), log("b", "2026-11-23T10:00:00Z")];
        assert_eq!(filter.chosen(&logs).0, logs[..1]);
    }
}
