//! Filters that write numbers, times and records as people read them.

use chrono::DateTime;
use chrono::format::StrftimeItems;
use chrono_tz::Tz;
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::layout::{cut, shown};
use super::neutral;
use crate::digest::words;
use crate::figures::{bytes, seconds, usd};

/// Lines of a record where the template gives no number.
const LINES: usize = 200;

/// Longest line of a record, in characters, and longest record, in bytes. Nobody reads more of it in
/// a message, and a message that cannot hold it must not be lost.
const LINE: usize = 4_000;
const RECORD: usize = 256 * 1024;

pub(super) fn add(environment: &mut Environment<'static>, zone: Tz) {
    environment.add_filter("plural", |count: u64, one: &str, many: Option<&str>| {
        words::plural(count, one, many)
    });
    environment.add_filter("number", words::thousands);
    environment.add_filter("bytes", bytes);
    environment.add_filter("seconds", seconds);
    environment.add_filter("usd", usd);
    environment.add_filter("pretty", pretty);
    environment.add_filter(
        "time",
        move |state: &mut State, value: &Value, format: Option<&str>| {
            let text = shown(state, value)?;
            time(text.as_str(), zone, format.unwrap_or("%H:%M"))
        },
    );
}

/// A time of the context in the report's zone.
fn time(value: &str, zone: Tz, format: &str) -> Result<String, Error> {
    if value.is_empty() {
        return Ok(String::new());
    }
    let invalid = |what: String| Error::new(ErrorKind::InvalidOperation, what);
    let time = DateTime::parse_from_rfc3339(value).map_err(|_| {
        invalid("the filter `time` takes a time such as `period.from` or `now.at`".to_owned())
    })?;
    // An unknown letter would panic when written.
    let items = StrftimeItems::new(format)
        .parse()
        .map_err(|_| invalid(format!("{format:?} is no time format (see `man strftime`)")))?;
    Ok(time.with_timezone(&zone).format_with_items(items.iter()).to_string())
}

/// A record as indented JSON, cut after so many lines, or where it is too long for any message.
fn pretty(state: &mut State, value: &Value, most: Option<usize>) -> Result<Value, Error> {
    let most = most.unwrap_or(LINES);
    let json = serde_json::to_string_pretty(value).map_err(|error| {
        Error::new(ErrorKind::BadSerialization, "not a record").with_source(error)
    })?;
    let mut room = RECORD;
    let lines = json.lines().map(|line| cut(line, LINE));
    let kept: Vec<_> = lines
        .take(most)
        .take_while(|line| {
            room = room.saturating_sub(line.len() + 1);
            room > 0
        })
        .collect();
    let mut text = kept.join("\n");
    let missing = json.lines().count() - kept.len();
    if missing > 0 {
        let more = words::plural(missing as u64, "more line", None);
        text.push_str(&format!("\n… {more}"));
    }
    // Each line is a value of a stranger's making, however short JSON keeps it.
    let text_form = shown(state, &Value::from(""))?.into_value().is_safe();
    if text_form {
        text = neutral::lines(&text).into_owned();
        return Ok(Value::from_safe_string(text));
    }
    Ok(Value::from(text))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_zones() {
        let zone = chrono_tz::Africa::Johannesburg;
        assert_eq!(time("2026-11-23T07:12:00Z", zone, "%H:%M").unwrap(), "09:12");
        assert!(time("2026-11-23T07:12:00Z", zone, "%Q").is_err());
        assert!(time("soon", zone, "%H:%M").is_err());
    }

    #[test]
    fn no_record_is_longer_than_a_message() {
        let mut environment = Environment::new();
        add(&mut environment, Tz::UTC);
        let many: Vec<_> = (0..90_000).map(|number| number.to_string()).collect();
        for raw in [Value::from("x".repeat(9_000_000)), Value::from(many)] {
            let text = environment
                .render_str("{{ raw | pretty(100000) }}", minijinja::context! { raw })
                .unwrap();
            assert!(text.len() < RECORD + 100, "{}", text.len());
            assert!(text.contains('…'), "{}", text.chars().take(50).collect::<String>());
        }
    }
}
