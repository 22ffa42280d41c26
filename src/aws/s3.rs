//! S3, as far as it is needed here: pages of keys, whole objects, and writes on a condition.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::{Builder, Region, SharedInterceptor};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::EncodingType;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use super::Access;
use super::clock::Clock;
use super::fault::HEAD_BUCKET;
pub use super::fault::{Fault, Kind};
use crate::store::Expected;

/// S3, of which a client is made when the first request is. Buckets may lie in other regions than
/// the one that is set: S3 tells where.
#[derive(Debug, Default)]
pub struct S3 {
    access: Access,
    client: OnceCell<Client>,
    /// Clients for buckets that lie elsewhere.
    elsewhere: Mutex<HashMap<String, Client>>,
    clock: Clock,
}

/// Which keys to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys<'a> {
    /// Only keys that begin like this.
    pub(crate) prefix: &'a str,
    /// Only keys after this one.
    pub(crate) after: Option<&'a str>,
    /// Whether keys with a slash after the prefix come as the folder they lie in.
    pub(crate) folders: bool,
}

/// A page of keys, in the order of their bytes.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Object>,
    /// Beginnings of keys, each with a slash at its end.
    pub(crate) folders: Vec<String>,
    /// Leads to the next page.
    pub(crate) next: Option<String>,
}

/// What a listing tells of an object.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) bytes: u64,
    pub(crate) etag: String,
    pub(crate) changed: DateTime<Utc>,
}

/// Which state of an object it is, and the name of the write that it comes from.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) etag: String,
    pub(crate) write: Option<String>,
}

/// The header in which S3 names the region of a bucket that it is asked for in another.
const REGION: &str = "x-amz-bucket-region";

/// An object's metadata keeps here which write it comes from.
const WRITE: &str = "clickops-write";

impl S3 {
    /// S3, reached like this.
    pub fn new(access: Access) -> Self {
        Self { access, ..Self::default() }
    }

    /// Asks something of a bucket, once more if S3 says that it lies in another region.
    async fn ask<T, E, F>(
        &self,
        operation: &'static str,
        bucket: &str,
        request: impl Fn(Client) -> F,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let moved = self.moved().get(bucket).cloned();
        let client = match moved {
            Some(client) => client,
            None => self.client().await?.clone(),
        };
        let error = match request(client.clone()).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let region = error.raw_response().and_then(|answer| answer.headers().get(REGION));
        let region = region.map(|name| Region::new(name.to_owned()));
        let here = client.config().region();
        let Some(region) = region.filter(|region| here != Some(region)) else {
            return Err(Fault::of(operation, &error));
        };
        tracing::debug!(bucket, %region, "the bucket lies in another region");
        let client = Client::from_conf(client.config().to_builder().region(region).build());
        self.moved().insert(bucket.to_owned(), client.clone());
        request(client).await.map_err(|error| Fault::of(operation, &error))
    }

    fn moved(&self) -> MutexGuard<'_, HashMap<String, Client>> {
        self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn client(&self) -> Result<&Client, Fault> {
        let made = async || {
            let shared = self.access.config().await;
            if shared.region().is_none() {
                return Err(Fault::no_region());
            }
            let mut config = Builder::from(&shared);
            config.set_retry_partition(self.access.shares_retries());
            config.push_interceptor(SharedInterceptor::new(self.clock.clone()));
            Ok(Client::from_conf(config.build()))
        };
        self.client.get_or_try_init(made).await
    }

    /// One page of keys; `next` is what the page before it gave.
    pub(crate) async fn page(
        &self,
        bucket: &str,
        keys: &Keys<'_>,
        next: Option<String>,
    ) -> Result<Page, Fault> {
        let request = |client: Client| {
            let request = client.list_objects_v2().bucket(bucket).prefix(keys.prefix);
            request
                .set_start_after(keys.after.map(str::to_owned))
                .set_delimiter(keys.folders.then(|| "/".to_owned()))
                .set_continuation_token(next.clone())
                // Keys may hold characters that XML may not.
                .encoding_type(EncodingType::Url)
                .send()
        };
        let answer = self.ask("ListObjectsV2", bucket, request).await?;
        let object = |one: &aws_sdk_s3::types::Object| {
            let changed = one.last_modified().and_then(|time| time.to_millis().ok());
            Some(Object {
                key: decoded(one.key()?)?,
                bytes: one.size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
                etag: one.e_tag().unwrap_or_default().to_owned(),
                changed: changed.and_then(DateTime::from_timestamp_millis).unwrap_or_default(),
            })
        };
        let folders = answer.common_prefixes().iter();
        Ok(Page {
            objects: answer.contents().iter().filter_map(object).collect(),
            folders: folders.filter_map(|folder| decoded(folder.prefix()?)).collect(),
            next: answer.next_continuation_token().map(str::to_owned),
        })
    }

