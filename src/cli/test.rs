//! `clickops test`: cases of the detection, as files in folders that say what has to come out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use self::case::{Case, Expected};
use super::table::TableArgs;
use super::{output, remark};
use crate::app::{self, App};
use crate::digest::words::plural;
use crate::engine::EngineError;
use crate::error::{Error, Exit};
use crate::finding::rows::{Columns, RowError};
use crate::logs::{self, Log};
use crate::nearest;
use crate::render::neutral;

mod case;

/// The view that says something of every event.
const VERDICTS: &str = "verdicts";

/// Prove the detection: every case gets what its folder is called
///
/// A case is a file of CloudTrail records, `DIR/<folder>/<what-happened>.json`, in any form that
/// --logs takes. The folder is the verdict that each of its records has to get: clickops,
/// attempted, chained, operational or not. Two more folders are for exclusions: `reported` is for
/// acts that reports have to show, and `hidden` for acts that an exclusion has to hide.
///
/// Views of source.sql and exclusions of the config are used. It ends with exit code 1 if a case
/// fails.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct TestArgs {
    /// The folder of cases
    #[arg(value_name = "DIR", default_value = "tests/detection")]
    dir: PathBuf,
    #[command(flatten)]
    table: TableArgs,
}

pub(super) async fn run(mut app: App, args: TestArgs) -> Result<Exit, Error> {
    args.table.apply(&mut app.config)?;
    let (logs, mut cases) = find(&args.dir)?;
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

/// The files of the cases, and the cases by the addresses of their files.
fn find(root: &Path) -> Result<(Vec<Log>, BTreeMap<String, Case>), Error> {
    let unreadable = |error: std::io::Error| {
        Error::nothing(
            format!("cannot read {}: {error}", root.display()),
            "Give the folder that holds your cases, as DIR/<verdict>/<what-happened>.json.",
        )
    };
    let mut logs = Vec::new();
    let mut cases = BTreeMap::new();
    let mut folders = Vec::new();
    for entry in fs::read_dir(root).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() {
            folders.push((name, path));
        } else if logs::is_log_name(&name) {
            return Err(astray(&path));
        }
    }
    folders.sort();
    for (name, folder) in folders {
        let expected = Expected::named(&name).ok_or_else(|| no_case_folder(&folder, &name))?;
        let listing = app::list(&folder)?;
        for (path, error) in &listing.unreadable {
            remark(&format!("warning: {}: {error}", neutral::line(path)));
        }
        for log in listing.logs {
            let name = case_name(&name, &folder, &log.address);
            cases.insert(log.address.clone(), Case::new(name, expected));
            logs.push(log);
        }
    }
    if logs.is_empty() {
        return Err(Error::nothing(
            format!("there are no cases in {}", root.display()),
            "A case is a file DIR/<verdict>/<what-happened>.json; `clickops get EVENT_ID` prints one.",
        ));
    }
    Ok((logs, cases))
}

/// What a case is called: the path of its file, from the folder that says what it has to get.
fn case_name(expected: &str, folder: &Path, address: &str) -> String {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let file = Path::new(address).strip_prefix(&folder).unwrap_or(Path::new(address));
    format!("{expected}/{}", file.display())
}

fn astray(file: &Path) -> Error {
    Error::usage(
        format!("{} lies in no folder of a verdict", file.display()),
        format!("Give the folder above, or move it into a folder called {}.", Expected::names()),
    )
}

fn no_case_folder(folder: &Path, name: &str) -> Error {
    let hint = match nearest(name, &Expected::all().map(Expected::as_str)) {
        Some(nearest) => format!("Did you mean '{nearest}'?"),
        None => format!("Folders of cases are called {}.", Expected::names()),
    };
    Error::usage(format!("{} is called like no verdict", folder.display()), hint)
}

/// Tells each case what its records got: one statement over all files.
async fn judge(app: &App, logs: Vec<Log>, cases: &mut BTreeMap<String, Case>) -> Result<(), Error> {
    let query = app.assembler()?.named(VERDICTS, &BTreeMap::new(), logs.into())?;
    let failed = |error: EngineError| Error::engine(&error, &query);
    let engine = app.embedded()?;
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
