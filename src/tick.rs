//! One tick: collect what is new, then send every report that is due. `clickops run` is one, and so
//! is an invocation of the Lambda.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use crate::app::turn::Turn;
use crate::app::{self, App};
use crate::collect::{Collect, Collected, Wanted, collect, up_to_date};
use crate::config::{By, Channel, Report};
use crate::deliver::Allowed;
use crate::engine::Scan;
use crate::error::{Error, Exit};
use crate::ledger::sight::Trouble;
use crate::ledger::{Counts, Ledger};
use crate::logs::places::Silent;
use crate::logs::{Log, Span};
use crate::render::Look;
pub use crate::report::Sent;
use crate::report::{Post, Reporting, Round, count, note_look, register, round};
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::upkeep;
use crate::window::{self, Limits};

mod limits;

pub(crate) use limits::by_minutes;
use limits::{limits, remembered};

/// What a tick is to do.
pub struct Tick<'a> {
    /// Collects anew what was delivered after then; what the journal has is not reported again.
    pub replay: Option<DateTime<Utc>>,
    /// Only logs delivered at this minute or later.
    pub since: Option<DateTime<Utc>>,
    /// Only logs delivered before this minute.
    pub until: Option<DateTime<Utc>>,
    /// The reports to send, due or not; none are all that are due.
    pub reports: &'a [String],
    /// Whether nothing is kept.
    pub dry_run: bool,
    /// How text is laid out where it is read.
    pub look: Look,
    /// When nothing more is begun, so that a later tick goes on; `None` stays to the end.
    pub leave: Option<Instant>,
    /// Is told what happens, as it happens.
    pub tell: &'a (dyn Fn(News<'_>) + Sync),
}

