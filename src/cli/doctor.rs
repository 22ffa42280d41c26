//! `clickops doctor`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};

use super::{Places, output};
use crate::app::App;
use crate::doctor::{self, Check, State};
use crate::error::{Error, Exit};
use crate::render::neutral;

/// Say what would stop a run, each with its remedy
///
/// Tries everything that a run with this config needs: logs, engine, store, secrets, channels, and
/// on AWS credentials, work group, output and clock. In the store it writes doctor.json, and nothing
/// else anywhere:
///
///   clickops doctor --config clickops.toml
///   clickops doctor --logs examples/logs
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    places: Places,
    /// Send a test message to every channel that a report uses, and to the default one
    #[arg(long)]
    send: bool,
    /// How to print the checks
    #[arg(long, value_enum, default_value_t = DoctorFormat::Text)]
    format: DoctorFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DoctorFormat {
    /// A line for each, for people
    Text,
    /// An array of objects with name, state, message and remedy
    Json,
}

pub(super) async fn run(mut app: App, args: DoctorArgs) -> Result<Exit, Error> {
    args.places.apply(&mut app)?;
    let checks = doctor::examine(&app, args.send).await;
    output(&match args.format {
        DoctorFormat::Text => text(&checks),
        DoctorFormat::Json => json(&checks),
    })?;
    Ok(doctor::exit(&checks))
}

fn text(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        let state = match check.state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Failed => "FAILED",
        };
        // Writing to a string cannot fail. Messages quote services and files.
        let message = neutral::line(&check.message);
        let _ = writeln!(text, "{state:<8} {:<11} {message}", check.name);
        if let Some(remedy) = &check.remedy {
            let _ = writeln!(text, "{:20} {}", "", neutral::line(remedy));
        }
    }
    text
}

fn json(checks: &[Check]) -> String {
    // Texts always make JSON.
    let json = serde_json::to_string_pretty(checks).unwrap_or_default();
    format!("{}\n", neutral::json(&json))
}
