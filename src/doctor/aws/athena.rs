//! Athena: the work group, and where results go.

use crate::app::App;
use crate::aws::s3::Fault;
use crate::config::S3Place;
use crate::doctor::Check;
use crate::engine::EngineError;
use crate::engine::athena::workgroup::{self, Results, WorkGroup};
use crate::error::{Error, Exit, sentence};

/// The version of the engine whose dialect the shipped views are written in.
const ENGINE: &str = "Athena engine version 3";

pub(super) async fn examine(app: &App) -> Vec<Check> {
    let name = "workgroup";
    let group = match workgroup::get(&app.config.athena).await {
        Ok(group) => group,
        Err(error) => return vec![Check::error(name, of_engine(error))],
    };
    let mut checks = vec![judge(&group)];
    let chosen = app.config.athena.output.as_deref();
    let output = match &group.results {
        Results::Enforced(output) => Some(output.as_str()),
        Results::Managed => None,
        Results::Chosen(default) => chosen.or(default.as_deref()),
    };
    match output.map(str::parse::<S3Place>) {
        Some(Ok(place)) => checks.push(Check::of("output", reached(app, &place).await)),
        Some(Err(reason)) => checks.push(Check::failed(
            "output",
            format!("where results go, '{}', {reason}", output.unwrap_or_default()),
            "Set the output location of the work group as s3://bucket/prefix/.",
        )),
        None if group.results == Results::Managed => {
            checks.push(Check::ok("output", "Athena keeps the results itself"));
        }
        None => checks.push(Check::failed(
            "output",
            "neither the work group nor athena.output says where results go",
            "Set an output location on the work group, or athena.output in the config.",
        )),
    }
    checks
}

fn of_engine(error: EngineError) -> Error {
    Error { exit: Exit::Engine, stage: "query", message: error.to_string(), hint: error.hint }
}

fn judge(group: &WorkGroup) -> Check {
    let (check, name) = ("workgroup", &group.name);
    if !group.enabled {
        let message = format!("{name} is disabled");
        return Check::failed(check, message, "Enable it, or set athena.workgroup to another one.");
    }
    if group.engine.as_deref().is_some_and(|engine| engine != ENGINE) {
        let engine = group.engine.as_deref().unwrap_or_default();
        let remedy = format!("Set the work group to {ENGINE}, or to choose by itself.");
        return Check::failed(check, format!("{name} runs {engine}"), remedy);
    }
    match group.limit {
        Some(bytes) => {
            Check::ok(check, format!("{name} is enabled, and stops a query at {bytes} bytes"))
        }
        None => Check::warning(
            check,
            format!("{name} stops no query, however much it scans"),
            "Set the limit of bytes for each query on the work group, so that a mistake in a query \
             of yours costs no more than you like.",
        ),
    }
}

/// Looks whether the bucket of the results is there, in the region of the queries.
async fn reached(app: &App, place: &S3Place) -> Result<String, Error> {
    let told = |fault: &Fault| {
        let message = format!("cannot reach {place}: {fault}");
        Error { hint: Some(sentence(&fault.remedy())), ..Error::nothing(message, "") }
    };
    let region = app.s3().region(&place.bucket).await.map_err(|fault| told(&fault))?;
    let asked = app.s3().asks_in().await;
    let asked = app.config.athena.region.clone().or(asked);
    match (region, asked) {
        (Some(region), Some(asked)) if region != asked => Err(Error::nothing(
            format!("{place} is in {region}, and queries run in {asked}"),
            "Athena wants results in its own region: set another bucket, or athena.region.",
        )),
        _ => Ok(format!("{place} can be reached")),
    }
}
