//! Where cases lie: one file, or all files in the folders of a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::case::{Case, Expected};
use crate::app;
use crate::cli::remark;
use crate::error::Error;
use crate::logs::{self, Log};
use crate::nearest;
use crate::render::neutral;

/// The files of the cases, and the cases by the addresses of their files.
pub(super) type Found = (Vec<Log>, BTreeMap<String, Case>);

/// The config that a folder of cases may bring.
const CONFIG: &str = "clickops.toml";

/// The cases in `root`: a folder that holds folders of cases, one of these, or one case.
pub(super) fn find(root: &Path) -> Result<Found, Error> {
    if root.is_file() {
        return one(root);
    }
    let whole = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let itself = Expected::named(&whole.file_name().unwrap_or_default().to_string_lossy());
    let unreadable = |error: std::io::Error| {
        Error::nothing(
            format!("cannot read {}: {error}", root.display()),
            "Give the folder that holds your cases, as DIR/<verdict>/<what-happened>.json.",
        )
    };
    let mut folders = Vec::new();
    for entry in fs::read_dir(root).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() {
            folders.push((name, path));
        } else if let (true, Some(expected)) = (logs::is_log_name(&name), itself) {
            let mut found = Found::default();
            add(&mut found, root, root, expected)?;
            return Ok(found);
        } else if logs::is_log_name(&name) {
            return Err(astray(&path));
        }
    }
    folders.sort();
    let mut found = Found::default();
    for (name, folder) in folders {
        let expected = Expected::named(&name).ok_or_else(|| no_case_folder(&folder, &name))?;
        add(&mut found, &folder, &folder, expected)?;
    }
    if found.0.is_empty() {
        return Err(Error::nothing(
            format!("there are no cases in {}", root.display()),
            "A case is a file DIR/<verdict>/<what-happened>.json; `clickops get EVENT_ID` prints one.",
        ));
    }
    Ok(found)
}

/// The case in one file, whose folder says what it has to get, or one above that.
fn one(file: &Path) -> Result<Found, Error> {
    if !logs::is_log_name(&file.file_name().unwrap_or_default().to_string_lossy()) {
        return Err(Error::usage(
            format!("{} is no case", file.display()),
            "A case is a file DIR/<verdict>/<what-happened>.json of CloudTrail records.",
        ));
    }
    let whole = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folders = whole.ancestors().skip(1);
    let named = |folder: &Path| Expected::named(&folder.file_name()?.to_string_lossy());
    let (folder, expected) = folders
        .filter_map(|folder| Some((folder, named(folder)?)))
        .next()
        .ok_or_else(|| astray(file))?;
    let mut found = Found::default();
    add(&mut found, &whole, folder, expected)?;
    Ok(found)
}

/// Adds what lies in `path`, which is `folder` or in it.
fn add(found: &mut Found, path: &Path, folder: &Path, expected: Expected) -> Result<(), Error> {
    let listing = app::list(path)?;
    for (path, error) in &listing.unreadable {
        remark(&format!("warning: {}: {error}", neutral::line(path)));
    }
    let (logs, cases) = found;
    for log in listing.logs {
        let name = case_name(expected, folder, &log.address);
        cases.insert(log.address.clone(), Case::new(name, expected));
        logs.push(log);
    }
    Ok(())
}

/// What a case is called: the path of its file, from the folder that says what it has to get.
fn case_name(expected: Expected, folder: &Path, address: &str) -> String {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let file = Path::new(address).strip_prefix(&folder).unwrap_or(Path::new(address));
    format!("{}/{}", expected.as_str(), file.display())
}

fn astray(file: &Path) -> Error {
    Error::usage(
        format!("{} lies in no folder of a verdict", file.display()),
        format!("Give the folder above, or move it into a folder called {}.", Expected::names()),
    )
}

fn no_case_folder(folder: &Path, name: &str) -> Error {
    let shown = folder.display();
    if holds_case_folders(folder) {
        let config = folder.join(CONFIG);
        let config = config.is_file().then(|| format!(" --config {}", config.display()));
        return Error::usage(
            format!("{shown} is called like no verdict, but holds folders that are"),
            format!(
                "Run each folder like it by itself: clickops test {shown}{}",
                config.unwrap_or_default()
            ),
        );
    }
    let hint = match nearest(name, &Expected::all().map(Expected::as_str)) {
        Some(nearest) => format!("Did you mean '{nearest}'?"),
        None => format!("Folders of cases are called {}.", Expected::names()),
    };
    Error::usage(format!("{shown} is called like no verdict"), hint)
}

fn holds_case_folders(folder: &Path) -> bool {
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.is_dir() && Expected::named(&name).is_some()
    };
    fs::read_dir(folder).is_ok_and(|all| all.flatten().any(|entry| is_one(&entry.path())))
}
