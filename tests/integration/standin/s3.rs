//! S3 as far as clickops uses it: buckets in memory behind the real protocol, with pages as short as
//! a test wants them, writes on a condition, and faults at any request.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use chrono::TimeDelta;

pub(crate) use self::bucket::Object;
use self::bucket::{Bucket, Query};
use super::http::{Reply, Request, Server};
use crate::program::files;

mod bucket;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Too many requests in a second.
    SlowDown,
    /// A 500.
    Server,
    /// No answer, for longer than a client waits.
    Silence,
    /// The connection ends.
    Hangup,
    /// The request is carried out, and the answer is lost.
    LostAnswer,
    /// The connection ends in the middle of an object.
    Cut,
    /// The credentials do not allow it.
    Denied,
    /// The policy of the key that the object is encrypted with does not allow it.
    KeyDenied,
    /// The credentials are no longer valid.
    Expired,
    /// Another write is going on.
    Conflict,
    /// The bucket is in another region.
    Elsewhere,
}

impl Fault {
    fn reply(self) -> Reply {
        match self {
            Self::SlowDown => error(503, "SlowDown", "Please reduce your request rate."),
            Self::Server => error(500, "InternalError", "We encountered an internal error."),
            Self::Silence => Reply::Silence(Duration::from_secs(2)),
            Self::Hangup | Self::LostAnswer | Self::Cut => Reply::Hangup,
            Self::Denied => error(403, "AccessDenied", "Access Denied"),
            Self::KeyDenied => error(
                403,
                "AccessDenied",
                "User: arn:aws:iam::111122223333:role/x is not authorized to perform: kms:Decrypt on \
                 the resource associated with this ciphertext",
            ),
            Self::Expired => error(400, "ExpiredToken", "The provided token has expired."),
            Self::Conflict => error(
                409,
                "ConditionalRequestConflict",
                "The conditional request cannot succeed due to a conflicting operation.",
            ),
            Self::Elsewhere => elsewhere(None),
        }
    }
}

/// The answer to whoever asks in the wrong region. S3 does not always tell the right one.
fn elsewhere(region: Option<&str>) -> Reply {
    let told = "The bucket must be addressed using another endpoint.";
    let Reply::Whole(status, mut headers, body) = error(301, "PermanentRedirect", told) else {
        unreachable!()
    };
    headers.extend(region.map(|region| ("x-amz-bucket-region", region.to_owned())));
    Reply::Whole(status, headers, body)
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Reply::Whole(status, vec![("Content-Type", "application/xml".to_owned())], body.into_bytes())
}

/// The service.
pub(crate) struct S3 {
    server: Server,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    buckets: Mutex<BTreeMap<String, Bucket>>,
    /// Faults by operation, and how often each is still to come after how many requests go well.
    faults: Mutex<Vec<Order>>,
    requests: Mutex<Vec<(String, String)>>,
    /// Most keys in a page.
    page: Mutex<usize>,
    /// How far the service's clock is ahead.
    clock: Mutex<TimeDelta>,
    /// Whether writes go through whatever they are conditional on.
    lax: AtomicBool,
    /// Buckets that are in another region than requests come to.
    elsewhere: Mutex<BTreeMap<String, &'static str>>,
}

struct Order {
    /// All operations, if there is none.
    operation: Option<String>,
    /// All keys and prefixes, if there is none.
    key: Option<String>,
    fault: Fault,
    after: usize,
    times: usize,
}

impl S3 {
    /// A service with these empty buckets.
    pub(crate) fn with(buckets: &[&str]) -> Self {
        let state = Arc::new(State { page: Mutex::new(1000), ..State::default() });
        let empty = |name: &&str| ((*name).to_owned(), Bucket::default());
        *state.buckets.lock().unwrap() = buckets.iter().map(empty).collect();
        let serving = Arc::clone(&state);
        Self { server: Server::start(move |request| serving.answer(&request)), state }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Puts an object there.
    pub(crate) fn put(&self, bucket: &str, key: &str, bytes: impl Into<Vec<u8>>) {
        let object = Object::of(bytes.into(), SystemTime::now());
        self.bucket(bucket, |bucket| bucket.objects.insert(key.to_owned(), object));
    }

    /// Puts the files of a folder there, below a prefix.
    pub(crate) fn fill(&self, bucket: &str, prefix: &str, folder: &Path) {
        for file in files(folder) {
            let name = file.strip_prefix(folder).unwrap().to_str().unwrap();
            self.put(bucket, &format!("{prefix}{name}"), std::fs::read(&file).unwrap());
        }
    }

    pub(crate) fn remove(&self, bucket: &str, key: &str) {
        self.bucket(bucket, |bucket| bucket.objects.remove(key));
    }

    /// All buckets are empty again.
    pub(crate) fn clear(&self) {
        self.state.buckets.lock().unwrap().values_mut().for_each(|bucket| bucket.objects.clear());
    }

    /// All objects by key.
    pub(crate) fn objects(&self, bucket: &str) -> BTreeMap<String, Vec<u8>> {
        self.bucket(bucket, |bucket| {
            let bytes = |(key, object): (&String, &Object)| (key.clone(), object.bytes.clone());
            bucket.objects.iter().map(bytes).collect()
        })
    }

    /// No page has more keys.
    pub(crate) fn short_pages(&self, most: usize) {
        *self.state.page.lock().unwrap() = most;
    }

    /// The service's clock is so far ahead.
    pub(crate) fn set_clock(&self, ahead: TimeDelta) {
        *self.state.clock.lock().unwrap() = ahead;
    }

    /// Writes go through whatever they are conditional on.
    pub(crate) fn ignore_conditions(&self) {
        self.state.lax.store(true, Ordering::Relaxed);
    }

    /// A bucket is in this region.
    pub(crate) fn move_to(&self, bucket: &str, region: &'static str) {
        self.state.elsewhere.lock().unwrap().insert(bucket.to_owned(), region);
    }

    /// The next requests for this operation go wrong like this, one after the other.
    pub(crate) fn fail(&self, operation: &str, faults: &[Fault]) {
        for fault in faults {
            let operation = Some(operation.to_owned());
            self.faults().push(Order { operation, key: None, fault: *fault, after: 0, times: 1 });
        }
    }

    /// After some requests of any kind, so many go wrong like this.
    pub(crate) fn fail_after(&self, after: usize, fault: Fault, times: usize) {
        self.faults().push(Order { operation: None, key: None, fault, after, times });
    }

    /// The next requests for this key go wrong like this.
    pub(crate) fn fail_key(&self, key: &str, fault: Fault, times: usize) {
        let key = Some(key.to_owned());
        self.faults().push(Order { operation: None, key, fault, after: 0, times });
    }

    /// Nothing goes wrong any more. Gives whether something that was ordered has not begun.
    pub(crate) fn heal(&self) -> bool {
        let mut faults = self.faults();
        let waiting = faults.iter().any(|order| order.after > 0);
        faults.clear();
        waiting
    }

    /// Operations with their keys or prefixes since this was last asked.
    pub(crate) fn requests(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.state.requests.lock().unwrap())
    }

