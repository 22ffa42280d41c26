//! Casts to `ipaddress` and `varbinary`.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::address::ip::parse;
use super::{OnFailure, no_cast};
use crate::sql::ty::SqlType;

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
