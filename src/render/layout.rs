//! Filters that cut, pad and wrap by display width: a Chinese character takes two columns, a
//! colour none.

use std::borrow::Cow;

use minijinja::value::StringInput;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, Value};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::neutral;

pub(super) fn add(environment: &mut Environment<'static>) {
    // The engine's own would escape for HTML where a template asks for that, and let a line break
    // through.
    for name in ["e", "escape"] {
        environment.add_filter(name, |state: &mut State, value: &Value| {
            Ok::<_, Error>(shown(state, value)?.into_value())
        });
    }
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
    environment.add_filter("flow", flow);
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
pub(crate) fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let plain = uncoloured(text);
    let mut kept = head(&plain, width.saturating_sub(1)).trim_end().to_owned();
    kept.push('…');
    kept
}

/// Cuts in the middle: both ends of an ARN tell more than what is between.
pub(crate) fn squeeze(text: &str, width: usize) -> String {
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

/// Breaks at spaces, but not at no-break ones, into lines of at most `width`; further lines start after `indent` spaces, which
/// do not count.
pub(crate) fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut lines = Lines::new(width, indent);
    for word in text.split(' ') {
        lines.add(" ", word);
    }
    // They have done their work; nobody wants them in what is copied from a terminal.
    lines.text.replace('\u{a0}', " ")
}

/// Parts with dots between them; lines break between parts, and within one only where it fills a
/// line by itself.
fn flow(state: &mut State, parts: &Value, width: usize, indent: usize) -> Result<Value, Error> {
    let mut lines = Lines::new(width, indent);
    let mut safe = true;
    for part in parts.try_iter()? {
        let part = shown(state, &part)?;
        safe &= part.safe;
        if columns(&part.text) <= width {
            lines.add(" · ", &part.text);
        } else {
            for (at, word) in part.text.split(' ').enumerate() {
                lines.add(if at == 0 { " · " } else { " " }, word);
            }
        }
    }
    Ok(Shown { text: lines.text, safe }.into_value())
}

/// Fills lines, piece by piece.
struct Lines {
    text: String,
    used: Option<usize>,
    width: usize,
    indent: usize,
}

impl Lines {
    fn new(width: usize, indent: usize) -> Self {
        Self { text: String::new(), used: None, width: width.max(1), indent: indent.min(1_000) }
    }

    fn add(&mut self, between: &str, piece: &str) {
        let columns = columns(piece);
        let used = match self.used {
            None => 0,
            Some(used) if used + between.width() + columns <= self.width => {
                self.text.push_str(between);
                used + between.width()
            }
            Some(_) => {
                self.end_line();
                0
            }
        };
        self.used = Some(used + columns);
        if columns <= self.width {
            self.text.push_str(piece);
            return;
        }
        // No space to break at: a long name breaks where the line ends, and loses its colours.
        let plain = uncoloured(piece);
        let mut rest = &*plain;
        loop {
            let part = head(rest, self.width);
            // A letter wider than the whole line still has to go somewhere.
            let end = part.len().max(rest.chars().next().map_or(0, char::len_utf8));
            self.text.push_str(&rest[..end]);
            self.used = Some(rest[..end].width());
            rest = &rest[end..];
            if rest.is_empty() {
                break;
            }
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        self.text.push('\n');
        self.text.push_str(&" ".repeat(self.indent));
    }
}

/// The widest value of a field (`action`, `span.text`) in a list, but no more than `most`.
fn widest(state: &mut State, list: &Value, field: &str, most: usize) -> Result<usize, Error> {
    let mut width = 0;
    for item in list.try_iter()? {
        let value = field.split('.').try_fold(item, |value, name| value.get_attr(name))?;
        if value.is_undefined() {
            let reason = format!("`{field}` is undefined");
            return Err(Error::new(ErrorKind::UndefinedError, reason));
        }
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
        assert_eq!(wrap("one 2\u{a0}more", 8, 2), "one\n  2 more");
        assert_eq!(wrap("one", 2, 0), "on\ne");
        assert_eq!(wrap("a 王小明", 4, 1), "a\n 王小\n 明");
        assert_eq!(wrap("王", 1, 0), "王");
        assert_eq!(wrap("  lead", 20, 0), "  lead");
        assert_eq!(wrap("", 20, 0), "");
    }
    proptest::proptest! {
        #[test]
        fn any_text_fits_and_stays_whole(text in "\\PC{0,60}", width in 1_usize..40) {
            let text = neutral::line(&text).into_owned();
            assert!(columns(&cut(&text, width)) <= width);
            assert!(columns(&squeeze(&text, width)) <= width);
            let wrapped = wrap(&text, width.max(2), 0);
            assert!(wrapped.lines().all(|line| columns(line) <= width.max(2)), "{wrapped}");
            let joined = |text: &str| text.replace([' ', '\u{a0}', '\n'], "");
            assert_eq!(joined(&wrapped), joined(&text));
        }
    }
}
