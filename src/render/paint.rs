//! Filters for bold, dim and coloured text. Without colour they leave the text plain.

use minijinja::{Environment, Error, State, Value};

use super::layout::shown;

/// Name, sequence that starts the style, and sequence that ends it alone.
const STYLES: [(&str, &str, &str); 8] = [
    ("bold", "\x1b[1m", "\x1b[22m"),
    ("dim", "\x1b[2m", "\x1b[22m"),
    ("red", "\x1b[31m", "\x1b[39m"),
    ("green", "\x1b[32m", "\x1b[39m"),
    ("yellow", "\x1b[33m", "\x1b[39m"),
    ("blue", "\x1b[34m", "\x1b[39m"),
    ("magenta", "\x1b[35m", "\x1b[39m"),
    ("cyan", "\x1b[36m", "\x1b[39m"),
];

pub(super) fn add(environment: &mut Environment<'static>, color: bool) {
    for (name, start, end) in STYLES {
        environment.add_filter(
            name,
            move |state: &mut State, value: &Value| -> Result<Value, Error> {
                let text = shown(state, value)?;
                Ok(if color && !text.as_str().is_empty() {
                    text.map(|text| format!("{start}{text}{end}"))
                } else {
                    text
                }
                .into_value())
            },
        );
    }
}
