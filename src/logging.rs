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
        // The request's id is in a span of the runtime's, at the level of information.
        EnvFilter::new(format!("{others},lambda_runtime=info,clickops={level}"))
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
        for (asked, filters) in [
            ("", "lambda_runtime=info,clickops=info,warn"),
            ("debug", "lambda_runtime=info,clickops=debug,warn"),
            ("ERROR", "lambda_runtime=info,clickops=error,error"),
            ("off", "lambda_runtime=info,clickops=off,off"),
            ("aws_sigv4=debug", "aws_sigv4=debug"),
            ("=,=", "lambda_runtime=info,clickops=info,warn"),
        ] {
            assert_eq!(filter(asked).to_string(), filters, "{asked}");
        }
    }
}
