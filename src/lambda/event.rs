//! What an invocation asks for: the event, read.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::error::{Error, Exit, sentence};
use crate::moment::{Moment, time};
use crate::render::neutral;

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Collect and report.
    Run(Run),
    /// Install the shipped SQL in Athena.
    ApplySql,
    /// Look for what would stop a run.
    Doctor {
        /// Whether each channel gets a test message.
        send: bool,
    },
}

impl Action {
    /// What events call it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Run(Run { replay: Some(_), .. }) => "replay",
            Self::Run(_) => "run",
            Self::ApplySql => "apply-sql",
            Self::Doctor { .. } => "doctor",
        }
    }
}

/// How to collect and report.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    /// Collects once more what was delivered after then.
    pub(super) replay: Option<Moment>,
    /// Only logs delivered at this minute or later.
    pub(super) since: Option<Moment>,
    /// Only logs delivered before this minute.
    pub(super) until: Option<Moment>,
    /// The reports to send, due or not; none are all that are due.
    pub(super) reports: Vec<String>,
    /// Whether nothing is kept.
    pub(super) dry_run: bool,
}

/// An event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// What is to be done.
    pub(super) action: Action,
    /// The time for which a schedule sent it.
    pub(super) scheduled: Option<DateTime<Utc>>,
}

/// Names of the actions, and the keys that each may have.
const ACTIONS: [(&str, &[&str]); 4] = [
    ("run", &["action", "time", "since", "until", "reports", "dry_run"]),
    ("replay", &["action", "time", "since"]),
    ("apply-sql", &["action", "time"]),
    ("doctor", &["action", "time", "send"]),
];

/// What EventBridge calls the events of its schedules, those of the Scheduler without an input of
/// their own among them. All other keys are EventBridge's.
const SCHEDULED: &str = "Scheduled Event";

/// Clocks in AWS agree to well below a second. Whoever is further ahead is no schedule.
const AHEAD: TimeDelta = TimeDelta::minutes(1);

impl Event {
    /// Reads an event. None at all, `{}` and what a schedule sends by itself are runs.
    ///
    /// # Errors
    /// [`Error`] that names the key, and the one that was probably meant.
    pub(super) fn read(event: &Value) -> Result<Self, Error> {
        let none = Map::new();
        let event = match event {
            Value::Null => &none,
            Value::Object(event) => event,
            _ => return Err(wrong("it is no JSON object", "Send {} for a run.")),
        };
        let scheduled = scheduled(event)?;
        if let Some(kind) = event.get("detail-type") {
            return match kind.as_str() {
                Some(SCHEDULED) => Ok(Self { action: Action::Run(Run::default()), scheduled }),
                _ => Err(wrong(
                    format!("{} is no event of a schedule", shown_value(kind)),
                    "Let a schedule invoke the function; what it reads are logs, not events.",
                )),
            };
        }
        let name = text(event, "action")?.unwrap_or("run");
        let (name, keys) = ACTIONS
            .into_iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| unknown("action", name, &ACTIONS.map(|(known, _)| known)))?;
        if let Some(key) = event.keys().find(|key| !keys.contains(&key.as_str())) {
            return Err(unknown(&format!("key of the action '{name}'"), key, keys));
        }
        let action = match name {
            "replay" => {
                let since = moment(event, "since")?.ok_or_else(|| {
                    let hint = "Send {\"action\": \"replay\", \"since\": \"24h\"}.";
                    wrong("a replay needs 'since'", hint)
                })?;
                Action::Run(Run { replay: Some(since), ..Run::default() })
            }
            "apply-sql" => Action::ApplySql,
            "doctor" => Action::Doctor { send: flag(event, "send")? },
            _ => Action::Run(Run {
                replay: None,
                since: moment(event, "since")?,
                until: moment(event, "until")?,
                reports: reports(event)?,
                dry_run: flag(event, "dry_run")?,
            }),
        };
        Ok(Self { action, scheduled })
    }

    /// The time to run for: the clock's, or the one of the schedule if the clock has not come to it.
    ///
    /// So a report of nine o'clock goes out with the tick of nine o'clock, by whatever the clocks of
    /// schedule and function differ, and however late the tick comes.
    ///
    /// # Errors
    /// [`Error`] for a time that no schedule can have sent: reports would count as sent up to then.
    pub(super) fn now(&self, clock: DateTime<Utc>) -> Result<DateTime<Utc>, Error> {
        match self.scheduled {
            Some(scheduled) if scheduled > clock + AHEAD => Err(wrong(
                format!("its time, {}, has not come yet", scheduled.to_rfc3339()),
                "Leave 'time' out; only a schedule needs it.",
            )),
            scheduled => Ok(clock.max(scheduled.unwrap_or(clock))),
        }
    }
}