    /// A whole object and its state; `None` if there is no such object.
    pub(crate) async fn get(
        &self,
        bucket: &str,
        key: &str,
    ) -> Result<Option<(Vec<u8>, String)>, Fault> {
        let (body, etag) = match self.body(bucket, key).await {
            Err(Fault { kind: Kind::Missing, .. }) => return Ok(None),
            body => body?,
        };
        let bytes = body.collect().await.map_err(|error| Fault::broken(&error))?;
        Ok(Some((bytes.to_vec(), etag)))
    }

    async fn body(&self, bucket: &str, key: &str) -> Result<(ByteStream, String), Fault> {
        let request = |client: Client| client.get_object().bucket(bucket).key(key).send();
        let answer = self.ask("GetObject", bucket, request).await?;
        Ok((answer.body, answer.e_tag.unwrap_or_default()))
    }

    /// Writes an object if it is as expected, and gives its new state. `write` names the write.
    pub(crate) async fn put(
        &self,
        bucket: &str,
        key: &str,
        bytes: &[u8],
        expected: &Expected,
        write: &str,
    ) -> Result<String, Fault> {
        let request = |client: Client| {
            let request = client.put_object().bucket(bucket).key(key);
            let request = match expected {
                Expected::Absent => request.if_none_match("*"),
                Expected::Version(version) => request.if_match(&version.0),
            };
            request.metadata(WRITE, write).body(ByteStream::from(bytes.to_vec())).send()
        };
        let answer = self.ask("PutObject", bucket, request).await?;
        Ok(answer.e_tag.unwrap_or_default())
    }

    /// The state of an object.
    pub(crate) async fn state(&self, bucket: &str, key: &str) -> Result<State, Fault> {
        let request = |client: Client| client.head_object().bucket(bucket).key(key).send();
        let answer = self.ask("HeadObject", bucket, request).await?;
        let write = answer.metadata().and_then(|known| known.get(WRITE)).cloned();
        Ok(State { etag: answer.e_tag.unwrap_or_default(), write })
    }

    /// The region of a bucket, where S3 tells.
    pub(crate) async fn region(&self, bucket: &str) -> Result<Option<String>, Fault> {
        let request = |client: Client| client.head_bucket().bucket(bucket).send();
        let answer = self.ask(HEAD_BUCKET, bucket, request).await?;
        Ok(answer.bucket_region().map(str::to_owned))
    }

    /// The region that is asked in.
    pub(crate) async fn asks_in(&self) -> Option<String> {
        let client = self.client().await.ok()?;
        client.config().region().map(ToString::to_string)
    }

    /// How far S3's clock is ahead of this machine's, by its last answer.
    pub(crate) fn clock_ahead(&self) -> Option<TimeDelta> {
        self.clock.ahead()
    }

    /// Opens an object for a thread that reads it and waits, bit by bit.
    ///
    /// # Errors
    /// When it vanished or may not be read.
    pub(crate) fn open(
        self: &Arc<Self>,
        runtime: &Handle,
        bucket: &str,
        key: &str,
    ) -> io::Result<impl Read + Send + use<>> {
        let (body, _) = runtime.block_on(self.body(bucket, key))?;
        Ok(Download { runtime: runtime.clone(), body, rest: Vec::new(), read: 0 })
    }
}

/// An object on its way.
struct Download {
    runtime: Handle,
    body: ByteStream,
    /// What has come and was not all read.
    rest: Vec<u8>,
    read: usize,
}

impl Read for Download {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.rest.len() {
            match self.runtime.block_on(self.body.try_next()) {
                Ok(Some(bytes)) => (self.rest, self.read) = (bytes.to_vec(), 0),
                Ok(None) => return Ok(0),
                Err(error) => return Err(Fault::broken(&error).into()),
            }
        }
        let count = (&self.rest[self.read..]).read(buffer)?;
        self.read += count;
        Ok(count)
    }
}

/// A key out of a listing, where it is written as in a URL; `None` if it is no UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                u8::try_from(digit(rest.next()?)? << 4 | digit(rest.next()?)?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_listing_are_decoded() {
        for (text, key) in [
            ("a/b.json", Some("a/b.json")),
            ("a+b%2Bc%0A%C3%A9", Some("a b+c\né")),
            ("%", None),
            ("%zz", None),
            ("%ff", None),
        ] {
            assert_eq!(decoded(text).as_deref(), key, "{text}");
        }
    }
}
