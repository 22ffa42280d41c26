//! Explanations for reading.

use std::fmt::Write as _;

use super::{Explained, found, nearly, tried};
use crate::render::{Look, neutral, wrap};

/// Columns before the values of an explanation.
const INDENT: usize = 12;

impl Explained {
    pub(super) fn text(&self) -> String {
        let width = usize::from(Look::of_stdout(false).width);
        let mut text = String::new();
        for row in &self.rows {
            let get = |name: &str| {
                let place = self.columns.iter().position(|column| column == name);
                place
                    .and_then(|place| row[place].as_deref())
                    .filter(|cell| !cell.is_empty())
                    .map(|cell| neutral::line(cell).into_owned())
            };
            let or_dash = |name: &str| get(name).unwrap_or_else(|| "-".to_owned());
            let service = or_dash("event_source").replace(".amazonaws.com", "");
            let _ = writeln!(
                text,
                "{}  {service}:{}  {}",
                or_dash("event_id"),
                or_dash("event_name"),
                or_dash("event_time")
            );
            let mut line = |title: &str, value: String| {
                let _ = writeln!(text, "  {title:9} {value}");
            };
            let sure = get("confidence")
                .map(|confidence| format!(", {confidence} confidence"))
                .unwrap_or_default();
            line("verdict", format!("{}{sure}", or_dash("verdict")));
            line("rule", or_dash("rule"));
            line("reason", wrap(&or_dash("reason"), width - INDENT, INDENT));
            if let Some(signal) = get("signal") {
                let channel =
                    get("channel").map(|channel| format!(" ({channel})")).unwrap_or_default();
                line("signal", format!("{signal}{channel}"));
            }
            line(
                "who",
                format!("{} in {} {}", or_dash("actor"), or_dash("account_id"), or_dash("region")),
            );
            if let Some(resource) = get("resource") {
                line("resource", resource);
            }
            if let Some(code) = get("error_code") {
                line("failed", code);
            }
            let place = get(nearly::PLACE)
                .map(|place| format!(" (change it in {place})"))
                .unwrap_or_default();
            line(
                "reported",
                match (get("exclusion"), get("reported").as_deref()) {
                    (Some(name), _) => {
                        let until = get("exclusion_until")
                            .map(|last| format!(", until {last}"))
                            .unwrap_or_default();
                        let text = format!(
                            "no: exclusion '{name}' ({}{until}) hides it: {}{place}",
                            or_dash("exclusion_kind"),
                            or_dash("exclusion_reason")
                        );
                        wrap(&text, width - INDENT, INDENT)
                    }
                    (None, Some("true")) => {
                        let by = get("reported_by").map(|name| {
                            format!(
                                "exclusion '{name}', which is an exception, has it reported{place}"
                            )
                        });
                        let ended = || {
                            let (name, last) = (get("expired_exclusion")?, get("expired_on")?);
                            Some(format!("exclusion '{name}' hid it until {last}"))
                        };
                        match by.or_else(ended) {
                            Some(why) => wrap(&format!("yes: {why}"), width - INDENT, INDENT),
                            None => "yes".to_owned(),
                        }
                    }
                    _ => "no".to_owned(),
                },
            );
            let found = self.columns.iter().position(|column| column == found::FOUND_BY);
            for said in found.and_then(|at| row[at].as_deref()).unwrap_or_default().lines() {
                line("found by", wrap(&neutral::line(said), width - INDENT, INDENT));
            }
            // Its lines are neutral already, one by one.
            let tried = self.columns.iter().position(|column| column == tried::COLUMN);
            if let (Some(rules), Some(tried)) =
                (&self.rules, tried.and_then(|at| row[at].as_deref()))
            {
                let file = &rules.file;
                if let Some(at) = get(tried::DECIDED) {
                    let copy = "; a copy in source.sql is yours to change";
                    let whose =
                        if rules.shipped { format!(" (shipped{copy})") } else { String::new() };
                    line(
                        "decided",
                        wrap(&format!("at {file}:{at}{whose}"), width - INDENT, INDENT),
                    );
                }
                line("tried", format!("in {file}, by line:\n{}", tried::text(tried, width)));
            }
            if let Some(near) = get(nearly::COLUMN) {
                line("nearly", wrap(&near, width - INDENT, INDENT));
            }
            line("log", or_dash("log_file"));
            text.push('\n');
        }
        text
    }
}
