//! The config of a function: a file in its package, or an object in S3.

use std::path::{Path, PathBuf};

use crate::aws::s3::S3;
use crate::config::{self, Config, Place, S3Place};
use crate::error::{Error, Exit, sentence};

/// Names the file or the object.
const VARIABLE: &str = "CLICKOPS_CONFIG";

/// Reads the config; without one, the environment alone is.
///
/// # Errors
/// [`Error`], with what to do.
pub(super) async fn load(s3: &S3) -> Result<Config, Error> {
    let at = std::env::var(VARIABLE).unwrap_or_default();
    let config = match at.as_str() {
        "" => Config::load(None, config::environment())?,
        at if S3Place::is_address(at) => {
            Config::parse(&object(s3, at).await?, at, config::environment())?
        }
        at => Config::load(Some(Path::new(at)), config::environment())?,
    };
    lasting(&config.store)?;
    Ok(config)
}

async fn object(s3: &S3, at: &str) -> Result<String, Error> {
    let S3Place { bucket, prefix: key } = at.parse().map_err(|reason| {
        wrong(format!("{VARIABLE}: '{at}' {reason}"), "Write it as s3://bucket/key.")
    })?;
    let object = s3
        .get(&bucket, &key)
        .await
        .map_err(|fault| wrong(format!("cannot read {at}: {fault}"), sentence(&fault.remedy())))?;
    let (bytes, _) = object.ok_or_else(|| {
        wrong(
            format!("{VARIABLE}: there is no {at}"),
            "Put the config there, or correct the variable.",
        )
    })?;
    String::from_utf8(bytes).map_err(|_| {
        wrong(format!("{at} is no UTF-8"), "Save the config as UTF-8 and put it there again.")
    })
}

/// Whether a store outlasts the function, and one function can see what another one did. A folder is
/// that only where a file system is mounted, whose path is absolute.
fn lasting(store: &Place) -> Result<(), Error> {
    let at = match store {
        Place::S3(_) => return Ok(()),
        Place::Dir(folder) if folder.is_absolute() => return Ok(()),
        Place::Dir(folder) => folder.clone(),
        Place::Memory => PathBuf::from("memory"),
    };
    Err(wrong(
        format!("store.at: '{}' does not outlast the function", at.display()),
        "Set store.at to s3://bucket/prefix, in the config or with CLICKOPS_STORE_AT.",
    ))
}

fn wrong(message: impl Into<String>, hint: impl Into<String>) -> Error {
    Error { exit: Exit::Usage, stage: "config", message: message.into(), hint: Some(hint.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_has_to_outlast_the_function() {
        let s3 = S3Place { bucket: "state".to_owned(), prefix: String::new() };
        let folder = |path: &str| Place::Dir(PathBuf::from(path));
        for (store, lasts) in [
            (Place::S3(s3), true),
            (folder("/mnt/clickops"), true),
            (folder(".clickops"), false),
            (Place::Memory, false),
        ] {
            assert_eq!(lasting(&store).is_ok(), lasts, "{store:?}");
        }
    }
}
