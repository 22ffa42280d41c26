//! Internet addresses: 16 bytes, IPv4 mapped into IPv6. Casts to `ipaddress` and `varbinary`.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv6Addr};

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

use super::super::super::failure;
use super::{OnFailure, no_cast};
use crate::sql::ty::SqlType;

/// Reads an address without blanks or port; a zone of IPv6 is left out.
pub(super) fn parse(text: &str) -> Option<[u8; 16]> {
    let address = match text.split_once('%') {
        Some((address, zone)) if address.contains(':') && !zone.is_empty() => address,
        _ => text,
    };
    Some(match address.parse().ok()? {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    })
}

/// Writes IPv4 with points, and IPv6 as short as it can be.
pub(crate) fn write(bytes: &[u8], out: &mut String) {
    let Ok(octets) = <[u8; 16]>::try_from(bytes) else {
        return;
    };
    let _ = match Ipv6Addr::from(octets).to_canonical() {
        IpAddr::V4(address) => write!(out, "{address}"),
        IpAddr::V6(address) => write!(out, "{address}"),
    };
}

pub(super) fn convert(
    or: OnFailure,
    values: &ArrayRef,
    from: &SqlType,
    to: &SqlType,
) -> Result<ArrayRef> {
    match (from, to) {
        (SqlType::Varchar(_), SqlType::IpAddress) => {
            or.each(values, |text: &str| match parse(text) {
                Some(address) => Ok(Some(address)),
                None => Err(failure::cast(format!("Cannot cast value to IPADDRESS: {text}"))),
            })
        }
        (SqlType::Varbinary, SqlType::IpAddress) => or.each(values, |bytes: &[u8]| {
            let mapped = <[u8; 4]>::try_from(bytes)
                .map(|bytes| std::net::Ipv4Addr::from(bytes).to_ipv6_mapped().octets());
            match mapped.or_else(|_| <[u8; 16]>::try_from(bytes)) {
                Ok(address) => Ok(Some(address)),
                Err(_) => {
                    Err(failure::cast(format!("Invalid IP address binary length: {}", bytes.len())))
                }
            }
        }),
        (SqlType::Varchar(_), SqlType::Varbinary) => Ok(cast(values, &DataType::Binary)?),
        (SqlType::IpAddress, SqlType::Varbinary) => Ok(std::sync::Arc::clone(values)),
        (from, to) => no_cast(from, to),
    }
}
