//! `md5`, `sha1`, `sha256`, `sha512`, each `(varbinary) -> varbinary`. Dialect 4.9.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::super::call::Call;
use super::super::function::{Form, Function};

const SIGNATURE: &str = "(varbinary) -> varbinary";

pub(super) const MD5: Function =
    Function { name: "md5", forms: &[Form::new(SIGNATURE, digests::<Md5>)] };

pub(super) const SHA1: Function =
    Function { name: "sha1", forms: &[Form::new(SIGNATURE, digests::<Sha1>)] };

pub(super) const SHA256: Function =
    Function { name: "sha256", forms: &[Form::new(SIGNATURE, digests::<Sha256>)] };

pub(super) const SHA512: Function =
    Function { name: "sha512", forms: &[Form::new(SIGNATURE, digests::<Sha512>)] };

fn digests<D: Digest>(call: &Call) -> Result<ArrayRef> {
    call.each1(|bytes: &[u8]| Ok(Some(D::digest(bytes).to_vec())))
}
