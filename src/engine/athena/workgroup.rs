//! The work group that queries run in.

use aws_sdk_athena::types::{WorkGroupConfiguration, WorkGroupState};

use super::Pace;
use super::connect;
use super::fault::Fault;
use crate::config::Athena;
use crate::engine::EngineError;

/// What queries run in when nobody names another.
const PRIMARY: &str = "primary";

/// What a work group allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkGroup {
    /// Its name.
    pub name: String,
    /// Whether it takes queries.
    pub enabled: bool,
    /// Where results go.
    pub results: Results,
    /// The bytes at which a query is stopped.
    pub limit: Option<i64>,
    /// The engine that runs queries, `Athena engine version 3`.
    pub engine: Option<String>,
}

/// Where results go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Results {
    /// There, whatever a query asks for.
    Enforced(String),
    /// Athena keeps them itself.
    Managed,
    /// Where a query asks for; there if it does not ask.
    Chosen(Option<String>),
}

/// Asks for the work group of these settings.
///
/// # Errors
/// [`EngineError`] when there is none of this name, or Athena cannot be asked.
pub async fn get(settings: &Athena) -> Result<WorkGroup, EngineError> {
    let name = settings.workgroup.as_deref().unwrap_or(PRIMARY);
    let client = connect::client(settings, &Pace::default(), None).await?;
    let answer = client.get_work_group().work_group(name).send().await;
    let answer = answer.map_err(|error| Fault::of("GetWorkGroup", &error).error())?;
    let group = answer.work_group();
    let settings = group.and_then(|group| group.configuration());
    Ok(WorkGroup {
        name: name.to_owned(),
        enabled: group.and_then(|group| group.state()) != Some(&WorkGroupState::Disabled),
        results: settings.map_or(Results::Chosen(None), results),
        limit: settings.and_then(|known| known.bytes_scanned_cutoff_per_query()),
        engine: settings
            .and_then(|known| known.engine_version()?.effective_engine_version())
            .map(str::to_owned),
    })
}

fn results(settings: &WorkGroupConfiguration) -> Results {
    let location = settings.result_configuration().and_then(|known| known.output_location());
    let managed = settings.managed_query_results_configuration();
    match location {
        _ if managed.is_some_and(|managed| managed.enabled()) => Results::Managed,
        Some(location) if settings.enforce_work_group_configuration() == Some(true) => {
            Results::Enforced(location.to_owned())
        }
        location => Results::Chosen(location.map(str::to_owned)),
    }
}