    fn faults(&self) -> MutexGuard<'_, Vec<Order>> {
        self.state.faults.lock().unwrap()
    }

    fn bucket<T>(&self, name: &str, act: impl FnOnce(&mut Bucket) -> T) -> T {
        act(self.state.buckets.lock().unwrap().get_mut(name).unwrap())
    }
}

impl State {
    fn answer(&self, request: &Request) -> Reply {
        let reply = self.carried_out(request);
        let Reply::Whole(status, mut headers, body) = reply else { return reply };
        let now = chrono::Utc::now() + *self.clock.lock().unwrap();
        headers.push(("Date", now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        Reply::Whole(status, headers, body)
    }

    fn carried_out(&self, request: &Request) -> Reply {
        let authorization = request.header("authorization");
        assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential="), "{request:?}");
        let scope: Vec<&str> = authorization.split(['/', ',']).collect();
        assert_eq!(scope[3..5], ["s3", "aws4_request"], "{request:?}");
        let signed_for = scope[2];
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let query = Query::of(query);
        let (bucket, key) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
        let key = bucket::decoded(key);
        let operation = match (request.method.as_str(), key.as_str()) {
            ("GET", "") => "ListObjectsV2",
            ("GET", _) => "GetObject",
            ("HEAD", "") => "HeadBucket",
            ("HEAD", _) => "HeadObject",
            ("PUT", _) => "PutObject",
            other => panic!("{other:?} is no operation here"),
        };
        let about = if key.is_empty() { query.get("prefix").to_owned() } else { key.clone() };
        let fault = self.fault(operation, &about);
        self.requests.lock().unwrap().push((operation.to_owned(), about));
        if let Some(fault) = fault.filter(|fault| !matches!(fault, Fault::LostAnswer | Fault::Cut))
        {
            return fault.reply();
        }
        let region = self.region(bucket);
        if region != signed_for {
            return elsewhere(Some(region));
        }
        let answer = match self.buckets.lock().unwrap().get_mut(bucket) {
            None => error(404, "NoSuchBucket", "The specified bucket does not exist"),
            Some(_) if operation == "HeadBucket" => {
                Reply::Whole(200, vec![("x-amz-bucket-region", region.to_owned())], Vec::new())
            }
            Some(bucket) => match operation {
                "ListObjectsV2" => bucket.list(&query, *self.page.lock().unwrap()),
                "PutObject" => bucket.put(&key, request, self.lax.load(Ordering::Relaxed)),
                _ => bucket.get(&key),
            },
        };
        match (fault, answer) {
            (Some(Fault::Cut), Reply::Whole(200, _, body)) => Reply::Cut(body),
            (Some(fault), _) => fault.reply(),
            (None, answer) => answer,
        }
    }

    fn region(&self, bucket: &str) -> &'static str {
        self.elsewhere.lock().unwrap().get(bucket).copied().unwrap_or("eu-west-1")
    }

    fn fault(&self, operation: &str, key: &str) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap();
        let meant = |order: &Order| {
            order.operation.as_deref().is_none_or(|one| one == operation)
                && order.key.as_deref().is_none_or(|one| one == key)
        };
        let at = faults.iter().position(meant)?;
        let order = &mut faults[at];
        if order.after > 0 {
            order.after -= 1;
            return None;
        }
        let fault = order.fault;
        order.times -= 1;
        if order.times == 0 {
            faults.remove(at);
        }
        Some(fault)
    }
}
