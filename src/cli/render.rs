//! `clickops render`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::filter::FilterArgs;
use super::table::TableArgs;
use super::{Source, color, output, remark};
use crate::app::App;
use crate::digest::{About, Detail, Digest, Finds, Outage, OutageNotice, RunStats};
use crate::error::{Error, Exit};
use crate::finding::{Finding, Verdict};
use crate::logs::Span;
use crate::message::{Form, Message};
use crate::preview;
use crate::render::Look;

mod found;

use found::Found;

/// Print a message made of findings, to try a template without sending anything
///
/// Findings are in a file that `clickops query` wrote, or are looked for in logs:
///
///   clickops query console_activity --logs examples/logs --format ndjson > findings.ndjson
///   clickops render --findings findings.ndjson --template digest --form text
///   clickops render --logs examples/logs --form slack --html slack.html
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RenderArgs {
    /// Findings, one JSON object a line or an array of them; - for standard input
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["logs", "since", "until", "account", "region"])]
    findings: Option<PathBuf>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    filter: FilterArgs,
    /// The template, by name
    #[arg(long, value_name = "NAME", default_value = "digest")]
    template: String,
    /// The form of the message
    #[arg(long, default_value = "text")]
    form: Form,
    #[command(flatten)]
    show: ShowArgs,
}

/// How messages are shown; without any of these, as what would be sent.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct ShowArgs {
    /// Print how they will look, as far as a terminal can show it
    #[arg(long)]
    preview: bool,
    /// Write a page for a browser that shows how they will look; - for standard output
    #[arg(long, value_name = "FILE|-")]
    html: Option<PathBuf>,
    /// Print the address that shows each in Slack's Block Kit Builder
    #[arg(long)]
    builder_url: bool,
}

pub(super) async fn run(mut app: App, args: RenderArgs) -> Result<Exit, Error> {
    let show = &args.show;
    if show.builder_url && args.form != Form::Slack {
        return Err(Error::usage(
            format!("--builder-url is for Slack, and this message has the form {}", args.form),
            "Add --form slack, or use --preview or --html.",
        ));
    }
    args.source.apply(&mut app.config)?;
    args.table.apply(&mut app.config)?;
    let Found { mut findings, span, run, unread } = match &args.findings {
        Some(path) => found::read(path)?,
        None => found::search(&app, &args.filter).await?,
    };
    let all = findings.len();
    findings.retain(|finding| finding.verdict != Verdict::Not);
    if let left @ 1.. = all - findings.len() {
        remark(&format!(
            "{left} of {all} are left out: no report has events with the verdict 'not'"
        ));
    }
    let about = about(&app, &findings, &span, run);
    let shown_here = show.html.is_none() && !show.builder_url;
    let look = Look::of_stdout(shown_here && color());
    let messages = messages(&app, &args, &findings, &about, look)?;
    if let Some(path) = &show.html {
        let time = about.now.with_timezone(&about.zone).format("%-I:%M %p").to_string();
        write(path, &preview::html(&messages, &time))?;
    } else {
        output(&text(show, args.form, &messages, look))?;
    }
    Ok(if unread { Exit::Partly } else { Exit::Done })
}

fn messages(
    app: &App,
    RenderArgs { template, form, .. }: &RenderArgs,
    findings: &[Finding],
    about: &About,
    look: Look,
) -> Result<Vec<Message>, Error> {
    let renderer = app.renderer();
    match template.as_str() {
        "event" => {
            let mut messages = Vec::new();
            for finding in findings.iter().filter(|finding| finding.reported) {
                let detail = Detail::build(finding, about);
                messages.extend(renderer.render(*form, template, &detail, look)?);
            }
            if messages.is_empty() {
                remark("none of these findings is reported, so there is no event message");
            }
            Ok(messages)
        }
        "failure" => {
            remark("the failure is made up: findings tell of none");
            let notice = OutageNotice::build(&outage(about));
            Ok(renderer.render(*form, template, &notice, look)?)
        }
        _ => {
            let digest = Digest::build(findings, about);
            Ok(renderer.render(*form, template, &digest, look)?)
        }
    }
}

/// What is printed of the messages.
fn text(show: &ShowArgs, form: Form, messages: &[Message], look: Look) -> String {
    if show.preview {
        return preview::terminal(messages, look);
    }
    if show.builder_url {
        let addresses = messages.iter().filter_map(preview::builder_url);
        return addresses.map(|address| format!("{address}\n")).collect();
    }
    let bodies: Vec<_> = messages.iter().map(|one| format!("{}\n", one.body)).collect();
    bodies.join(if form == Form::Text { "\n" } else { "" })
}

fn write(path: &Path, page: &str) -> Result<(), Error> {
    if path == Path::new("-") {
        return output(page);
    }
    std::fs::write(path, page).map_err(|error| {
        Error::usage(
            format!("cannot write {}: {error}", path.display()),
            "Choose a file in a folder that is there, or - for standard output.",
        )
    })
}

/// No report is due, so the digest covers the time that somebody asked for, or else just the one that
/// the findings span.
fn about(app: &App, findings: &[Finding], span: &Span, run: RunStats) -> About {
    let times = || findings.iter().filter_map(Finding::time);
    let report = app.config.reports.first();
    About {
        report: report.map_or_else(|| "preview".to_owned(), |report| report.name.clone()),
        sending: String::new(),
        from: span.since.or(times().min()).unwrap_or(app.now),
        to: span.until.or(times().max()).unwrap_or(app.now),
        zone: report.map_or(chrono_tz::Tz::UTC, |report| report.timezone),
        accounts: crate::config::shown(&app.config.accounts),
        run,
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
