//! `clickops ledger`.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};

use super::progress::counted;
use super::{output, time};
use crate::app::App;
use crate::config;
use crate::error::{Error, Exit};
use crate::ledger::{self, Ledger};
use crate::render::neutral;

/// What was collected and delivered
#[derive(Debug, Subcommand)]
pub(super) enum LedgerCommand {
    /// Show how far collecting and each report have come
    Show(StoreArgs),
    /// Leave logs delivered up to a time alone, and look again at those after it
    ///
    /// Moving it forward skips logs; moving it back reads them again. Findings are not reported a
    /// second time as long as the ledger remembers them: for ever, or with `window.overlap` set, for
    /// 35 days at least.
    SetUntil {
        /// The time (RFC 3339)
        #[arg(value_parser = time)]
        until: DateTime<Utc>,
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// Where the ledger is.
#[derive(Debug, Args)]
pub(super) struct StoreArgs {
    /// A folder, `s3://bucket/prefix`, or `memory`
    #[arg(long, value_name = "DIR")]
    pub(super) store: Option<String>,
}

impl StoreArgs {
    /// Lets the flag win over the config.
    pub(super) fn apply(&self, app: &mut App) -> Result<(), Error> {
        if let Some(store) = &self.store {
            app.config.store = config::place(store, "--store")?;
        }
        Ok(())
    }
}

pub(super) async fn run(mut app: App, command: LedgerCommand) -> Result<Exit, Error> {
    match command {
        LedgerCommand::Show(store) => {
            store.apply(&mut app)?;
            show(&app).await
        }
        LedgerCommand::SetUntil { until, store } => {
            store.apply(&mut app)?;
            if until > app.now {
                return Err(Error::usage(
                    format!("{} has not come yet", shown(until)),
                    "Every log up to then would be left alone. Give a time in the past.",
                ));
            }
            let turn = app.turn(None).await?;
            let moved = ledger::set_until(app.store()?.as_ref(), until).await;
            turn.end().await;
            moved?;
            output(&format!("Logs delivered up to {} are left alone.\n", shown(until)))?;
            Ok(Exit::Done)
        }
    }
}

async fn show(app: &App) -> Result<Exit, Error> {
    let store = app.store()?;
    let ledger = ledger::load(store.as_ref()).await?.ledger;
    let mut text = String::new();
    if ledger == Ledger::default() {
        text.push_str("Nothing has been collected yet.\n");
    } else {
        let until = ledger.until.map_or("nothing".to_owned(), shown);
        let _ = writeln!(
            text,
            "Collected  up to logs delivered {until}, windows in the journal: {}",
            ledger.next_window
        );
        let _ = writeln!(
            text,
            "Remembers  {}, {}",
            counted(ledger.logs() as u64, "log"),
            counted(ledger.finding_count() as u64, "finding")
        );
        if let Some(floor) = ledger.floor {
            let _ = writeln!(text, "Left alone logs delivered up to {}", shown(floor));
        }
        for part in &ledger.unfinished {
            let what = match &part.span {
                Some(_) => "minutes of delivery".to_owned(),
                None => counted(part.logs().count() as u64, "log"),
            };
            let ids: Vec<&str> = part.executions.values().map(|id| id.as_str()).collect();
            let ids = if ids.is_empty() { "to be tried again".to_owned() } else { ids.join(", ") };
            let _ = writeln!(text, "Begun      {what}: {ids}");
        }
        if let Some(blind) = &ledger.blind {
            let _ = writeln!(
                text,
                "Blind      since {}: {} could not look at {}: {}: {}",
                shown(blind.from),
                counted(u64::from(blind.runs), "run"),
                if blind.partly { "all of the logs" } else { "the logs" },
                blind.stage,
                neutral::line(&blind.error)
            );
        }
        channels(&mut text, &ledger);
        for (name, state) in &ledger.reports {
            let last = state.last.map_or("never".to_owned(), shown);
            let left = ledger.next_window - state.next_window.min(ledger.next_window);
            let _ = writeln!(text, "Report     {name}: last for {last}, windows to go: {left}");
            if let Some(sending) = &state.sending {
                let _ = writeln!(
                    text,
                    "           stopped while sending; {} delivered, the next run sends the rest",
                    match sending.delivered.len() {
                        1 => "1 message was".to_owned(),
                        count => format!("{count} messages were"),
                    }
                );
            }
        }
    }
    output(&text)?;
    Ok(Exit::Done)
}

/// What is the matter with channels, and what waits for them.
fn channels(text: &mut String, ledger: &Ledger) {
    for (name, state) in &ledger.channels {
        let name = neutral::line(name);
        if let Some(trouble) = &state.trouble {
            let since = shown(trouble.since);
            let waiting = counted(trouble.waiting, "message");
            let reason = neutral::line(&trouble.reason);
            let _ = writeln!(
                text,
                "Channel    {name}: takes nothing since {since}, waiting: {waiting}: {reason}"
            );
            if let Some(remedy) = &trouble.remedy {
                let _ = writeln!(text, "           {}", neutral::line(remedy));
            }
        }
        for held in &state.held {
            let (title, reason) = (neutral::line(&held.title), neutral::line(&held.reason));
            let since = shown(held.since);
            let _ =
                writeln!(text, "Held       {name}: {title}\n           since {since}: {reason}");
        }
    }
}

fn shown(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}
