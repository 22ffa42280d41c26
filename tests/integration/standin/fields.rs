//! JSON objects as a strict service reads them: every key is one it knows, and holds what it should.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

/// What is wrong, with the place.
pub(super) type Wrong = String;

/// An object, and where in the body it is.
pub(super) struct Fields<'a> {
    pub(super) place: String,
    fields: &'a Map<String, Value>,
}

/// Characters as JavaScript counts them, which is never less than any other way of counting.
pub(super) fn characters(text: &str) -> usize {
    text.encode_utf16().count()
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value, place: impl Into<String>) -> Result<Self, Wrong> {
        let place = place.into();
        match value {
            Value::Object(fields) => Ok(Self { place, fields }),
            other => Err(format!("{place}: {other} is no object")),
        }
    }

    pub(super) fn wrong<T>(&self, what: impl std::fmt::Display) -> Result<T, Wrong> {
        Err(format!("{}: {what}", self.place))
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.fields.get(key)
    }

    /// What `type` says.
    pub(super) fn kind(&self) -> Result<&'a str, Wrong> {
        match self.get("type").and_then(Value::as_str) {
            Some(kind) => Ok(kind),
            None => self.wrong("no type"),
        }
    }

    /// There are no keys but `type` and these.
    pub(super) fn only(&self, keys: &[&str]) -> Result<(), Wrong> {
        match self.fields.keys().find(|key| *key != "type" && !keys.contains(&key.as_str())) {
            Some(key) => self.wrong(format!("unknown key {key}")),
            None => Ok(()),
        }
    }

    /// A text that shows something, of at most so many characters.
    pub(super) fn text(&self, key: &str, most: usize) -> Result<&'a str, Wrong> {
        match self.get(key).and_then(Value::as_str) {
            None => self.wrong(format!("{key} is no text")),
            Some(text) if text.trim().is_empty() => self.wrong(format!("{key} is empty")),
            Some(text) if characters(text) > most => {
                self.wrong(format!("{key} has {} characters of {most}", characters(text)))
            }
            Some(text) => Ok(text),
        }
    }

    pub(super) fn may_text(&self, key: &str, most: usize) -> Result<(), Wrong> {
        if self.get(key).is_some() { self.text(key, most).map(drop) } else { Ok(()) }
    }

    pub(super) fn may_be_one_of(&self, key: &str, words: &[&str]) -> Result<(), Wrong> {
        match self.get(key) {
            Some(value) if !value.as_str().is_some_and(|word| words.contains(&word)) => {
                self.wrong(format!("{key} is {value}"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn may_flags(&self, keys: &[&str]) -> Result<(), Wrong> {
        let is_flag = |key: &&str| self.get(key).is_none_or(Value::is_boolean);
        match keys.iter().find(|key| !is_flag(key)) {
            Some(key) => self.wrong(format!("{key} is neither true nor false")),
            None => Ok(()),
        }
    }

    pub(super) fn object(&self, key: &str) -> Result<Self, Wrong> {
        match self.get(key) {
            Some(value) => Self::of(value, format!("{}.{key}", self.place)),
            None => self.wrong(format!("no {key}")),
        }
    }

    /// Looks at the objects of a list, of which there are so many.
    pub(super) fn each(
        &self,
        key: &str,
        count: RangeInclusive<usize>,
        mut look: impl FnMut(Self) -> Result<(), Wrong>,
    ) -> Result<(), Wrong> {
        let Some(list) = self.get(key).and_then(Value::as_array) else {
            return self.wrong(format!("{key} is no list"));
        };
        if !count.contains(&list.len()) {
            return self.wrong(format!("{key} has {} entries, not {count:?}", list.len()));
        }
        for (number, value) in list.iter().enumerate() {
            look(Self::of(value, format!("{}.{key}[{number}]", self.place))?)?;
        }
        Ok(())
    }

    /// An address of the web.
    pub(super) fn web(&self, key: &str, most: usize) -> Result<(), Wrong> {
        let url = self.text(key, most)?;
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        match is_web && !url.contains(char::is_whitespace) {
            true => Ok(()),
            false => self.wrong(format!("{key} is no address: {url}")),
        }
    }
}
