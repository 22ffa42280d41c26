//! `contains(network varchar, ipaddress) -> boolean`: whether an address lies in a network such as
//! `10.0.0.0/8`. IPv4 and IPv6 are apart, but that `::/0` holds everything. A network without
//! length, and an IPv4 network with other bits set than count, are errors. Dialect 4.9.
//!
//! `contains(array(T), T) -> boolean`: whether an element equals the value; NULL where none does and
//! one is NULL. Dialect 4.7.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, make_comparator,
};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{Float32Type, Float64Type, Int64Type};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::zone;
use super::super::call::{Call, Last};
use super::super::function::{Form, Function, constant_text};
use super::ip::Network;
use crate::sql::ty::SqlType;

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
    let (array, [_, ty]) = (call.array(0)?, call.takes) else {
        return internal_err!("contains takes two arguments");
    };
    if *ty == SqlType::Unknown {
        return Ok(Arc::new(BooleanArray::new_null(call.rows)));
    }
    let Some(list) = array.as_list_opt::<i32>() else {
        return internal_err!("contains takes {}", array.data_type());
    };
    let (elements, wanted) = (plain(list.values(), ty), plain(&call.array(1)?, ty));
    let order = make_comparator(&elements, &wanted, SortOptions::default())?;
    let answer = list.value_offsets().windows(2).enumerate().map(|(row, range)| {
        if list.is_null(row) || wanted.is_null(row) {
            return None;
        }
        let mut answer = Some(false);
        for at in range[0] as usize..range[1] as usize {
            if elements.is_null(at) {
                answer = None;
            } else if order(at, row).is_eq() && !is_nan(&elements, at) {
                return Some(true);
            }
        }
        answer
    });
    Ok(Arc::new(answer.collect::<BooleanArray>()))
}

/// Values in a form in which equal ones look alike: one zero, moments without a zone.
fn plain(array: &ArrayRef, ty: &SqlType) -> ArrayRef {
    match ty {
        SqlType::Double => {
            Arc::new(array.as_primitive::<Float64Type>().unary::<_, Float64Type>(|x| x + 0.0))
        }
        SqlType::Real => {
            Arc::new(array.as_primitive::<Float32Type>().unary::<_, Float32Type>(|x| x + 0.0))
        }
        SqlType::TimestampTz(_) => {
            let moments: Int64Array = array.as_primitive::<Int64Type>().unary(zone::millis);
            Arc::new(moments)
        }
        _ => Arc::clone(array),
    }
}

fn is_nan(array: &ArrayRef, at: usize) -> bool {
    let real = array.as_primitive_opt::<Float32Type>().map(|array| array.value(at).is_nan());
    let double = array.as_primitive_opt::<Float64Type>().map(|array| array.value(at).is_nan());
    real.or(double).unwrap_or(false)
}
