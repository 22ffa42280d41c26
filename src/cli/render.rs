//! `clickops render`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::value::RawValue;

use super::{color, output, remark};
use crate::app::App;
use crate::digest::{About, Detail, Digest, Finds, Outage, OutageNotice, RunStats};
use crate::error::{Error, Exit};
use crate::finding::{Finding, Verdict, rows};
use crate::message::Form;
use crate::render::Look;

/// Print a message made of findings in a file, to try a template without sending anything
///
///   clickops query console_activity --logs examples/logs --format ndjson > findings.ndjson
///   clickops render --findings findings.ndjson --template digest --form text
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RenderArgs {
    /// Findings, one JSON object a line or an array of them; - for standard input
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
    let mut findings = read(&args.findings)?;
    let all = findings.len();
    findings.retain(|finding| finding.verdict != Verdict::Not);
    if let left @ 1.. = all - findings.len() {
        remark(&format!(
            "{left} of {all} are left out: no report has events with the verdict 'not'"
        ));
    }
    let about = about(app, &findings);
    let renderer = app.renderer();
    let look = Look::of_stdout(color());
    let mut messages = Vec::new();
    if args.template == "event" {
        for finding in findings.iter().filter(|finding| finding.reported) {
            let detail = Detail::build(finding, &about);
            messages.extend(renderer.render(args.form, &args.template, &detail, look)?);
        }
        if messages.is_empty() {
            remark("none of these findings is reported, so there is no event message");
        }
    } else if args.template == "failure" {
        remark("the failure is made up: findings tell of none");
        let notice = OutageNotice::build(&outage(&about));
        messages = renderer.render(args.form, &args.template, &notice, look)?;
    } else {
        let digest = Digest::build(&findings, &about);
        messages = renderer.render(args.form, &args.template, &digest, look)?;
    }
    let texts: Vec<_> = messages.iter().map(|one| format!("{}\n", one.body)).collect();
    output(&texts.join(if args.form == Form::Text { "\n" } else { "" }))?;
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
    if text.trim_start().starts_with('[') {
        let rows: Vec<Box<RawValue>> =
            serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        let parsed = (1..).zip(rows).map(|(number, row)| {
            rows::from_json(row.get())
                .map_err(|error| unreadable(format!("item {number}: {error}")))
        });
        return parsed.collect();
    }
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
        sending: String::new(),
        from: times().min().unwrap_or(app.now),
        to: times().max().unwrap_or(app.now),
        zone: report.map_or(chrono_tz::Tz::UTC, |report| report.timezone),
        accounts: crate::config::shown(&app.config.accounts),
        run: RunStats { engine: "preview".to_owned(), ..RunStats::default() },
        finds: Finds::default(),
        before: None,
        notices: Vec::new(),
        portal: app.config.portal.clone(),
        unused: Vec::new(),
        now: app.now,
    }
}

/// A failure to try its template with.
fn outage(about: &About) -> Outage {
    Outage {
        report: about.report.clone(),
        from: about.from,
        to: about.to,
        zone: about.zone,
        stage: "logs".to_owned(),
        error: "cannot read s3://my-trail/AWSLogs: access denied (an example)".to_owned(),
        remedy: Some("allow s3:GetObject on the trail's bucket (an example)".to_owned()),
        next: None,
        now: about.now,
    }
}
