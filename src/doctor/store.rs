//! The store: that it takes writes on a condition, and what is in it.

use chrono::{DateTime, SecondsFormat, Utc};

use super::Check;
use crate::app::App;
use crate::config::Place;
use crate::error::Error;
use crate::journal;
use crate::ledger;
use crate::store::{Expected, Store, StoreError, lease};

pub(super) const NAME: &str = "store";

/// The blob that is written to try the store. There is one of it, however often it is tried.
pub(super) const KEY: &str = "doctor.json";

pub(super) async fn examine(app: &App) -> Vec<Check> {
    if app.config.store == Place::Memory {
        return Vec::new();
    }
    let store = match app.store() {
        Ok(store) => store,
        Err(error) => return vec![Check::error(NAME, error)],
    };
    let place = match &app.config.store {
        Place::Dir(root) => root.display().to_string(),
        Place::S3(root) => root.to_string(),
        Place::Memory => String::new(),
    };
    let text = serde_json::json!({ "tried": app.now }).to_string();
    let tried = try_out(store.as_ref(), text.as_bytes()).await;
    let failed = tried.is_err();
    let mut checks =
        vec![Check::of(NAME, tried.map(|()| format!("{place} takes writes on a condition")))];
    if !failed {
        checks.push(kept(store.as_ref()).await);
    }
    checks
}

/// Writes, reads back, and tries writes that have to be refused.
async fn try_out(store: &dyn Store, bytes: &[u8]) -> Result<(), Error> {
    let before = match store.get(KEY).await? {
        Some((_, version)) => Expected::Version(version),
        None => Expected::Absent,
    };
    let version = store.put(KEY, bytes, before).await?;
    if store.get(KEY).await?.is_none_or(|(read, now)| read != bytes || now != version) {
        return Err(unfit("it does not give back what was just written"));
    }
    match store.put(KEY, b"{}", Expected::Absent).await {
        Err(StoreError::Changed(_)) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => Err(unfit("it overwrites what is there although the write forbids it")),
    }
}

/// A store on which two runs would do the same work, or lose it.
fn unfit(message: &str) -> Error {
    Error {
        hint: Some(
            "Use Amazon S3 itself or a folder on a local disk: the store has to know \
             If-None-Match and If-Match."
                .to_owned(),
        ),
        ..Error::nothing(message, "")
    }
}

/// What the ledger says, and whether the journal goes along with it.
async fn kept(store: &dyn Store) -> Check {
    let name = "ledger";
    let ledger = match ledger::load(store).await {
        Ok(loaded) => loaded.ledger,
        Err(error) => return Check::error(name, error.into()),
    };
    // It is asked for so that a store that keeps it from us is found.
    let busy = match lease::busy_since(store).await {
        Ok(busy) => busy,
        Err(error) => return Check::error(name, error.into()),
    };
    let Some(last) = ledger.next_window.checked_sub(1) else {
        return Check::ok(name, "nothing was collected yet");
    };
    match journal::read(store, last).await {
        Ok(Some(_)) => {}
        Ok(None) => {
            return Check::failed(
                name,
                format!("it counts on {}, which is not there", journal::key(last)),
                "Restore the journal from a backup.",
            );
        }
        Err(error) => return Check::error(name, error.into()),
    }
    let waiting: Vec<_> = ledger
        .reports
        .iter()
        .filter(|(_, state)| state.sending.is_some())
        .map(|(name, _)| format!("'{name}'"))
        .chain(ledger.held().map(|(channel, held)| format!("'{}' for '{channel}'", held.title)))
        .collect();
    if waiting.is_empty() {
        let until = ledger.until.map_or_else(|| "an unknown time".to_owned(), seconds);
        let busy = busy.map(|since| format!("; a run uses the store since {}", seconds(since)));
        let busy = busy.unwrap_or_default();
        return Check::ok(name, format!("logs delivered until {until} are collected{busy}"));
    }
    Check::warning(
        name,
        format!("messages wait to be delivered: {}", waiting.join(", ")),
        "The next run tries again; see the checks of the channels.",
    )
}

fn seconds(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
