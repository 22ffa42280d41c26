//! `clickops render`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{color, output, remark};
use crate::app::App;
use crate::digest::{About, Detail, Digest, RunStats};
use crate::error::{Error, Exit};
use crate::finding::{Finding, rows};
use crate::message::Form;

/// Print a message made of findings in a file, to try a template without sending anything
///
///   clickops query console_activity --logs examples/logs --format ndjson > findings.ndjson
///   clickops render --findings findings.ndjson --template digest --form text
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RenderArgs {
    /// Findings, one JSON object a line, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    findings: PathBuf,
    /// The template, by name
    #[arg(long, value_name = "NAME", default_value = "digest")]
    template: String,
    /// The form of the message
    #[arg(long, default_value = "text")]
    form: Form,
}

pub(super) fn run(app: &App, args: &RenderArgs) -> Result<Exit, Error> {
    let findings = read(&args.findings)?;
    let about = about(app, &findings);
    let renderer = app.renderer();
    let mut text = String::new();
    if args.template == "event" {
        for finding in findings.iter().filter(|finding| finding.reported) {
            let detail = Detail::build(finding, &about);
            text.push_str(&renderer.render(args.form, &args.template, &detail, color())?.body);
            text.push('\n');
        }
        if text.is_empty() {
            remark("none of these findings is reported, so there is no event message");
        }
    } else {
        let digest = Digest::build(&findings, &about);
        text = renderer.render(args.form, &args.template, &digest, color())?.body;
    }
    output(&text)?;
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<Vec<Finding>, Error> {
    let unreadable = |reason: String| {
        Error::nothing(
            format!("cannot read {}: {reason}", path.display()),
            "Give what `clickops query console_activity --format ndjson` prints.",
        )
    };
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(|error| unreadable(error.to_string()))?;
    let lines = (1..).zip(text.lines());
    lines
        // The first line of a window in the journal tells of the window.
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with("{\"window\":"))
        .map(|(number, line)| {
            rows::from_json(line).map_err(|error| unreadable(format!("line {number}: {error}")))
        })
        .collect()
}

/// Findings in a file belong to no run, so the digest covers just the time they span.
fn about(app: &App, findings: &[Finding]) -> About {
    let times = || findings.iter().filter_map(Finding::time);
    let report = app.config.reports.first();
    About {
        report: report.map_or_else(|| "preview".to_owned(), |report| report.name.clone()),
        from: times().min().unwrap_or(app.now),
        to: times().max().unwrap_or(app.now),
        zone: report.map_or(chrono_tz::Tz::UTC, |report| report.timezone),
        accounts: app.config.accounts.clone(),
        run: RunStats { engine: "preview".to_owned(), ..RunStats::default() },
        before: None,
        notices: Vec::new(),
        now: app.now,
    }
}
