//! `hmac_md5`, `hmac_sha1`, `hmac_sha256`, `hmac_sha512`, each `(varbinary, key) -> varbinary`: a hash
//! that only those who have the key can make. An empty key is an error.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;
use hmac::digest::block_api::BlockSizeUser;
use hmac::{KeyInit as _, Mac as _, SimpleHmac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};

const SIGNATURE: &str = "(varbinary, varbinary) -> varbinary";

pub(super) const HMAC_MD5: Function =
    Function { name: "hmac_md5", forms: &[Form::new(SIGNATURE, codes::<Md5>).fails()] };

pub(super) const HMAC_SHA1: Function =
    Function { name: "hmac_sha1", forms: &[Form::new(SIGNATURE, codes::<Sha1>).fails()] };

pub(super) const HMAC_SHA256: Function =
    Function { name: "hmac_sha256", forms: &[Form::new(SIGNATURE, codes::<Sha256>).fails()] };

pub(super) const HMAC_SHA512: Function =
    Function { name: "hmac_sha512", forms: &[Form::new(SIGNATURE, codes::<Sha512>).fails()] };

fn codes<D: Digest + BlockSizeUser>(call: &Call) -> Result<ArrayRef> {
    call.each2(|bytes: &[u8], key: &[u8]| {
        // Any other key is good.
        let keyed = if key.is_empty() { None } else { SimpleHmac::<D>::new_from_slice(key).ok() };
        let keyed = keyed.ok_or_else(|| failure::argument("Empty key"))?;
        Ok(Some(keyed.chain_update(bytes).finalize().into_bytes().to_vec()))
    })
}
