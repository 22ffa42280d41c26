//! `concat_ws(separator, varchar, ...) -> varchar`, `concat_ws(separator, array(varchar)) -> varchar`:
//! texts with a separator between them.
//!
//! NULL if the separator is, or the array; texts that are NULL are left out, empty ones are not. No
//! text at all is an error. Dialect 4.6.

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, Items, Put};
use super::super::function::{Form, Function};

pub(super) const CONCAT_WS: Function = Function {
    name: "concat_ws",
    forms: &[
        Form::new("(varchar, varchar, varchar...) -> varchar", texts),
        Form::new("(varchar, array(varchar)) -> varchar", elements),
        Form::new("(varchar) -> varchar", too_few).fails(),
    ],
};

fn too_few(_: &Call) -> Result<ArrayRef> {
    Err(failure::argument("There must be two or more arguments"))
}

fn texts(call: &Call) -> Result<ArrayRef> {
    let separators = call.values::<&str>(0)?;
    let texts: Vec<_> =
        (1..call.arguments.len()).map(|at| call.values::<&str>(at)).collect::<Result<_>>()?;
    String::collect((0..call.rows).map(|row| {
        let known = || texts.iter().filter_map(|text| text.get(row));
        Ok(separators.get(row).map(|separator| joined(separator, known())))
    }))
}

fn elements(call: &Call) -> Result<ArrayRef> {
    call.each2(|separator: &str, Items(items): Items| {
        let known =
            items.as_string_opt::<i32>().into_iter().flat_map(|items| items.iter().flatten());
        Ok(Some(joined(separator, known)))
    })
}

fn joined<'a>(separator: &str, texts: impl Iterator<Item = &'a str>) -> String {
    let mut whole = String::new();
    for (at, text) in texts.enumerate() {
        if at > 0 {
            whole.push_str(separator);
        }
        whole.push_str(text);
    }
    whole
}
