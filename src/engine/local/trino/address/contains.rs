//! `contains(network varchar, ipaddress) -> boolean`: whether an address lies in a network such as
//! `10.0.0.0/8`. IPv4 and IPv6 are apart, but that `::/0` holds everything. A network without
//! length, and an IPv4 network with other bits set than count, are errors. Dialect 4.9.
//!
//! `contains(array(T), T) -> boolean`: whether an element equals the value; NULL where none does and
//! one is NULL. A NULL inside of an element that decides is an error. Dialect 4.7.

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, Last, Put};
use super::super::elements::{equal, is_null};
use super::super::function::{Form, Function, constant_text};
use super::ip::Network;

const NULL_INSIDE: &str =
    "contains does not support arrays with elements that are null or contain null";

pub(super) const CONTAINS: Function = Function {
    name: "contains",
    forms: &[
        Form::new("(array(T), T) -> boolean", in_array),
        Form::new("(varchar, ipaddress) -> boolean", in_network).checked(0, |constants| {
            constant_text(constants, 0).map_or(Ok(()), |text| Network::parse(text).map(|_| ()))
        }),
    ],
};

fn in_network(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each2(|network: &str, address: &[u8]| {
        Ok(Some(last.of(network, Network::parse)?.contains(address)))
    })
}

fn in_array(call: &Call) -> Result<ArrayRef> {
    let (lists, wanted, ty) = (call.lists(0)?, call.column(1)?, &call.takes[1]);
    bool::collect((0..call.rows).map(|row| {
        let value = (wanted.array() as &dyn Array, wanted.position(row));
        let Some(span) = lists.spans.get(row).filter(|_| !is_null(value)) else {
            return Ok(None);
        };
        let mut answer = Some(false);
        for at in span {
            let element = (&lists.items as &dyn Array, at);
            match equal(element, value, ty) {
                Some(true) => return Ok(Some(true)),
                Some(false) => {}
                None if is_null(element) => answer = None,
                None => return Err(failure::not_supported(NULL_INSIDE)),
            }
        }
        Ok(answer)
    }))
}
