//! Filters that write numbers, times and records as people read them.

use chrono::DateTime;
use chrono::format::StrftimeItems;
use chrono_tz::Tz;
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::layout::shown;
use super::neutral;
use crate::digest::words;

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

/// `38.1 MB`, in powers of a thousand, as Athena's prices are.
fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1_000 {
        return words::plural(bytes, "byte", None);
    }
    let mut value = bytes as f64 / 1_000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

fn seconds(seconds: f64) -> String {
    // An empty sum is -0.
    let seconds = seconds + 0.0;
    if seconds < 59.95 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {} s", whole / 60, whole % 60)
    }
}

fn usd(dollars: f64) -> String {
    if dollars > 0.0 && dollars < 0.000_05 {
        "under $0.0001".to_owned()
    } else if dollars < 0.01 {
        format!("${dollars:.4}")
    } else {
        format!("${dollars:.2}")
    }
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
    fn figures_are_short() {
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(38_100_000), "38.1 MB");
        assert_eq!(bytes(999_999), "1.0 MB");
        assert_eq!(seconds(3.12), "3.1 s");
        assert_eq!(seconds(-0.0), "0.0 s");
        assert_eq!(seconds(125.0), "2 min 5 s");
        assert_eq!(usd(0.0002), "$0.0002");
        assert_eq!(usd(0.000_000_1), "under $0.0001");
        assert_eq!(usd(1.5), "$1.50");
        assert_eq!(usd(0.0), "$0.0000");
    }

    #[test]
    fn times_are_the_zones() {
        let zone = chrono_tz::Africa::Johannesburg;
        assert_eq!(time("2026-11-23T07:12:00Z", zone, "%H:%M").unwrap(), "09:12");
        assert!(time("2026-11-23T07:12:00Z", zone, "%Q").is_err());
        assert!(time("soon", zone, "%H:%M").is_err());
    }
}
