//! Lists the logs of a bucket.
//!
//! What lies below a prefix is found folder by folder. A folder that one account's trail fills for
//! one region is not looked through further: its keys are in order of day, so one request, from the
//! first day that is wanted, gives what a run needs of it.

use std::collections::BTreeMap;
use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::places::Places;
use super::{Access, Listing, Log, Place, SIBLINGS, Span, is_hidden_name, is_log_name};
use crate::aws::s3::{Fault, Keys, Kind, Object, S3};
use crate::config::S3Place;

/// Requests on their way at once.
const AT_ONCE: usize = 16;

/// More folders than the largest organisations have.
const MOST_FOLDERS: usize = 200_000;

/// A log is published minutes after the time in its name, so around midnight its folder can be that
/// of the next day; the other way round is not documented, and costs little to allow for.
const SLACK: TimeDelta = TimeDelta::hours(1);

/// How to look through a bucket.
pub struct Search<'a> {
    /// Where.
    pub root: &'a S3Place,
    /// What is wanted. Logs that are not may be listed nevertheless.
    pub span: &'a Span,
    /// Whether to look for folders that are not known.
    pub discover: bool,
    /// The time of the run.
    pub now: DateTime<Utc>,
}

/// Lists logs, and notes in `places` where they come to.
///
/// # Errors
/// [`Fault`] when the bucket cannot be listed at all; what is below it that cannot is in
/// [`Listing::unreadable`].
pub async fn list(
    s3: &Arc<S3>,
    search: &Search<'_>,
    places: &mut Places,
) -> Result<Listing, Fault> {
    if let Some(log) = single(s3, search.root).await? {
        return Ok(Listing { logs: vec![log], ..Listing::default() });
    }
    let root = search.root.folder();
    let mut known = BTreeMap::new();
    let mut steps = if search.discover {
        known = places.discover(search.now);
        vec![Step::to(root.clone(), true)]
    } else {
        places.active(search.now).map(|folder| Step::to(folder.to_owned(), false)).collect()
    };
    let mut listing = Listing::default();
    let mut folders = steps.len();
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(step) = steps.pop()
        {
            if step.is_wanted(search.span) {
                let walk = step.walk(Arc::clone(s3), search.root.bucket.clone(), search.span);
                running.spawn(walk);
            } else {
                places.note(step.folder.clone(), known.remove(&step.folder).flatten());
            }
        }
        let Some(ended) = running.join_next().await else { break };
        let (step, walked) = ended.unwrap_or_else(|panic| resume_unwind(panic.into_panic()));
        match walked {
            Ok(Walked { logs, folders: below }) => {
                let latest = logs.iter().map(|log| log.delivered.date_naive()).max();
                if step.trail.is_some() || latest.is_some() {
                    let before = known.remove(&step.folder).flatten();
                    places.note(step.folder, before.max(latest));
                }
                listing.logs.extend(logs);
                if step.descend {
                    folders += below.len();
                    steps.extend(below.into_iter().map(|folder| Step::to(folder, true)));
                }
            }
            Err(fault) if step.folder == root || fault.concerns_all() => return Err(fault),
            Err(fault) => {
                let address = format!("s3://{}/{}", search.root.bucket, step.folder);
                // It is there, for all that is known.
                places.note(step.folder.clone(), known.remove(&step.folder).flatten());
                listing.unreadable.push((address, fault.into()));
            }
        }
        if folders > MOST_FOLDERS {
            let error = format!(
                "it has more than {MOST_FOLDERS} folders, and the rest was not looked at; give a \
                 prefix nearer to the logs, such as AWSLogs"
            );
            listing.unreadable.push((search.root.to_string(), io::Error::other(error)));
            break;
        }
    }
    listing.settle();
    Ok(listing)
}

/// Opens the logs of any bucket, and those in folders.
pub fn access(s3: Arc<S3>, runtime: Handle) -> Access {
    let files = Access::files();
    Access::by(move |log| -> io::Result<Box<dyn io::Read + Send>> {
        match log.address.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) {
            Some((bucket, key)) => Ok(Box::new(s3.open(&runtime, bucket, key)?)),
            None => files.open(log),
        }
    })
}

/// The log that has just this address.
async fn single(s3: &S3, root: &S3Place) -> Result<Option<Log>, Fault> {
    if !is_log_name(&root.prefix) {
        return Ok(None);
    }
    let keys = Keys { prefix: &root.prefix, ..Keys::default() };
    let first = s3.page(&root.bucket, &keys, None).await?.objects.into_iter().next();
    Ok(first.filter(|object| object.key == root.prefix).map(|object| log(&root.bucket, object)))
}

fn log(bucket: &str, object: Object) -> Log {
    let address = format!("s3://{bucket}/{}", object.key);
    Log::at(address, object.bytes, object.changed, object.etag.as_bytes())
}

