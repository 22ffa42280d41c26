//! `translate(varchar, from, to) -> varchar`: each code point that stands in `from` becomes the one at
//! its place in `to`, or nothing where `to` is shorter. The first place counts. Dialect 4.6.

use std::collections::HashMap;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const TRANSLATE: Function = Function {
    name: "translate",
    forms: &[Form::new("(varchar, varchar, varchar) -> varchar", run)],
};

fn run(call: &Call) -> Result<ArrayRef> {
    let mut table = Table::default();
    call.each3(|text: &str, from: &str, to: &str| {
        table.set(from, to);
        Ok(Some(text.chars().filter_map(|char| table.of(char)).collect::<String>()))
    })
}

/// What each code point becomes, kept from row to row.
#[derive(Default)]
struct Table {
    from: String,
    to: String,
    chars: HashMap<char, Option<char>>,
}

impl Table {
    fn set(&mut self, from: &str, to: &str) {
        if self.from == from && self.to == to {
            return;
        }
        from.clone_into(&mut self.from);
        to.clone_into(&mut self.to);
        self.chars.clear();
        let mut to = to.chars();
        for char in from.chars() {
            let by = to.next();
            self.chars.entry(char).or_insert(by);
        }
    }

    fn of(&self, char: char) -> Option<char> {
        self.chars.get(&char).copied().unwrap_or(Some(char))
    }
}
