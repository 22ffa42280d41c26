//! Filters that cut, pad and wrap by display width: a Chinese character takes two columns, a
//! colour none.

use std::borrow::Cow;

use minijinja::value::StringInput;
use minijinja::{AutoEscape, Environment, Error, State, Value};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::neutral;

pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter("width", |state: &mut State, value: &Value| {
        Ok::<_, Error>(columns(shown(state, value)?.as_str()))
    });
    environment.add_filter("widest", widest);
    environment.add_filter("cut", |state: &mut State, value: &Value, width: usize| {
        Ok::<_, Error>(shown(state, value)?.map(|text| cut(&text, width)).into_value())
    });
    environment.add_filter("squeeze", |state: &mut State, value: &Value, width: usize| {
        Ok::<_, Error>(shown(state, value)?.map(|text| squeeze(&text, width)).into_value())
    });
    environment.add_filter("pad", |state: &mut State, value: &Value, width: usize| {
        Ok::<_, Error>(shown(state, value)?.map(|text| pad(&text, width)).into_value())
    });
    environment.add_filter("right", |state: &mut State, value: &Value, width: usize| {
        let right = |text: String| format!("{}{text}", gap(&text, width));
        Ok::<_, Error>(shown(state, value)?.map(right).into_value())
    });
    environment.add_filter("column", |state: &mut State, value: &Value, width: usize| {
        let column = |text: String| pad(&cut(&text, width), width);
        Ok::<_, Error>(shown(state, value)?.map(column).into_value())
    });
    environment.add_filter("spread", spread);
    environment.add_filter(
        "wrap",
        |state: &mut State, value: &Value, width: usize, indent: usize| {
            Ok::<_, Error>(shown(state, value)?.map(|text| wrap(&text, width, indent)).into_value())
        },
    );
}

/// A value as a filter works on it.
pub(super) struct Shown {
    text: String,
    /// Whether it needs no further escaping. In other forms than text, it still does.
    safe: bool,
}

/// Reads a value; in text, makes it harmless before anything measures it.
pub(super) fn shown(state: &mut State, value: &Value) -> Result<Shown, Error> {
    let escape = matches!(state.auto_escape(), AutoEscape::Custom(name) if name == neutral::ESCAPE);
    if value.is_none() {
        return Ok(Shown { text: String::new(), safe: escape });
    }
    let input = StringInput::new(state, value)?;
    Ok(Shown {
        text: if escape && !input.is_safe() {
            neutral::line(input.as_str()).into_owned()
        } else {
            input.as_str().to_owned()
        },
        safe: escape || input.is_safe(),
    })
}

impl Shown {
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn map(self, change: impl FnOnce(String) -> String) -> Self {
        Self { text: change(self.text), ..self }
    }

    pub(super) fn into_value(self) -> Value {
        if self.safe { Value::from_safe_string(self.text) } else { Value::from(self.text) }
    }
}

/// The text without colours.
fn uncoloured(text: &str) -> Cow<'_, str> {
    if !text.contains('\x1b') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut parts = text.split("\x1b[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    Cow::Owned(plain)
}

fn columns(text: &str) -> usize {
    uncoloured(text).width()
}

fn gap(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(columns(text)).min(1_000))
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", gap(text, width))
}

/// Cuts at the end; a text that is cut loses its colours.
fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let plain = uncoloured(text);
    let mut kept = head(&plain, width.saturating_sub(1)).trim_end().to_owned();
    kept.push('…');
    kept
}

/// Cuts in the middle: both ends of an ARN tell more than what is between.
fn squeeze(text: &str, width: usize) -> String {
    if columns(text) <= width || width < 8 {
        return cut(text, width);
    }
    let plain = uncoloured(text);
    let back = (width - 1) / 2;
    let reversed: String = plain.chars().rev().collect();
    let tail: String = head(&reversed, back).chars().rev().collect();
    format!("{}…{tail}", head(&plain, width - 1 - back))
}

/// The longest start that fits.
fn head(text: &str, width: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        end = at + c.len_utf8();
    }
    &text[..end]
}

/// Two texts at the two ends of a line; the second on a line of its own where both do not fit.
fn spread(state: &mut State, left: &Value, right: &Value, width: usize) -> Result<Value, Error> {
    let left = shown(state, left)?;
    let right = shown(state, right)?;
    let used = columns(&left.text) + columns(&right.text);
    let text = if used + 2 <= width {
        let gap = " ".repeat(width - used);
        format!("{}{gap}{}", left.text, right.text)
    } else {
        format!("{}\n  {}", left.text, right.text)
    };
    Ok(Shown { text, safe: left.safe && right.safe }.into_value())
}

/// Breaks at spaces; further lines start with `indent` spaces.
fn wrap(text: &str, width: usize, indent: usize) -> String {
    let indent = indent.min(width / 2);
    let mut lines = String::with_capacity(text.len());
    let mut used = 0;
    for word in text.split(' ') {
        let columns = columns(word);
        let first = used == 0 || used == indent && lines.ends_with(' ');
        if !first && used + 1 + columns > width {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            used = indent;
        } else if !first || (word.is_empty() && used == 0) {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += columns;
    }
    lines
}

/// The widest value of a field in a list, but no more than `most`.
fn widest(state: &mut State, list: &Value, field: &str, most: usize) -> Result<usize, Error> {
    let mut width = 0;
    for item in list.try_iter()? {
        let value = item.get_attr(field)?;
        width = width.max(columns(shown(state, &value)?.as_str()));
    }
    Ok(width.min(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_is_what_the_eye_sees() {
        assert_eq!(columns("\x1b[1mbold\x1b[22m"), 4);
        assert_eq!(columns("王小明"), 6);
        assert_eq!(pad("王", 4), "王  ");
    }

    #[test]
    fn cuts_are_marked_and_fit() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("longer text", 7), "longer…");
        assert_eq!(cut("王小明", 4), "王…");
        assert_eq!(cut("abc", 0), "…");
        assert_eq!(squeeze("arn:aws:s3:::bucket/orders-db", 15), "arn:aws…ders-db");
    }

    #[test]
    fn lines_wrap_at_spaces() {
        assert_eq!(wrap("one two three", 8, 2), "one two\n  three");
        assert_eq!(wrap("one", 2, 0), "one");
        assert_eq!(wrap("  lead", 20, 0), "  lead");
        assert_eq!(wrap("", 20, 0), "");
    }
}
