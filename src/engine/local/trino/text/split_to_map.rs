//! `split_to_map(varchar, entry delimiter, key delimiter) -> map(varchar, varchar)`: text such as
//! `a=1;b=2` as a map. The end may be a delimiter; a key that comes twice is an error.
//!
//! `split_to_multimap(...) -> map(varchar, array(varchar))`: all values of each key, in order. The end
//! may not be a delimiter.
//!
//! Empty delimiters, twice the same one, and an entry without exactly one key delimiter are errors.
//! Dialect 4.6.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayBuilder, ArrayRef, ListBuilder, MapBuilder, MapFieldNames, StringBuilder,
};
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, room};
use super::super::function::{Form, Function};

pub(super) const SPLIT_TO_MAP: Function = Function {
    name: "split_to_map",
    forms: &[Form::new("(varchar, varchar, varchar) -> map(varchar, varchar)", map).fails()],
};

pub(super) const SPLIT_TO_MULTIMAP: Function = Function {
    name: "split_to_multimap",
    forms: &[
        Form::new("(varchar, varchar, varchar) -> map(varchar, array(varchar))", multimap).fails()
    ],
};

fn map(call: &Call) -> Result<ArrayRef> {
    let mut seen = std::collections::HashSet::new();
    built(call, StringBuilder::new(), |text, delimiters, builder| {
        seen.clear();
        let text = text.strip_suffix(delimiters.entry).unwrap_or(text);
        for entry in text.split(delimiters.entry).filter(|_| !text.is_empty()) {
            let (key, value) = delimiters.entry_of(entry, "'")?;
            if !seen.insert(key.to_owned()) {
                return Err(failure::argument(format!("Duplicate keys ({key}) are not allowed")));
            }
            builder.keys().append_value(key);
            builder.values().append_value(value);
        }
        Ok(())
    })
}

fn multimap(call: &Call) -> Result<ArrayRef> {
    let values = ListBuilder::new(StringBuilder::new());
    built(call, values, |text, delimiters, builder| {
        let mut places = std::collections::HashMap::new();
        let mut entries: Vec<(&str, Vec<&str>)> = Vec::new();
        for entry in text.split(delimiters.entry).filter(|_| !text.is_empty()) {
            let (key, value) = delimiters.entry_of(entry, "")?;
            let place = *places.entry(key).or_insert(entries.len());
            match entries.get_mut(place) {
                Some((_, values)) => values.push(value),
                None => entries.push((key, vec![value])),
            }
        }
        for (key, values) in entries {
            builder.keys().append_value(key);
            for value in values {
                builder.values().values().append_value(value);
            }
            builder.values().append(true);
        }
        Ok(())
    })
}

/// A map for each row, whose entries `fill` appends.
fn built<V: ArrayBuilder>(
    call: &Call,
    values: V,
    mut fill: impl FnMut(&str, &Delimiters<'_>, &mut MapBuilder<StringBuilder, V>) -> Result<()>,
) -> Result<ArrayRef> {
    let texts = call.values::<&str>(0)?;
    let (entries, keys) = (call.values::<&str>(1)?, call.values::<&str>(2)?);
    let names = MapFieldNames {
        entry: "entries".to_owned(),
        key: "key".to_owned(),
        value: "value".to_owned(),
    };
    let mut builder = MapBuilder::new(Some(names), StringBuilder::new(), values);
    let mut filled = 0_usize;
    for row in 0..call.rows {
        let (Some(text), Some(entry), Some(key)) =
            (texts.get(row), entries.get(row), keys.get(row))
        else {
            builder.append(false)?;
            continue;
        };
        filled = filled.saturating_add(text.len());
        room(&[], filled)?;
        fill(text, &Delimiters::new(entry, key)?, &mut builder)?;
        builder.append(true)?;
    }
    Ok(Arc::new(builder.finish()))
}

/// What stands between entries, and between key and value.
struct Delimiters<'a> {
    entry: &'a str,
    key: &'a str,
}

impl<'a> Delimiters<'a> {
    fn new(entry: &'a str, key: &'a str) -> Result<Self> {
        let wrong = match (entry, key) {
            ("", _) => "entryDelimiter is empty",
            (_, "") => "keyValueDelimiter is empty",
            _ if entry == key => "entryDelimiter and keyValueDelimiter must not be the same",
            _ => return Ok(Self { entry, key }),
        };
        Err(failure::argument(wrong))
    }

    fn entry_of<'t>(&self, entry: &'t str, quote: &str) -> Result<(&'t str, &'t str)> {
        match entry.split_once(self.key) {
            Some((key, value)) if !value.contains(self.key) => Ok((key, value)),
            _ => Err(failure::argument(format!(
                "Key-value delimiter must appear exactly once in each entry. Bad input: {quote}{entry}{quote}"
            ))),
        }
    }
}
