//! `length(varchar) -> bigint`: code points. `length(varbinary) -> bigint`: bytes. Dialect 4.6.

use super::super::call::Call;
use super::super::function::{Form, Function};
use super::{bigint, count};

pub(super) const LENGTH: Function = Function {
    name: "length",
    forms: &[
        Form::new("(varchar) -> bigint", |call: &Call| {
            call.each1(|text: &str| Ok(Some(bigint(count(text)))))
        }),
        Form::new("(varbinary) -> bigint", |call: &Call| {
            call.each1(|bytes: &[u8]| Ok(Some(bigint(bytes.len()))))
        }),
    ],
};