/// The time of an event that a schedule sent.
fn scheduled(event: &Map<String, Value>) -> Result<Option<DateTime<Utc>>, Error> {
    let read = |text: &str| {
        time(text).map_err(|hint| {
            let hint = if text.starts_with("<aws.scheduler.") {
                "Only EventBridge Scheduler writes the time there; leave 'time' out.".to_owned()
            } else {
                sentence(&hint)
            };
            wrong(format!("time: {} is no time", shown(text)), hint)
        })
    };
    text(event, "time")?.map(read).transpose()
}

fn text<'a>(event: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, Error> {
    match event.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => {
            Err(wrong(format!("{key}: {} is no text", shown_value(other)), "Write it in quotes."))
        }
    }
}

fn moment(event: &Map<String, Value>, key: &str) -> Result<Option<Moment>, Error> {
    let read = |text: &str| {
        Moment::parse(text)
            .map_err(|hint| wrong(format!("{key}: {} is no time", shown(text)), sentence(&hint)))
    };
    text(event, key)?.map(read).transpose()
}

fn reports(event: &Map<String, Value>) -> Result<Vec<String>, Error> {
    let names = match event.get("reports") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(names)) => names.iter().map(|name| name.as_str().map(str::to_owned)),
        Some(_) => return Err(no_names()),
    };
    names.collect::<Option<_>>().ok_or_else(no_names)
}

fn no_names() -> Error {
    wrong("reports: it is no list of names", "Write it as [\"hourly\", \"daily\"].")
}

fn flag(event: &Map<String, Value>, key: &str) -> Result<bool, Error> {
    match event.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(other) => Err(wrong(
            format!("{key}: {} is neither true nor false", shown_value(other)),
            "Write true or false, without quotes.",
        )),
    }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> Error {
    let hint = match crate::nearest(name, known) {
        Some(nearest) => format!("Did you mean '{nearest}'?"),
        None => format!("There are: {}.", known.join(", ")),
    };
    wrong(format!("{} is no {what}", shown(name)), hint)
}

fn wrong(message: impl Into<String>, hint: impl Into<String>) -> Error {
    Error { exit: Exit::Usage, stage: "event", message: message.into(), hint: Some(hint.into()) }
}

/// A text as errors quote it: in one line, and not all of it.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let short: String = text.chars().take(LONGEST).collect();
    let more = if short.len() < text.len() { "..." } else { "" };
    format!("'{}{more}'", neutral::line(&short))
}

