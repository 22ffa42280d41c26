//! Messages that a channel refused: kept, and tried again by each run.
//!
//! The ledger names them, and the store holds the text of each. A blob is written before the ledger
//! names it, and emptied, not removed, once the ledger does not: the program needs no right to
//! delete anything.

use super::send::Lane;
use super::{Reported, Reporting};
use crate::deliver::Undelivered;
use crate::error::Error;
use crate::ledger::{Held, Ledger};
use crate::message::{self, Message};
use crate::sink::SinkError;
use crate::store::{Expected, StoreError};

/// Writes a message down. Gives where.
pub(super) async fn keep(
    run: &Reporting<'_>,
    channel: &str,
    message: &Message,
) -> Result<String, Error> {
    let blob = format!("held/{}.json", message::key(&["held", channel, &message.key]));
    let text = serde_json::to_vec(message).map_err(|error| {
        Error::from(StoreError::Failed {
            action: "write",
            place: blob.clone(),
            reason: error.to_string(),
            remedy: "report it as a bug".to_owned(),
        })
    })?;
    put(run, &blob, &text).await?;
    Ok(blob)
}

async fn put(run: &Reporting<'_>, blob: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let there = run.store.get(blob).await?;
    let expected = there.map_or(Expected::Absent, |(_, version)| Expected::Version(version));
    run.store.put(blob, bytes, expected).await?;
    Ok(())
}

/// The text of a held message, where it is still there.
async fn text(run: &Reporting<'_>, held: &Held) -> Result<Option<Message>, StoreError> {
    let there = run.store.get(&held.blob).await?;
    Ok(there.and_then(|(bytes, _)| serde_json::from_slice(&bytes).ok()))
}

/// Tries the messages that a channel refused before, oldest first, until it refuses one again.
///
/// # Errors
/// [`Error`] when the store cannot be used.
pub(super) async fn redeliver(run: &Reporting<'_>, channel: &str) -> Result<Reported, Error> {
    let mut reported = Reported { complete: true, ..Reported::default() };
    let lane = Lane::of(run, channel)?;
    loop {
        let first = |ledger: &Ledger| {
            let state = ledger.channels.get(channel)?;
            state.held.first().cloned()
        };
        let Some(held) = run.post.read(run.store, first).await? else {
            return Ok(reported);
        };
        let form = lane.sink.form();
        let Some(message) = text(run, &held).await?.filter(|message| message.form == form) else {
            let note = format!("'{}' cannot be sent to the channel as it is now", held.title);
            reported.notes.push(note);
            lane.note(run, |state| {
                state.held.retain(|other| other.blob != held.blob);
                state.lost.push(held.title.clone());
            })
            .await?;
            put(run, &held.blob, b"").await?;
            continue;
        };
        match lane.deliver(run, &message, held.under.as_deref()).await {
            Ok(receipt) => {
                reported.delivered += 1;
                reported.notes.extend(receipt.note);
                lane.note(run, |state| state.takes_held(run.now, &held.blob)).await?;
                put(run, &held.blob, b"").await?;
            }
            Err(Undelivered::Failed(SinkError::Refused { reason, remedy })) => {
                reported.complete = false;
                let note = format!("'{}' is still refused: {reason} ({remedy})", held.title);
                reported.notes.push(note);
                // What else it refused would be refused too: the next run tries it.
                return Ok(reported);
            }
            Err(why) => {
                lane.stop(run, why, None, &mut reported).await?;
                return Ok(reported);
            }
        }
    }
}

/// Moves what waits for channels that the config has no more to the channel that hears what nobody
/// else does; what that one cannot take is lost to all but the journal.
///
/// # Errors
/// [`Error`] when the ledger cannot be used.
pub(super) async fn orphans(run: &Reporting<'_>, default_channel: &str) -> Result<(), Error> {
    let is_gone = |name: &String| !run.channels.contains_key(name);
    let any = |ledger: &Ledger| ledger.channels.keys().any(is_gone);
    if !run.post.read(run.store, any).await? {
        return Ok(());
    }
    let moved = |ledger: &mut Ledger| {
        let names: Vec<String> =
            ledger.channels.keys().filter(|name| is_gone(name)).cloned().collect();
        for name in names {
            let gone = ledger.channels.remove(&name).unwrap_or_default();
            let heir = ledger.channel(default_channel);
            heir.held.extend(gone.held);
            heir.lost.extend(gone.lost);
        }
    };
    Ok(run.post.change(run.store, moved).await?)
}
