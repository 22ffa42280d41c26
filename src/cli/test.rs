//! `clickops test`: cases of the detection, as files in folders that say what has to come out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use self::case::Case;
use super::output;
use super::table::TableArgs;
use crate::app::App;
use crate::config::DETECTION;
use crate::digest::words::plural;
use crate::engine::{Engine, EngineError};
use crate::error::{Error, Exit};
use crate::finding::rows::{Columns, RowError};
use crate::logs::Log;
use crate::query::assemble::Assembler;

mod case;
mod find;

/// The view that says something of every event.
const VERDICTS: &str = "verdicts";

/// Prove the detection: every case gets what its folder is called
///
/// A case is a file of CloudTrail records, `DIR/<folder>/<what-happened>.json`, in any form that
/// --logs takes. The folder is the verdict that each of its records has to get: clickops,
/// attempted, chained, operational or not. Two more folders are for exclusions: `reported` is for
/// acts that reports have to show, and `hidden` for acts that an exclusion has to hide. Acts are
/// those of people in the console, and what other detections find that the config's reports name,
/// such as sign-ins.
///
/// Views of source.sql and exclusions of the config are used. It ends with exit code 1 if a case
/// fails.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct TestArgs {
    /// The folder of cases, or one case in it
    #[arg(value_name = "DIR", default_value = "tests/detection")]
    dir: PathBuf,
    #[command(flatten)]
    table: TableArgs,
}

pub(super) async fn run(mut app: App, args: TestArgs) -> Result<Exit, Error> {
    args.table.apply(&mut app.config)?;
    let (logs, mut cases) = find::find(&args.dir)?;
    judge(&app, logs, &mut cases).await?;
    if cases.values().all(|case| case.unreadable.is_some()) {
        return Err(Error::nothing(
            format!("none of the cases in {} can be read", args.dir.display()),
            "A case is a file of CloudTrail records; `clickops get EVENT_ID` prints one.",
        ));
    }
    let mut cases: Vec<Case> = cases.into_values().collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    let mut text: String = cases.iter().map(Case::shown).collect();
    let failed = cases.iter().filter(|case| !case.passes()).count() as u64;
    let all = plural(cases.len() as u64, "case", None);
    let _ = match failed {
        0 => writeln!(text, "{all}, all passed"),
        _ => writeln!(text, "{all}, {failed} failed"),
    };
    output(&text)?;
    Ok(if failed == 0 { Exit::Done } else { Exit::Partly })
}

/// Tells each case what its records got: one statement over all files, and for cases about
/// exclusions the other detections of the reports.
async fn judge(app: &App, logs: Vec<Log>, cases: &mut BTreeMap<String, Case>) -> Result<(), Error> {
    let (engine, assembler) = (app.embedded()?, app.embedded_assembler()?);
    let mut detections = app.config.detections(assembler.catalogue())?;
    detections.remove(DETECTION);
    for log in &logs {
        // Case by case, because copies of an event count once in what is read together.
        if let Some(case) = cases.get_mut(&log.address).filter(|case| case.asks_for_exclusions()) {
            for detection in &detections {
                find_in(engine.as_ref(), &assembler, detection, log, case).await?;
            }
        }
    }

    let query = assembler.named(VERDICTS, &BTreeMap::new(), logs.into())?;
    let failed = |error: EngineError| Error::engine(&error, &query);
    let mut rows = engine.rows(&query).await.map_err(failed)?;
    let columns = Columns::of(&rows.columns)?;
    while let Some(page) = rows.page().await.map_err(failed)? {
        for row in page {
            let found = columns.finding(VERDICTS, row);
            let log = match &found {
                Ok(finding) => finding.log_file.clone(),
                Err(RowError::Value { log, .. }) => log.clone(),
                Err(RowError::Missing(_)) => None,
            };
            match (log.and_then(|log| cases.get_mut(&log)), found) {
                (Some(case), Ok(finding)) => case.add(&finding, &app.config.exclusions),
                (Some(case), Err(error)) => case.fail(error.to_string()),
                (None, Err(error)) => return Err(error.into()),
                (None, Ok(_)) => {}
            }
        }
    }
    for damaged in rows.scan.damaged() {
        if let Some(case) = cases.get_mut(&damaged.log) {
            case.unreadable = Some(damaged.reason);
        }
    }
    Ok(())
}

/// Tells a case which of its events a detection finds.
async fn find_in(
    engine: &dyn Engine,
    assembler: &Assembler,
    detection: &str,
    log: &Log,
    case: &mut Case,
) -> Result<(), Error> {
    let query = assembler.named(detection, &BTreeMap::new(), [log.clone()].into())?;
    let failed = |error: EngineError| Error::engine(&error, &query);
    let mut rows = engine.rows(&query).await.map_err(failed)?;
    let columns = Columns::of(&rows.columns)?;
    while let Some(page) = rows.page().await.map_err(failed)? {
        for row in page {
            case.find(columns.finding(detection, row)?);
        }
    }
    Ok(())
}
