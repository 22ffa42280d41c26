//! `hmac_md5`, `hmac_sha1`, `hmac_sha256`, `hmac_sha512`, each `(varbinary, key) -> varbinary`: a hash
//! that only those who have the key can make. An empty key is an error.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};

const SIGNATURE: &str = "(varbinary, varbinary) -> varbinary";

pub(super) const HMAC_MD5: Function =
    Function { name: "hmac_md5", forms: &[Form::new(SIGNATURE, codes::<Md5, 64>).fails()] };

pub(super) const HMAC_SHA1: Function =
    Function { name: "hmac_sha1", forms: &[Form::new(SIGNATURE, codes::<Sha1, 64>).fails()] };

pub(super) const HMAC_SHA256: Function =
    Function { name: "hmac_sha256", forms: &[Form::new(SIGNATURE, codes::<Sha256, 64>).fails()] };

pub(super) const HMAC_SHA512: Function =
    Function { name: "hmac_sha512", forms: &[Form::new(SIGNATURE, codes::<Sha512, 128>).fails()] };

fn codes<D: Digest, const BLOCK: usize>(call: &Call) -> Result<ArrayRef> {
    call.each2(|bytes: &[u8], key: &[u8]| {
        if key.is_empty() {
            return Err(failure::argument("Empty key"));
        }
        Ok(Some(code::<D, BLOCK>(bytes, key)))
    })
}

/// RFC 2104, with a hash that works on blocks of so many bytes.
fn code<D: Digest, const BLOCK: usize>(bytes: &[u8], key: &[u8]) -> Vec<u8> {
    let mut block = [0; BLOCK];
    let hashed;
    let key = if key.len() > BLOCK {
        hashed = D::digest(key);
        &hashed[..]
    } else {
        key
    };
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    let inner = D::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(bytes).finalize();
    D::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().to_vec()
}
