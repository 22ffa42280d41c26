//! Lists the logs of a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{Listing, Log, SIBLINGS, is_hidden_name, is_log_name};

/// Lists the logs under `root`, or `root` itself if it is a file.
///
/// # Errors
/// When `root` cannot be looked at; what is below it that cannot is in [`Listing::unreadable`].
pub fn list(root: &Path) -> io::Result<Listing> {
    let root = fs::canonicalize(root)?;
    let mut listing = Listing::default();
    if fs::metadata(&root)?.is_file() {
        listing.logs.push(log(&root)?);
        return Ok(listing);
    }
    fs::read_dir(&root)?;
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        if let Err(error) = list_folder(&folder, &mut folders, &mut listing) {
            listing.unreadable.push((shown(&folder), error));
        }
    }
    listing.settle();
    Ok(listing)
}

fn list_folder(folder: &Path, folders: &mut Vec<PathBuf>, listing: &mut Listing) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if is_hidden_name(&name) {
            continue;
        }
        match fs::metadata(&path) {
            Ok(kind) if kind.is_dir() => {
                if !is_link(&path) && !SIBLINGS.contains(&name.as_ref()) {
                    folders.push(path);
                }
            }
            // Whoever opens a pipe waits for its other end.
            Ok(kind) if is_log_name(&name) && !kind.is_file() => {
                let error = io::Error::other("it is no regular file, so it is left alone");
                listing.unreadable.push((shown(&path), error));
            }
            Ok(_) if is_log_name(&name) => match log(&path) {
                Ok(log) => listing.logs.push(log),
                Err(error) => listing.unreadable.push((shown(&path), error)),
            },
            Ok(_) => {}
            Err(error) if is_log_name(&name) => listing.unreadable.push((shown(&path), error)),
            Err(_) => {}
        }
    }
    Ok(())
}

/// Links to folders are not followed: they can lead in circles.
fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|entry| entry.file_type().is_symlink())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn log(path: &Path) -> io::Result<Log> {
    let file = fs::metadata(path)?;
    let address = path.to_str().map(str::to_owned);
    let address = address.ok_or_else(|| io::Error::other("its name is no UTF-8; rename it"))?;
    let changed: DateTime<Utc> = file.modified()?.into();
    let state = changed.timestamp_nanos_opt().unwrap_or_default().to_le_bytes();
    Ok(Log::at(address, file.len(), changed, &state))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    const NAME: &str = "111122223333_CloudTrail_eu-west-1_20261120T0815Z_abcdefghijklmnop.json.gz";

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn names(listing: &Listing) -> Vec<String> {
        let name =
            |log: &Log| Path::new(&log.address).file_name().unwrap().to_string_lossy().into_owned();
        listing.logs.iter().map(name).collect()
    }

    #[test]
    fn takes_logs_by_name_and_leaves_the_rest() {
        let root = tempfile::tempdir().unwrap();
        let layout = "AWSLogs/o-x/111122223333/CloudTrail/eu-west-1/2026/11/20";
        write(root.path(), &format!("{layout}/{NAME}"), "x");
        write(root.path(), &format!("copy/{NAME}"), "x");
        write(root.path(), "AWSLogs/1/CloudTrail-Digest/x.json.gz", "x");
        write(root.path(), "notes.txt", "x");
        write(root.path(), "_SUCCESS.json", "x");
        write(root.path(), "export.JSONL", "x");
        let listing = list(root.path()).unwrap();
        assert_eq!(names(&listing), [NAME, "export.JSONL"]);
        let log = &listing.logs[0];
        assert_eq!(log.delivered.to_rfc3339(), "2026-11-20T08:15:00+00:00");
        assert_eq!(log.place.as_ref().unwrap().day, "2026/11/20");
    }

    #[test]
    fn a_changed_file_is_another_log_but_a_moved_cloudtrail_log_is_not() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "a.json", "1");
        write(root.path(), &format!("a/{NAME}"), "1");
        let keys = |listing: &Listing| listing.logs.iter().map(|log| log.key).collect::<Vec<_>>();
        let before = keys(&list(root.path()).unwrap());
        write(root.path(), "a.json", "22");
        fs::rename(root.path().join("a"), root.path().join("b")).unwrap();
        let after = keys(&list(root.path()).unwrap());
        assert_eq!(before[0], after[0]);
        assert_ne!(before[1], after[1]);
    }

    #[test]
    fn a_file_is_its_own_listing_and_a_missing_root_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "records", "1");
        assert_eq!(list(&root.path().join("records")).unwrap().logs.len(), 1);
        assert!(list(&root.path().join("none")).is_err());
    }
}
