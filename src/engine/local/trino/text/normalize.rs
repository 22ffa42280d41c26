//! `normalize(varchar[, form]) -> varchar`: one of Unicode's normal forms, `NFC` if none is named.
//! Any other form is an error. Dialect 4.6.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;
use unicode_normalization::UnicodeNormalization as _;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function, constant_text};

pub(super) const NORMALIZE: Function = Function {
    name: "normalize",
    forms: &[
        Form::new("(varchar) -> varchar", |call: &Call| {
            call.each1(|text: &str| normal(text, "NFC").map(Some))
        }),
        Form::new("(varchar, varchar) -> varchar", run).checked(1, |constants| {
            constant_text(constants, 1).map_or(Ok(()), |form| normal("", form).map(|_| ()))
        }),
    ],
};

fn run(call: &Call) -> Result<ArrayRef> {
    call.each2(|text: &str, form: &str| normal(text, form).map(Some))
}

fn normal(text: &str, form: &str) -> Result<String> {
    Ok(match form {
        "NFC" => text.nfc().collect(),
        "NFD" => text.nfd().collect(),
        "NFKC" => text.nfkc().collect(),
        "NFKD" => text.nfkd().collect(),
        _ => {
            let message = "Normalization form must be one of [NFD, NFC, NFKD, NFKC]";
            return Err(failure::argument(message));
        }
    })
}
