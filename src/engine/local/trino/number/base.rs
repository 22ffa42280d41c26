//! Whole numbers in other bases than ten. Dialect 4.4.

use datafusion::error::Result;

use super::super::super::failure;
use super::super::function::{Form, Function};
use crate::sql::ty::SqlType;

/// `to_base(n, radix)`: small letters, and a sign for negative numbers. `INVALID_FUNCTION_ARGUMENT`
/// for a radix that is not from 2 to 36.
pub(super) const TO_BASE: Function = Function {
    name: "to_base",
    forms: &[Form::new("(bigint, bigint) -> varchar", |call| {
        call.each2(|number, radix| Ok(Some(digits(number, checked(radix)?))))
    })
    .fails()
    .giving(|_| SqlType::Varchar(Some(64)))],
};

/// `from_base(text, radix)`: letters of any case, an optional sign, no blanks.
/// `INVALID_FUNCTION_ARGUMENT` for other text, for what is no bigint, and as [`TO_BASE`].
pub(super) const FROM_BASE: Function = Function {
    name: "from_base",
    forms: &[Form::new("(varchar, bigint) -> bigint", |call| {
        call.each2(|text: &str, radix| match i64::from_str_radix(text, checked(radix)?) {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(failure::argument(format!("Not a valid base-{radix} number: {text}"))),
        })
    })
    .fails()],
};

fn checked(radix: i64) -> Result<u32> {
    match u32::try_from(radix) {
        Ok(radix @ 2..=36) => Ok(radix),
        _ => Err(failure::argument("Radix must be between 2 and 36")),
    }
}

fn digits(number: i64, radix: u32) -> String {
    let mut rest = number.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(rest % u64::from(radix)).ok();
        digits.extend(digit.and_then(|digit| char::from_digit(digit, radix)));
        rest /= u64::from(radix);
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        digits.push('-');
    }
    digits.into_iter().rev().collect()
}
