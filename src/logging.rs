//! Log lines: to standard error for people, as JSON to standard output in a Lambda.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Filters log lines: a level for those of clickops, or directives as in `clickops=debug`.
const VARIABLE: &str = "CLICKOPS_LOG";

/// Starts logging. `CLICKOPS_LOG` filters, as in `clickops=debug`; `verbose` raises the default.
pub fn start(verbose: bool) {
    let level = if verbose { "clickops=debug" } else { "clickops=warn" };
    let filter = EnvFilter::try_from_env(VARIABLE).unwrap_or_else(|_| EnvFilter::new(level));
    // A second start in one process, as in tests, keeps the first one.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .without_time()
        .with_target(false)
        .try_init();
}

/// Starts logging of JSON, one object a line, each with the request that it belongs to.
pub fn start_json() {
    let asked = std::env::var(VARIABLE).unwrap_or_default();
    // A second start in one process keeps the first one.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_env_filter(filter(&asked))
        .with_writer(io::stdout)
        .try_init();
}

/// A bare level is meant for clickops only: what others say in detail, such as the SDK of the
/// requests that it signs, is for those who name it.
fn filter(asked: &str) -> EnvFilter {
    let of_level = |level: LevelFilter| {
        let others = level.min(LevelFilter::WARN);
        // The request's id is in a span of the runtime's, at the level of information. It also
        // repeats each error that it is given, and panics, which standard error has already.
        EnvFilter::new(format!(
            "{others},lambda_runtime=info,lambda_runtime::layers::panic=off,clickops={level}"
        ))
    };
    match asked.trim() {
        "" => of_level(LevelFilter::INFO),
        asked => match asked.parse::<LevelFilter>() {
            Ok(level) => of_level(level),
            Err(_) => EnvFilter::try_new(asked).unwrap_or_else(|_| of_level(LevelFilter::INFO)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_meant_for_clickops_only() {
        for (asked, clickops, others) in [
            ("", "clickops=info", "warn"),
            ("debug", "clickops=debug", "warn"),
            ("ERROR", "clickops=error", "error"),
            ("off", "clickops=off", "off"),
            ("=,=", "clickops=info", "warn"),
        ] {
            let filter = filter(asked).to_string();
            let directives: Vec<&str> = filter.split(',').collect();
            assert!(directives.contains(&clickops) && directives.contains(&others), "{filter}");
        }
        assert_eq!(filter("aws_sigv4=debug").to_string(), "aws_sigv4=debug");
    }
}