/// The same of any value.
fn shown_value(value: &Value) -> String {
    value.as_str().map_or_else(|| shown(&value.to_string()), shown)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn every_form_of_event_is_read() {
        let nine = "2026-11-27T09:00:00Z";
        let run = || Run::default();
        let rule = |source: &str| {
            json!({"version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
                   "detail-type": "Scheduled Event", "source": source, "account": "111122223333",
                   "time": nine, "region": "eu-west-1", "resources": ["arn:aws:events:x"],
                   "detail": {}})
        };
        for (event, scheduled, action) in [
            (Value::Null, None, Action::Run(run())),
            (json!({}), None, Action::Run(run())),
            (json!({"action": "run"}), None, Action::Run(run())),
            (json!({"action": "run", "time": nine}), Some(nine), Action::Run(run())),
            (json!({"time": nine}), Some(nine), Action::Run(run())),
            (rule("aws.events"), Some(nine), Action::Run(run())),
            (rule("aws.scheduler"), Some(nine), Action::Run(run())),
            (
                json!({"action": "run", "since": "2h", "until": "2026-11-27T10:00:00+02:00",
                       "reports": ["hourly"], "dry_run": true}),
                None,
                Action::Run(Run {
                    replay: None,
                    since: Some(Moment::Before(Duration::from_secs(2 * 60 * 60))),
                    until: Some(Moment::At(at("2026-11-27T08:00:00Z"))),
                    reports: vec!["hourly".to_owned()],
                    dry_run: true,
                }),
            ),
            (
                json!({"action": "replay", "since": "2026-11-26T00:00:00Z"}),
                None,
                Action::Run(Run { replay: Some(Moment::At(at("2026-11-26T00:00:00Z"))), ..run() }),
            ),
            (json!({"action": "apply-sql"}), None, Action::ApplySql),
            (json!({"action": "doctor"}), None, Action::Doctor { send: false }),
            (json!({"action": "doctor", "send": true}), None, Action::Doctor { send: true }),
        ] {
            let read = Event::read(&event).unwrap_or_else(|error| panic!("{event}: {error}"));
            assert_eq!(read, Event { action, scheduled: scheduled.map(at) }, "{event}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_what_to_write() {
        for (event, message, hint) in [
            (json!([]), "it is no JSON object", "Send {} for a run."),
            (json!({"action": "rum"}), "'rum' is no action", "Did you mean 'run'?"),
            (
                json!({"action": "apply_sql"}),
                "'apply_sql' is no action",
                "Did you mean 'apply-sql'?",
            ),
            (
                json!({"key1": "value1"}),
                "'key1' is no key of the action 'run'",
                "There are: action, time, since, until, reports, dry_run.",
            ),
            (
                json!({"action": "run", "dry-run": true}),
                "'dry-run' is no key of the action 'run'",
                "Did you mean 'dry_run'?",
            ),
            (
                json!({"action": "doctor", "since": "1h"}),
                "'since' is no key of the action 'doctor'",
                "There are: action, time, send.",
            ),
            (
                json!({"action": "run", "since": "yesterday\n"}),
                "since: 'yesterday\\n' is no time",
                "Write a length of time such as 24h or 7d, or a time such as 2026-11-23T09:00:00Z.",
            ),
            (json!({"since": 24}), "since: '24' is no text", "Write it in quotes."),
            (
                json!({"time": "<aws.scheduler.scheduled-time>"}),
                "time: '<aws.scheduler.scheduled-time>' is no time",
                "Only EventBridge Scheduler writes the time there; leave 'time' out.",
            ),
            (
                json!({"reports": "hourly"}),
                "reports: it is no list of names",
                "Write it as [\"hourly\", \"daily\"].",
            ),
            (
                json!({"dry_run": "false"}),
                "dry_run: 'false' is neither true nor false",
                "Write true or false, without quotes.",
            ),
            (
                json!({"action": "replay"}),
                "a replay needs 'since'",
                "Send {\"action\": \"replay\", \"since\": \"24h\"}.",
            ),
            (
                json!({"detail-type": "EC2 Instance State-change Notification", "time": null}),
                "'EC2 Instance State-change Notification' is no event of a schedule",
                "Let a schedule invoke the function; what it reads are logs, not events.",
            ),
        ] {
            let error = Event::read(&event).unwrap_err();
            assert_eq!((error.stage, error.message.as_str()), ("event", message), "{event}");
            assert_eq!(error.hint.as_deref(), Some(hint), "{event}");
        }
        let long = Event::read(&json!({"x".repeat(1000): 1})).unwrap_err();
        assert!(long.message.len() < 120, "{long}");
    }

    #[test]
    fn the_tick_of_nine_is_never_before_nine() {
        let nine = at("2026-11-27T09:00:00Z");
        let event = Event { action: Action::ApplySql, scheduled: Some(nine) };
        let now = |clock: &str| event.now(at(clock));
        // A clock that is a little behind must not leave the report of nine to the next tick.
        assert_eq!(now("2026-11-27T08:59:59Z").unwrap(), nine);
        assert_eq!(now("2026-11-27T09:00:59Z").unwrap(), at("2026-11-27T09:00:59Z"));
        assert_eq!(now("2026-11-27T09:03:00Z").unwrap(), at("2026-11-27T09:03:00Z"));
        assert!(now("2026-11-27T08:00:00Z").unwrap_err().message.contains("has not come yet"));
        let clock = at("2026-11-27T09:00:01Z");
        assert_eq!(Event { scheduled: None, ..event }.now(clock).unwrap(), clock);
    }
}
