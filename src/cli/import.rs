//! `clickops import`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{output, remark};
use crate::error::{Error, Exit};
use crate::notifier::{self, Imported};
use crate::render::neutral;

/// Larger than any file of settings.
const LONGEST: u64 = 1 << 20;

/// Make a config of another tool's settings
#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Take over the settings of terraform-aws-clickops-notifier
    ///
    /// Lists of accounts, users and actions become exclusions and the `match` of a report. What was
    /// taken over, and what was not and why, goes to standard error. Addresses of webhooks are
    /// secrets: they are not printed.
    Notifier(NotifierArgs),
}

#[derive(Debug, Args)]
pub(super) struct NotifierArgs {
    /// A .tfvars or .tfvars.json file, or the .tf file that calls the module
    #[arg(value_name = "FILE.tfvars")]
    file: PathBuf,
    /// Write the config to this file, which must not be there yet
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(command: &ImportCommand) -> Result<Exit, Error> {
    let ImportCommand::Notifier(args) = command;
    let text = read(&args.file)?;
    let json = args.file.extension().is_some_and(|extension| extension == "json");
    let Imported { config, taken, left } =
        notifier::import(&text, json).map_err(|error| Error {
            exit: Exit::Usage,
            stage: "import",
            message: neutral::line(&format!("{}: {error}", args.file.display())).into_owned(),
            hint: Some(error.hint().to_owned()),
        })?;
    match &args.out {
        Some(path) => write(path, &config)?,
        None => output(&config)?,
    }
    for (what, lines) in [("taken", taken), ("not taken", left)] {
        for line in lines {
            remark(&format!("{what:9}  {}", neutral::line(&line)));
        }
    }
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<String, Error> {
    let unreadable = |reason: String| {
        Error::usage(
            format!("cannot read {}: {reason}", path.display()),
            "Give the notifier's .tfvars file.",
        )
    };
    let size = fs::metadata(path).map_err(|error| unreadable(error.to_string()))?.len();
    if size > LONGEST {
        return Err(unreadable(format!("{size} bytes are too many for a file of settings")));
    }
    fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))
}

fn write(path: &Path, config: &str) -> Result<(), Error> {
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(config.as_bytes()));
    written.map_err(|error| {
        Error::usage(
            format!("cannot write {}: {error}", path.display()),
            "Choose a file that is not there yet, in a folder that is.",
        )
    })
}
