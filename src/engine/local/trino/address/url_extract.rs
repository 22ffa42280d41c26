//! `url_extract_protocol`, `..._host`, `..._path`, `..._query`, `..._fragment`, each
//! `(varchar) -> varchar`: the part of a URL, without escapes; empty where the URL has none.
//!
//! `url_extract_port(varchar) -> bigint`: NULL where it has none.
//!
//! `url_extract_parameter(varchar, name) -> varchar`: the first value that the query has for the name,
//! empty without `=`; NULL without the name. Dialect 4.9.

use std::borrow::Cow;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::function::{Form, Function};
use super::uri::Uri;
use super::url_code::decoded;

const TEXT_OF: &str = "(varchar(x)) -> varchar(x)";

pub(super) const URL_EXTRACT_PROTOCOL: Function = Function {
    name: "url_extract_protocol",
    forms: &[Form::new(TEXT_OF, |call: &Call| parts(call, |uri| uri.scheme.map(Cow::Borrowed)))],
};

pub(super) const URL_EXTRACT_HOST: Function = Function {
    name: "url_extract_host",
    forms: &[Form::new(TEXT_OF, |call: &Call| parts(call, |uri| uri.host.map(Cow::Borrowed)))],
};

pub(super) const URL_EXTRACT_PATH: Function = Function {
    name: "url_extract_path",
    forms: &[Form::new(TEXT_OF, |call: &Call| parts(call, |uri| uri.path.map(plain)))],
};

pub(super) const URL_EXTRACT_QUERY: Function = Function {
    name: "url_extract_query",
    forms: &[Form::new(TEXT_OF, |call: &Call| parts(call, |uri| uri.query.map(plain)))],
};

pub(super) const URL_EXTRACT_FRAGMENT: Function = Function {
    name: "url_extract_fragment",
    forms: &[Form::new(TEXT_OF, |call: &Call| parts(call, |uri| uri.fragment.map(plain)))],
};

pub(super) const URL_EXTRACT_PORT: Function = Function {
    name: "url_extract_port",
    forms: &[Form::new("(varchar) -> bigint", |call: &Call| {
        call.each1(|text: &str| Ok(Uri::parse(text).and_then(|uri| uri.port).map(i64::from)))
    })],
};

pub(super) const URL_EXTRACT_PARAMETER: Function = Function {
    name: "url_extract_parameter",
    forms: &[Form::new("(varchar(x), varchar) -> varchar(x)", |call: &Call| {
        call.each2(|text: &str, name: &str| {
            let query = Uri::parse(text).and_then(|uri| uri.query);
            Ok(query.and_then(|query| parameter(query, name)))
        })
    })],
};

fn parts(call: &Call, part: impl for<'a> Fn(&Uri<'a>) -> Option<Cow<'a, str>>) -> Result<ArrayRef> {
    call.each1(|text: &str| Ok(Uri::parse(text).map(|uri| part(&uri).unwrap_or_default())))
}

/// The first value of a name. Names are compared as they are written, values are those of a form.
fn parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').filter(|pair| !pair.is_empty()).find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then(|| decoded(value, b' ').ok()).flatten()
    })
}

/// With `%20` as what it stands for.
fn plain(text: &str) -> Cow<'_, str> {
    match decoded(text, b'+') {
        Ok(plain) if text.contains('%') => Cow::Owned(plain),
        _ => Cow::Borrowed(text),
    }
}