/// A folder to be listed.
struct Step {
    /// Keys in it begin like this.
    folder: String,
    /// The folder of a trail that it is or lies in.
    trail: Option<String>,
    /// Whether to go on to the folders in it.
    descend: bool,
}

/// What a folder holds.
struct Walked {
    logs: Vec<Log>,
    /// Folders to look at, as beginnings of keys.
    folders: Vec<String>,
}

impl Step {
    fn to(folder: String, descend: bool) -> Self {
        let trail = Place::trail(&folder).map(str::to_owned);
        Self { folder, trail, descend }
    }

    fn is_wanted(&self, span: &Span) -> bool {
        let place = self.trail.as_deref().and_then(Place::of_trail);
        place.is_none_or(|place| span.has_place(&place))
    }

    /// The keys between which a trail has what is wanted.
    fn bounds(&self, span: &Span) -> (Option<String>, Option<String>) {
        let at = |trail: &str, day: NaiveDate| format!("{trail}{}/", day.format("%Y/%m/%d"));
        let first = span.since.and_then(|since| since.checked_sub_signed(SLACK));
        let last = span.until.and_then(|until| until.date_naive().checked_add_days(Days::new(2)));
        match &self.trail {
            Some(trail) => {
                (first.map(|first| at(trail, first.date_naive())), last.map(|last| at(trail, last)))
            }
            None => (None, None),
        }
    }

    fn walk(
        self,
        s3: Arc<S3>,
        bucket: String,
        span: &Span,
    ) -> impl Future<Output = (Self, Result<Walked, Fault>)> + use<> {
        let bounds = self.bounds(span);
        async move {
            let walked = self.pages(&s3, &bucket, bounds).await;
            (self, walked)
        }
    }

    async fn pages(
        &self,
        s3: &S3,
        bucket: &str,
        (first, last): (Option<String>, Option<String>),
    ) -> Result<Walked, Fault> {
        let mut walked = Walked { logs: Vec::new(), folders: Vec::new() };
        let keys =
            Keys { prefix: &self.folder, after: first.as_deref(), folders: self.trail.is_none() };
        let mut next = None;
        loop {
            let page = s3.page(bucket, &keys, next).await?;
            let past = |object: &Object| last.as_ref().is_some_and(|last| object.key >= *last);
            let enough = page.objects.last().is_some_and(past);
            let is_log = |object: &Object| {
                let name = object.key.rsplit('/').next().unwrap_or_default();
                is_log_name(name) && !is_hidden_name(name) && !past(object)
            };
            let logs = page.objects.into_iter().filter(is_log);
            walked.logs.extend(logs.map(|object| log(bucket, object)));
            walked.folders.extend(page.folders.into_iter().filter(|folder| is_open(folder)));
            next = page.next.filter(|_| !enough);
            if next.is_none() {
                return Ok(walked);
            }
        }
    }
}

/// Whether logs can lie in a folder. Other services deliver beside CloudTrail, with far more objects.
fn is_open(folder: &str) -> bool {
    let mut parts = folder.trim_end_matches('/').rsplit('/');
    let name = parts.next().unwrap_or_default();
    let parent = parts.next().unwrap_or_default();
    let of_account = parent.len() == 12
        && parent.bytes().all(|byte| byte.is_ascii_digit())
        && parts.any(|part| part == "AWSLogs");
    !is_hidden_name(name) && !SIBLINGS.contains(&name) && (!of_account || name == "CloudTrail")
}

impl Fault {
    /// Whether every other request to the bucket will fail like this one.
    fn concerns_all(&self) -> bool {
        matches!(
            self.kind,
            Kind::NoBucket | Kind::Credentials | Kind::Elsewhere(_) | Kind::NoRegion
        )
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    const TRAIL: &str = "p/AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/";

    #[test]
    fn only_the_days_that_are_wanted_are_listed() {
        let at = |text: &str| Some(text.parse().unwrap());
        let (since, until) = (at("2026-11-20T00:30:00Z"), at("2026-11-30T23:59:00Z"));
        let span = Span { since, until, ..Span::default() };
        let bounds = Step::to(TRAIL.to_owned(), true).bounds(&span);
        let key = |day: &str| Some(format!("{TRAIL}{day}/"));
        assert_eq!(bounds, (key("2026/11/19"), key("2026/12/02")));
        assert_eq!(Step::to("exports/".to_owned(), true).bounds(&span), (None, None));
    }

    #[test]
    fn what_other_services_deliver_is_left_alone() {
        for (folder, open) in [
            ("AWSLogs/111122223333/CloudTrail/", true),
            ("AWSLogs/111122223333/Config/", false),
            ("AWSLogs/o-x/111122223333/vpcflowlogs/", false),
            ("AWSLogs/111122223333/CloudTrail-Insight/", false),
            ("o-x/AWSLogs/o-x/111122223333/", true),
            ("exports/111122223333/Config/", true),
            ("exports/_temporary/", false),
        ] {
            assert_eq!(is_open(folder), open, "{folder}");
        }
    }
}
