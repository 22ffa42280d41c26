//! `luhn_check(varchar) -> boolean`: whether the last digit is the check digit of those before it.
//!
//! The empty text has none. What is no digit is an error. Dialect 4.6.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const LUHN_CHECK: Function =
    Function { name: "luhn_check", forms: &[Form::new("(varchar) -> boolean", run).fails()] };

fn run(call: &Call) -> Result<ArrayRef> {
    call.each1(|text: &str| {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(failure::argument("Input contains non-digit character"));
        }
        let digits = text.bytes().rev().map(|byte| u64::from(byte - b'0'));
        let weighed = digits.enumerate().map(|(at, digit)| match at % 2 {
            0 => digit,
            _ => digit * 2 % 10 + digit * 2 / 10,
        });
        Ok(Some(!text.is_empty() && weighed.sum::<u64>() % 10 == 0))
    })
}
