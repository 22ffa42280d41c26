//! Internet addresses: their texts, and networks.
//!
//! An `ipaddress` is 16 bytes; an IPv4 address is one that is mapped into IPv6.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv6Addr};

use datafusion::error::Result;

use super::super::super::failure;

/// Reads `10.0.0.1` or `2001:db8::1`. A zone behind an IPv6 address, `%eth0`, is left out.
pub(crate) fn parse(text: &str) -> Option<[u8; 16]> {
    let address = match text.split_once('%') {
        Some((address, zone)) if address.contains(':') && !zone.is_empty() => address,
        _ => text,
    };
    Some(match address.parse().ok()? {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    })
}

/// Writes an address of 16 bytes: IPv4 with points, and IPv6 as short as it can be.
pub(crate) fn write(bytes: &[u8], out: &mut String) {
    let Ok(bytes) = <[u8; 16]>::try_from(bytes) else {
        return;
    };
    let _ = write!(out, "{}", Ipv6Addr::from(bytes).to_canonical());
}

/// Addresses that begin alike, `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    base: u128,
    mask: u128,
}

impl Network {
    /// Reads an address and how many bits of it count. An IPv4 address may have no others set.
    ///
    /// # Errors
    /// With Trino's words if it is none.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let invalid = || failure::argument("Invalid CIDR");
        let (address, length) = text.split_once('/').ok_or_else(invalid)?;
        let bytes =
            parse(address).ok_or_else(|| failure::argument("Invalid network IP address"))?;
        let length: i32 = length.parse().map_err(|_| invalid())?;
        if length < 0 {
            return Err(failure::argument("Invalid prefix length"));
        }
        let is_ipv4 = !address.contains(':');
        let mapped = if is_ipv4 { 96 } else { 0 };
        let other = 128_u32
            .checked_sub(mapped)
            .and_then(|bits| bits.checked_sub(length.unsigned_abs()))
            .ok_or_else(invalid)?;
        let mask = u128::MAX.checked_shl(other).unwrap_or(0);
        let base = u128::from_be_bytes(bytes);
        if is_ipv4 && base & !mask != 0 {
            return Err(invalid());
        }
        Ok(Self { base: base & mask, mask })
    }

    /// Whether an address of 16 bytes is one of them.
    pub(super) fn contains(&self, address: &[u8]) -> bool {
        match <[u8; 16]>::try_from(address) {
            Ok(bytes) => u128::from_be_bytes(bytes) & self.mask == self.base,
            Err(_) => false,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_writing() {
        for (text, written) in [
            ("1.2.3.4", "1.2.3.4"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("2001:0DB8:0:0:1::1", "2001:db8::1:0:0:1"),
            ("::1.2.3.4", "::102:304"),
            ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
            ("::1%eth0", "::1"),
            ("::", "::"),
        ] {
            let mut out = String::new();
            write(&parse(text).unwrap(), &mut out);
            assert_eq!(out, written);
        }
        for wrong in
            ["", "1.2.3", "010.0.0.1", "1.2.3.256", ":::", "1::2::3", "[::1]", " ::1", "12345::"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
