//! `crc32(varbinary) -> bigint`: the checksum of gzip and PNG.

use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const CRC32: Function = Function {
    name: "crc32",
    forms: &[Form::new("(varbinary) -> bigint", |call: &Call| {
        call.each1(|bytes: &[u8]| Ok(Some(i64::from(checksum(bytes)))))
    })],
};

/// What each byte does to the checksum.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};

fn checksum(bytes: &[u8]) -> u32 {
    let next = |sum: u32, byte: &u8| sum >> 8 ^ TABLE[usize::from(sum as u8 ^ byte)];
    !bytes.iter().fold(u32::MAX, next)
}