/// What happens in a tick.
pub enum News<'a> {
    /// These logs are there; those that are new are read now.
    Listed(&'a [Log]),
    /// A scan has begun.
    Scan(&'a Arc<Scan>),
    /// Nothing more is read.
    Collected,
    /// Something people should know.
    Warning(&'a str),
}

/// How a tick went. What failed in one half does not keep the other from being done.
#[derive(Debug)]
pub struct Ticked {
    /// What was collected.
    pub looked: Result<Looked, Error>,
    /// What was sent.
    pub sent: Result<Sent, Error>,
    /// What has become of the findings at hand; `None` if the ledger cannot be read.
    pub counts: Option<Counts>,
}

/// What a tick has looked at.
#[derive(Debug, Default)]
pub struct Looked {
    /// What it collected.
    pub collected: Collected,
    /// Logs and folders that could not be read, with the reason.
    pub unread: BTreeMap<String, String>,
    /// Why some of the logs could not be searched, if so; the next tick tries again.
    pub failed: Option<Error>,
}

impl Ticked {
    /// The exit code of it all.
    ///
    /// # Errors
    /// The error that kept it from collecting, or else from sending.
    pub fn exit(self) -> Result<Exit, Error> {
        let looked = self.looked?;
        let exit = looked.exit();
        if let Some(error) = looked.failed {
            return Err(error);
        }
        let sent = if self.sent?.complete { Exit::Done } else { Exit::Partly };
        Ok(exit.max(sent))
    }
}

impl Looked {
    fn exit(&self) -> Exit {
        let read_any = self.collected.logs > 0 || self.collected.known > 0;
        match (self.unread.is_empty(), read_any) {
            (true, _) => Exit::Done,
            (false, true) => Exit::Partly,
            (false, false) => Exit::Nothing,
        }
    }
}

/// Does it.
///
/// # Errors
/// [`Error`] when it could not begin: wrong names, or a store that cannot be used.
pub async fn tick(app: &App, tick: &Tick<'_>) -> Result<Ticked, Error> {
    let reports = chosen(&app.config.reports, tick.reports)?;
    let limits = limits(app, tick)?;
    // Replayed rows are no logs: nothing of them may be taken for collected.
    let trial = tick.dry_run || app.config.replay.is_some();
    let turn = if trial { Turn::Alone } else { app.turn(tick.leave).await? };
    let ticked = in_turn(app, tick, &turn, limits, &reports, trial).await;
    turn.end().await;
    ticked
}

async fn in_turn(
    app: &App,
    tick: &Tick<'_>,
    turn: &Turn,
    limits: Limits,
    reports: &[Report],
    trial: bool,
) -> Result<Ticked, Error> {
    let store: Box<dyn Store> =
        if trial { Box::new(MemoryStore::over(app.store()?)) } else { app.store()? };
    let store = store.as_ref();
    let mut loaded = up_to_date(store, &limits, app.now).await?;
    if let Some(since) = tick.replay {
        loaded.ledger.look_again(remembered(since, app.now)?);
        loaded.save(store).await?;
    }
    register(store, &mut loaded, &app.config.reports).await?;
    let waiting = loaded.ledger.waiting();

    // Reports go out whatever became of collecting: they say so.
    let looked = look(app, tick, store, limits, &loaded.ledger).await;
    let noted = note_look(store, &app.config.reports, app.now, trouble(&looked)).await;
    if let Err(error) = noted {
        (tick.tell)(News::Warning(&format!(
            "whether the logs were looked at is not noted: {error}"
        )));
    }
    let sent = send(app, tick, store, turn, reports, &looked, trial).await;
    let counts = count(store, &app.config.reports).await;
    if let Err(error) = &counts {
        (tick.tell)(News::Warning(&format!("what is still to be sent cannot be counted: {error}")));
    }
    // Counted apart from what has become of them, so that one that is nowhere is noticed.
    let at_hand = |looked: &Looked| waiting + looked.collected.findings as u64;
    let counts = counts.ok().map(|counts| Counts {
        findings: looked.as_ref().map_or(counts.findings, at_hand),
        ..counts
    });
    Ok(Ticked { looked, sent, counts })
}

/// The reports named, or all.
fn chosen(reports: &[Report], names: &[String]) -> Result<Vec<Report>, Error> {
    if names.is_empty() {
        return Ok(reports.to_vec());
    }
    let named = |name: &String| {
        reports.iter().find(|report| report.name == *name).cloned().ok_or_else(|| {
            let all: Vec<_> = reports.iter().map(|report| report.name.as_str()).collect();
            Error::usage(
                format!("no report is called '{name}'"),
                format!("There are: {}.", all.join(", ")),
            )
        })
    };
    let different: BTreeSet<&String> = names.iter().collect();
    different.into_iter().map(named).collect()
}

/// Lists the logs and collects what is new in them.
async fn look(
    app: &App,
    tick: &Tick<'_>,
    store: &dyn Store,
    limits: Limits,
    ledger: &Ledger,
) -> Result<Looked, Error> {
    let warn = |text: &str| (tick.tell)(News::Warning(text));
    if app.config.by == By::Minutes {
        upkeep::tells_all(&*app.table().await?)?;
        (tick.tell)(News::Listed(&[]));
        let collected = collect_all(app, tick, store, limits, Wanted::Minutes, false).await?;
        return Ok(looked(collected, BTreeMap::new(), warn));
    }
    let span = Span { since: window::oldest(ledger, &limits), ..Span::default() };
    let (listing, places) = app.new_logs(&span, limits.overlap, store).await?;
    let (listing, said) = upkeep::readable(app, listing, !tick.dry_run).await?;
    said.iter().for_each(|text| warn(text));
    let reason = |error: &io::Error| match error.raw_os_error() {
        Some(_) => format!("{error}; check its permissions"),
        None => error.to_string(),
    };
    let unlisted = !listing.unreadable.is_empty();
    let unreadable = listing.unreadable.iter();
    let unread: BTreeMap<String, String> =
        unreadable.map(|(address, error)| (address.clone(), reason(error))).collect();
    // Folders that no log came to of late are no wrong address.
    if listing.logs.is_empty() && unread.is_empty() && places.is_empty() {
        return Err(app::no_logs(app.config.logs.as_ref()));
    }
    for Silent { account, last } in places.silent(app.now) {
        warn(&format!("account {account} delivered no log since {last}; is its trail on?"));
    }
    (tick.tell)(News::Listed(&listing.logs));
    let collected =
        collect_all(app, tick, store, limits, Wanted::Logs(listing.logs), unlisted).await?;
    Ok(looked(collected, unread, warn))
}

/// What it comes to, with a warning for whatever could not be read.
fn looked(
    mut collected: Collected,
    mut unread: BTreeMap<String, String>,
    warn: impl Fn(&str),
) -> Looked {
    unread.extend(collected.damaged.clone());
    for (log, reason) in &unread {
        warn(&format!("{log}: {reason}"));
    }
    if !unread.is_empty() {
        let logs = if unread.len() == 1 { "1 log" } else { &format!("{} logs", unread.len()) };
        warn(&format!("{logs} could not be read to the end; the next run tries again"));
    }
    let failed = collected.failed.take().map(Error::from);
    Looked { collected, unread, failed }
}

async fn collect_all(
    app: &App,
    tick: &Tick<'_>,
    store: &dyn Store,
    limits: Limits,
    wanted: Wanted,
    unlisted: bool,
) -> Result<Collected, Error> {
    let detections: Vec<_> = app.config.detections(&app.config.catalogue()?)?.into_iter().collect();
    let (engine, assembler) = (app.engine().await?, app.assembler().await?);
    if let Some(table) = app.discovered()
        && let Some(lacks) = table.lacks()
    {
        (tick.tell)(News::Warning(&format!("{}: {lacks}", table.name)));
    }
    let run = Collect {
        engine: engine.as_ref(),
        store,
        access: &app.access(),
        assembler: &assembler,
        detections: &detections,
        limits,
        unlisted,
        now: app.now,
        leave: tick.leave.map(for_reports),
        watch: &|scan: &Arc<_>| (tick.tell)(News::Scan(scan)),
    };
    let collected = collect(&run, wanted).await;
    engine.close().await;
    (tick.tell)(News::Collected);
    Ok(collected?)
}

/// When to leave collecting, so that reports have a quarter of the time until `leave`.
fn for_reports(leave: Instant) -> Instant {
    leave - leave.saturating_duration_since(Instant::now()) / 4
}

async fn send(
    app: &App,
    tick: &Tick<'_>,
    store: &dyn Store,
    turn: &Turn,
    reports: &[Report],
    looked: &Result<Looked, Error>,
    trial: bool,
) -> Result<Sent, Error> {
    let none = BTreeMap::new();
    let channels = if tick.dry_run { app.channels_on_trial() } else { app.channels() };
    let run = Reporting {
        store,
        post: &Post::default(),
        accounts: &app.config.accounts,
        catalogue: &app.config.catalogue()?,
        exclusions: &app.config.exclusions,
        portal: app.config.portal.as_ref(),
        renderer: &app.renderer(),
        channels: &channels,
        now: app.now,
        look: tick.look,
        engine: app.engine_name(),
        forced: !tick.reports.is_empty(),
        unread: looked.as_ref().map_or(&none, |looked| &looked.unread),
        allowed: Allowed {
            now: &|| turn.is_held() && tick.leave.is_none_or(|leave| Instant::now() < leave),
            leave: tick.leave,
        },
    };
    let is_terminal = |name: &str| {
        tick.dry_run || app.config.channels.get(name).is_some_and(|one| *one == Channel::Terminal)
    };
    let what = Round {
        reports,
        known: &app.config.reports,
        default_channel: &app.config.default_channel,
        in_order: &is_terminal,
        trial,
        tell: &|text| (tick.tell)(News::Warning(text)),
    };
    round(&run, &what).await
}

/// Why a run could not look at the logs, or not at all of them. A log that is damaged is one that it
/// looked at: reports name it.
fn trouble(looked: &Result<Looked, Error>) -> Option<Trouble> {
    let of = |error: &Error| Trouble {
        stage: error.stage.to_owned(),
        error: error.message.clone(),
        remedy: error.hint.clone(),
        partly: false,
    };
    let looked = match looked {
        Ok(looked) => looked,
        Err(error) => return Some(of(error)),
    };
    if let Some(error) = &looked.failed {
        return Some(of(error));
    }
    let damaged = &looked.collected.damaged;
    let (place, reason) = looked.unread.iter().find(|(place, _)| !damaged.contains_key(*place))?;
    Some(Trouble {
        stage: "logs".to_owned(),
        error: format!("{place}: {reason}"),
        remedy: None,
        partly: true,
    })
}
