//! Addresses: networks, URLs; and `contains`, which arrays have too. Dialect 4.9.
//!
//! NULL as an argument gives NULL. A text that is no URL has no parts: NULL.

use super::function::Function;

mod contains;
pub(super) mod ip;
mod uri;
mod url_code;
mod url_extract;

pub(super) const ADDRESS: &[Function] = &[
    contains::CONTAINS,
    url_code::URL_DECODE,
    url_code::URL_ENCODE,
    url_extract::URL_EXTRACT_FRAGMENT,
    url_extract::URL_EXTRACT_HOST,
    url_extract::URL_EXTRACT_PARAMETER,
    url_extract::URL_EXTRACT_PATH,
    url_extract::URL_EXTRACT_PORT,
    url_extract::URL_EXTRACT_PROTOCOL,
    url_extract::URL_EXTRACT_QUERY,
];
