//! The engine: that it finds the records of logs that are there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::TimeDelta;

use super::Check;
use crate::app::App;
use crate::config::EngineName;
use crate::engine::Engine;
use crate::error::Error;
use crate::logs::{Log, Place, Span};
use crate::query::BoundQuery;

/// Most logs that Athena is asked for: the statement has all their addresses.
const MOST: usize = 100;

/// The logs that have a record in the table. A table of the user's own may itself be called
/// `cloudtrail`, and has no such column then; the view does.
const SEEN: &str = "SELECT DISTINCT log_file FROM events";

/// Any log that has a record in the table.
const ANY: &str = "SELECT log_file FROM events LIMIT 1";

/// Some account has some call in so long, and its log is delivered.
const LATELY: TimeDelta = TimeDelta::hours(2);

const NAME: &str = "engine";

/// What to look at where the table has less than the bucket.
const PARTITIONS: &str = "See that the table's location, its storage.location.template, and the \
                          accounts, regions and days of its partitions cover the logs.";

/// Asks for the records of a few logs, the newest among them.
pub(super) async fn examine(app: &App, logs: &[Log]) -> Check {
    let sample = sample(app, logs);
    match ask(app, SEEN, &sample, None).await {
        Ok(seen) => judge(app, &sample, &seen),
        Err(error) => Check::error(NAME, error),
    }
}

/// Asks for any record that was delivered lately, where nobody may list logs.
pub(super) async fn examine_minutes(app: &App) -> Check {
    let span = Span { since: Some(app.now - LATELY), until: Some(app.now), ..Span::default() };
    match ask(app, ANY, &[], Some(span)).await {
        Ok(seen) if seen.is_empty() => Check::failed(
            NAME,
            format!(
                "{} has no record of a log that was delivered in the last {} hours",
                app.engine_name(),
                LATELY.num_hours()
            ),
            format!("See that the trail is on (`aws cloudtrail get-trail-status`). {PARTITIONS}"),
        ),
        Ok(_) => Check::ok(NAME, format!("{} finds records of late", app.engine_name())),
        Err(error) => Check::error(NAME, error),
    }
}

/// The newest log; for Athena, the smallest of each account, region and day, where partitions may be
/// missing.
fn sample(app: &App, logs: &[Log]) -> Vec<Log> {
    if app.config.engine == EngineName::Local {
        return logs.last().cloned().into_iter().collect();
    }
    let mut smallest: HashMap<_, &Log> = HashMap::new();
    for log in logs {
        let place = log.place.as_ref();
        let known = smallest.entry(place).or_insert(log);
        if log.bytes < known.bytes {
            *known = log;
        }
    }
    let mut sample: Vec<Log> = smallest.into_values().cloned().collect();
    // The newest ones first, so that those that are left out are of the day before.
    sample.sort_by(|a, b| (b.delivered, &b.address).cmp(&(a.delivered, &a.address)));
    sample.truncate(MOST);
    sample
}

/// Addresses of logs of which the table has records.
async fn ask(
    app: &App,
    sql: &str,
    logs: &[Log],
    span: Option<Span>,
) -> Result<BTreeSet<String>, Error> {
    let (engine, assembler) = (app.engine().await?, app.assembler().await?);
    let query = assembler.text("doctor", sql, &BTreeMap::new(), Arc::from(logs))?;
    let query = BoundQuery { span, ..query };
    let seen = rows(engine.as_ref(), &query).await;
    engine.close().await;
    seen
}

async fn rows(engine: &dyn Engine, query: &BoundQuery) -> Result<BTreeSet<String>, Error> {
    let failed = |error| Error::engine(&error, query);
    let mut rows = engine.rows(query).await.map_err(failed)?;
    let all = rows.all().await.map_err(failed)?;
    Ok(all.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
}

fn judge(app: &App, sample: &[Log], seen: &BTreeSet<String>) -> Check {
    let missing: Vec<_> = sample.iter().filter(|log| !seen.contains(&log.address)).collect();
    let Some(first) = missing.first() else {
        let logs = match sample.len() {
            1 => "a log that is there".to_owned(),
            count => format!("{count} logs that are there, one of each account, region and day"),
        };
        return Check::ok(NAME, format!("{} finds the records of {logs}", app.engine_name()));
    };
    let place = match &first.place {
        Some(Place { account, region, day, .. }) => format!("account {account}, {region}, {day}"),
        None => first.address.clone(),
    };
    let more = match missing.len() - 1 {
        0 => String::new(),
        count => format!(" and {count} more places"),
    };
    Check::failed(
        NAME,
        format!("{} has no record of {place}{more}, where logs are", app.engine_name()),
        PARTITIONS,
    )
}
