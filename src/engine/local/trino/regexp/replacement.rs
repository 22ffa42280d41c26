//! What stands for a match: text with `$1`, `${name}`, `\$`.

use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::pattern::{Group, Pattern};

/// A replacement, in parts.
#[derive(Debug)]
pub(super) struct Replacement(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(String),
    Group(usize),
}

impl Replacement {
    /// Reads a replacement for matches of a pattern.
    ///
    /// # Errors
    /// `Illegal replacement sequence: ...`, also for groups that the pattern does not have.
    pub(super) fn parse(written: &str, pattern: &Pattern) -> Result<Self> {
        let illegal = || failure::argument(format!("Illegal replacement sequence: {written}"));
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = written.chars();
        while let Some(char) = rest.next() {
            match char {
                '\\' => text.push(rest.next().ok_or_else(illegal)?),
                '$' => {
                    let (group, after) = match rest.as_str().strip_prefix('{') {
                        Some(named) => named_group(named, pattern)?,
                        None => numbered_group(rest.as_str(), pattern, illegal)?,
                    };
                    rest = after.chars();
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    parts.push(Part::Group(group));
                }
                char => text.push(char),
            }
        }
        parts.push(Part::Text(text));
        Ok(Self(parts))
    }

    /// Writes what stands for a match.
    pub(super) fn write(&self, text: &str, groups: &[Group], out: &mut String) {
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Group(group) => {
                    let group = groups.get(*group).cloned().flatten();
                    out.push_str(group.and_then(|group| text.get(group)).unwrap_or_default());
                }
            }
        }
    }
}

fn unknown(group: &str) -> DataFusionError {
    failure::argument(format!("Illegal replacement sequence: unknown group {group}"))
}

/// The group whose name stands up to a brace, and what follows.
fn named_group<'t>(text: &'t str, pattern: &Pattern) -> Result<(usize, &'t str)> {
    let (name, after) = text.split_once('}').unwrap_or((text, ""));
    let group = pattern.named(name).ok_or_else(|| unknown(&format!("{{ {name} }}")))?;
    Ok((group, after))
}

/// The group with the longest number that there is, and what follows.
fn numbered_group<'t>(
    text: &'t str,
    pattern: &Pattern,
    illegal: impl Fn() -> DataFusionError,
) -> Result<(usize, &'t str)> {
    let digit = |at: usize| {
        let byte = text.as_bytes().get(at).filter(|byte| byte.is_ascii_digit())?;
        Some(usize::from(byte - b'0'))
    };
    let mut group = digit(0).ok_or_else(illegal)?;
    if group > pattern.groups() {
        return Err(unknown(&group.to_string()));
    }
    let mut length = 1;
    while let Some(digit) = digit(length) {
        let longer = group * 10 + digit;
        if longer > pattern.groups() {
            break;
        }
        group = longer;
        length += 1;
    }
    Ok((group, text.get(length..).unwrap_or_default()))
}
