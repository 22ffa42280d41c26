//! Filters that write numbers, times and records as people read them.

use chrono::DateTime;
use chrono::format::StrftimeItems;
use chrono_tz::Tz;
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::layout::shown;
use super::neutral;
use crate::digest::words;
use crate::figures::{bytes, seconds, usd};

/// Lines of a record where the template gives no number.
const LINES: usize = 200;

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

/// A record as indented JSON, cut after so many lines.
fn pretty(state: &mut State, value: &Value, most: Option<usize>) -> Result<Value, Error> {
    let most = most.unwrap_or(LINES);
    let json = serde_json::to_string_pretty(value).map_err(|error| {
        Error::new(ErrorKind::BadSerialization, "not a record").with_source(error)
    })?;
    let count = json.lines().count();
    let mut text = if count > most {
        let kept: Vec<_> = json.lines().take(most).collect();
        format!(
            "{}\n… {}",
            kept.join("\n"),
            words::plural((count - most) as u64, "more line", None)
        )
    } else {
        json
    };
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
}
