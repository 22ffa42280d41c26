//! One bucket.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::SystemTime;

use super::error;
use crate::standin::http::{Reply, Request};

#[derive(Debug, Default)]
pub(super) struct Bucket {
    pub(super) objects: BTreeMap<String, Object>,
}

/// An object.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    /// The same for the same bytes, as in S3.
    etag: String,
    metadata: HashMap<String, String>,
    changed: SystemTime,
}

impl Object {
    pub(super) fn of(bytes: Vec<u8>, changed: SystemTime) -> Self {
        let mut hash = DefaultHasher::new();
        bytes.hash(&mut hash);
        let etag = format!("\"{:016x}\"", hash.finish());
        Self { bytes, etag, metadata: HashMap::new(), changed }
    }

    fn changed(&self, format: &str) -> String {
        chrono::DateTime::<chrono::Utc>::from(self.changed).format(format).to_string()
    }
}

/// What follows the question mark.
pub(super) struct Query(HashMap<String, String>);

impl Query {
    pub(super) fn of(text: &str) -> Self {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), decoded(value))
        };
        Self(text.split('&').map(pair).collect())
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl Bucket {
    pub(super) fn get(&self, key: &str) -> Reply {
        let Some(object) = self.objects.get(key) else {
            return error(404, "NoSuchKey", "The specified key does not exist.");
        };
        let mut headers = vec![
            ("ETag", object.etag.clone()),
            ("Last-Modified", object.changed("%a, %d %b %Y %H:%M:%S GMT")),
        ];
        if let Some(write) = object.metadata.get("clickops-write") {
            headers.push(("x-amz-meta-clickops-write", write.clone()));
        }
        Reply::Whole(200, headers, object.bytes.clone())
    }

    /// With `lax`, whatever the write is conditional on.
    pub(super) fn put(&mut self, key: &str, request: &Request, lax: bool) -> Reply {
        assert!(request.header("content-encoding").is_empty(), "bodies come as they are");
        let there = self.objects.get(key);
        let (none, exactly) = (request.header("if-none-match"), request.header("if-match"));
        assert!(none == "*" || exactly.starts_with('"'), "a write without a condition");
        let failed = || error(412, "PreconditionFailed", "At least one of the pre-conditions");
        match there {
            _ if lax => {}
            Some(_) if none == "*" => return failed(),
            None if !exactly.is_empty() => return error(404, "NoSuchKey", "no such key"),
            Some(object) if !exactly.is_empty() && object.etag != exactly => return failed(),
            _ => {}
        }
        let mut object = Object::of(request.body.clone(), SystemTime::now());
        object.metadata = request.headers("x-amz-meta-");
        let headers = vec![("ETag", object.etag.clone())];
        self.objects.insert(key.to_owned(), object);
        Reply::Whole(200, headers, Vec::new())
    }

    pub(super) fn list(&self, query: &Query, longest: usize) -> Reply {
        assert_eq!((query.get("list-type"), query.get("encoding-type")), ("2", "url"));
        let prefix = query.get("prefix");
        let most = query.get("max-keys").parse().unwrap_or(1000).min(longest);
        let after = match query.get("continuation-token") {
            "" => query.get("start-after"),
            token => token,
        };
        // Keys and folders count alike, in the order of their bytes.
        let mut entries: BTreeMap<String, Option<&Object>> = BTreeMap::new();
        for (key, object) in &self.objects {
            let Some(rest) = key.strip_prefix(prefix) else { continue };
            match rest.find('/').filter(|_| query.get("delimiter") == "/") {
                Some(at) => entries.insert(format!("{prefix}{}", &rest[..=at]), None),
                None => entries.insert(key.clone(), Some(object)),
            };
        }
        let mut left = entries.iter().filter(|(entry, _)| entry.as_str() > after);
        let page: Vec<_> = left.by_ref().take(most).collect();
        let more = left.next().is_some();

        let mut xml = format!("<ListBucketResult><IsTruncated>{more}</IsTruncated>");
        if let (true, Some((last, _))) = (more, page.last()) {
            let _ = write!(xml, "<NextContinuationToken>{last}</NextContinuationToken>");
        }
        for (entry, object) in page {
            let entry = encoded(entry);
            let _ = match object {
                Some(object) => write!(
                    xml,
                    "<Contents><Key>{entry}</Key><ETag>{}</ETag><Size>{}</Size>\
                     <LastModified>{}</LastModified></Contents>",
                    object.etag.replace('"', "&quot;"),
                    object.bytes.len(),
                    object.changed("%Y-%m-%dT%H:%M:%S.000Z"),
                ),
                None => {
                    write!(xml, "<CommonPrefixes><Prefix>{entry}</Prefix></CommonPrefixes>")
                }
            };
        }
        xml.push_str("</ListBucketResult>");
        Reply::Whole(200, vec![("Content-Type", "application/xml".to_owned())], xml.into_bytes())
    }
}

pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// As S3 writes keys when it is asked for `encoding-type=url`.
fn encoded(key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*/".contains(&byte);
    let mut text = String::new();
    for byte in key.bytes() {
        match byte {
            b' ' => text.push('+'),
            byte if plain(byte) => text.push(char::from(byte)),
            byte => drop(write!(text, "%{byte:02X}")),
        }
    }
    text
}
