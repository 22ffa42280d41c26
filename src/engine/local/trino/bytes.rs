//! Bytes: encodings and hashes. Dialect 4.9.
//!
//! NULL as an argument gives NULL. Text is no `varbinary`: `to_utf8` makes it one.

use super::function::Function;

mod base32;
mod base64;
mod crc32;
mod hash;
mod hex;
mod hmac;
mod number;
mod utf8;

pub(super) use self::hex::not_a_digit;

pub(super) const BYTES: &[Function] = &[
    base32::FROM_BASE32,
    base32::TO_BASE32,
    base64::FROM_BASE64,
    base64::FROM_BASE64URL,
    base64::TO_BASE64,
    base64::TO_BASE64URL,
    crc32::CRC32,
    hash::MD5,
    hash::SHA1,
    hash::SHA256,
    hash::SHA512,
    hex::FROM_HEX,
    hex::TO_HEX,
    hmac::HMAC_MD5,
    hmac::HMAC_SHA1,
    hmac::HMAC_SHA256,
    hmac::HMAC_SHA512,
    number::FROM_BIG_ENDIAN_32,
    number::FROM_BIG_ENDIAN_64,
    number::FROM_IEEE754_32,
    number::FROM_IEEE754_64,
    number::TO_BIG_ENDIAN_32,
    number::TO_BIG_ENDIAN_64,
    number::TO_IEEE754_32,
    number::TO_IEEE754_64,
    utf8::FROM_UTF8,
    utf8::TO_UTF8,
];
