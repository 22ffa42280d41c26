//! Patterns: what an entry may write to match a value by.
//!
//! `*` stands for any text, also none. `\*` is a star and `\\` a backslash; any other backslash, and
//! every other character, stands for itself. Case counts.

use serde::{Deserialize, Deserializer};

/// One pattern.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Any text.
    Any,
    /// This character.
    One(char),
}

impl Pattern {
    /// The pattern that takes `value` and nothing else, whatever `value` holds.
    pub fn exactly(value: &str) -> Self {
        let mut text = String::with_capacity(value.len());
        for ch in value.chars() {
            if matches!(ch, '*' | '\\') {
                text.push('\\');
            }
            text.push(ch);
        }
        Self(text)
    }

    /// The pattern as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::with_capacity(self.0.len());
        let mut chars = self.0.chars().peekable();
        while let Some(ch) = chars.next() {
            parts.push(match ch {
                '*' => Part::Any,
                '\\' => Part::One(chars.next_if(|next| matches!(next, '*' | '\\')).unwrap_or(ch)),
                ch => Part::One(ch),
            });
        }
        parts
    }

    /// Whether it takes every value.
    pub(super) fn is_open(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|byte| byte == b'*')
    }

    /// The one value that it takes, if it is only one.
    pub(super) fn only(&self) -> Option<String> {
        let one = |part| match part {
            Part::Any => None,
            Part::One(ch) => Some(ch),
        };
        self.parts().into_iter().map(one).collect()
    }

    /// The pattern for a service, which may be written without its domain: `logs` for
    /// `logs.amazonaws.com`.
    pub(super) fn of_service(&self) -> Self {
        let short = !self.0.contains('.') && !self.is_open();
        Self(if short { format!("{}.amazonaws.com", self.0) } else { self.0.clone() })
    }

    /// The same as SQL writes it, for `LIKE ... ESCAPE '\'`.
    pub(super) fn like(&self) -> String {
        let mut like = String::with_capacity(self.0.len());
        for part in self.parts() {
            match part {
                Part::Any => like.push('%'),
                Part::One(ch @ ('%' | '_' | '\\')) => like.extend(['\\', ch]),
                Part::One(ch) => like.push(ch),
            }
        }
        like
    }

    /// Whether `value` is one that it takes.
    pub fn takes(&self, value: &str) -> bool {
        let parts = self.parts();
        let value: Vec<char> = value.chars().collect();
        let (mut part, mut at) = (0, 0);
        // Where to go on when the rest does not fit: the last star, which then takes one more.
        let mut star = None;
        loop {
            match (parts.get(part), value.get(at)) {
                (Some(Part::Any), _) => {
                    star = Some((part, at));
                    part += 1;
                }
                (Some(Part::One(wanted)), Some(ch)) if wanted == ch => {
                    part += 1;
                    at += 1;
                }
                (None, None) => return true,
                (_, None) => return false,
                (_, Some(_)) => match &mut star {
                    None => return false,
                    Some((its, taken)) => {
                        *taken += 1;
                        (part, at) = (*its + 1, *taken);
                    }
                },
            }
        }
    }
}

/// Patterns of which one has to match, written as one text or a list; not set takes everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "OneOrMany<Pattern>")]
pub struct Patterns(Option<Vec<Pattern>>);

impl Patterns {
    /// One that takes exactly these values.
    pub fn exactly<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        Self(Some(values.into_iter().map(Pattern::exactly).collect()))
    }

    /// The patterns, where they are set.
    pub fn set(&self) -> Option<&[Pattern]> {
        self.0.as_deref()
    }

    /// Whether one of them takes one of the values.
    pub fn take<'a>(&self, values: impl IntoIterator<Item = Option<&'a str>>) -> bool {
        let Some(patterns) = self.set() else {
            return true;
        };
        values.into_iter().flatten().any(|value| patterns.iter().any(|one| one.takes(value)))
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "this has to be a text or a list of texts")]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> From<OneOrMany<T>> for Vec<T> {
    fn from(written: OneOrMany<T>) -> Self {
        match written {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        }
    }
}

impl From<OneOrMany<Pattern>> for Patterns {
    fn from(written: OneOrMany<Pattern>) -> Self {
        Self(Some(written.into()))
    }
}

/// Reads names that are written as one text or a list.
pub(crate) fn names<'de, D: Deserializer<'de>>(written: D) -> Result<Vec<String>, D::Error> {
    OneOrMany::deserialize(written).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern(text.to_owned())
    }

    #[test]
    fn a_star_takes_any_text_and_everything_else_itself() {
        for (text, takes, not) in [
            ("Stop*", "StopInstances", "stopInstances"),
            ("*", "", "\u{0}none"),
            ("a*b*c", "aXbYbc", "acb"),
            ("*:role/x/*", "arn:role/x/ann", "arn:role/y/ann"),
            ("a_b%", "a_b%", "axb%"),
            (r"a\*", "a*", "ab"),
            (r"a\\*", r"a\b", "a*"),
            (r"DOM\ann", r"DOM\ann", "DOMann"),
            ("", "", "a"),
            ("***", "王", "\u{0}none"),
        ] {
            assert!(pattern(text).takes(takes), "{text} {takes}");
            if not != "\u{0}none" {
                assert!(!pattern(text).takes(not), "{text} {not}");
            }
        }
    }

    #[test]
    fn sql_gets_the_same_pattern() {
        assert_eq!(pattern(r"a*_%\*\\b").like(), r"a%\_\%*\\b");
        assert_eq!(pattern("logs").of_service().like(), "logs.amazonaws.com");
        assert_eq!(pattern("log*").of_service().like(), "log%.amazonaws.com");
        for whole in ["**", "s3.amazonaws.com", "*.com"] {
            assert_eq!(pattern(whole).of_service(), pattern(whole));
        }
    }

    #[test]
    fn only_a_pattern_without_a_star_has_one_value() {
        assert_eq!(pattern(r"a\*\\").only().as_deref(), Some(r"a*\"));
        assert_eq!(pattern("a*").only(), None);
    }

    #[test]
    fn many_stars_take_no_longer_than_few() {
        let text = "a".repeat(10_000);
        assert!(!pattern(&format!("{}b", "*a".repeat(500))).takes(&text));
    }

    proptest::proptest! {
        #[test]
        fn exactly_takes_only_its_value(value in "[a*\\\\%_.]{0,8}", other in "[a*\\\\%_.]{0,8}") {
            let exact = Pattern::exactly(&value);
            assert!(exact.takes(&value));
            assert_eq!(exact.takes(&other), value == other);
            assert_eq!(exact.only().as_deref(), Some(value.as_str()));
        }
    }
}
