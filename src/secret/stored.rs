//! Secrets on this machine: in the environment and in files.

use std::env::VarError;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::error::Trouble;

/// No secret is longer, in bytes: SSM keeps at most 8 KB.
const LONGEST: u64 = 64 << 10;

pub(super) fn in_environment(name: &str) -> Result<String, Trouble> {
    std::env::var(name).map_err(|error| match error {
        VarError::NotPresent => Trouble {
            reason: "there is no such variable".to_owned(),
            remedy: format!("set {name} where clickops runs"),
        },
        // The error of the standard library quotes the value.
        VarError::NotUnicode(_) => Trouble {
            reason: "it is no UTF-8".to_owned(),
            remedy: format!("set {name} to the value alone"),
        },
    })
}

pub(super) fn in_file(path: &Path) -> Result<String, Trouble> {
    let trouble = |reason: String, remedy: &str| Trouble {
        reason,
        remedy: format!("{remedy} {}", path.display()),
    };
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    match read {
        Ok(_) if text.len() as u64 > LONGEST => {
            Err(trouble(format!("it is longer than {LONGEST} bytes"), "keep only the secret in"))
        }
        Ok(_) => Ok(text),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(trouble("it is no UTF-8".to_owned(), "keep only the secret in"))
        }
        Err(error) => Err(trouble(format!("{error}"), "check the path and the permissions of")),
    }
}
