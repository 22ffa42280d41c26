//! Log lines, to standard error.

use std::io;

use tracing_subscriber::EnvFilter;

/// Starts logging. `CLICKOPS_LOG` filters, as in `clickops=debug`; `verbose` raises the default.
pub fn start(verbose: bool) {
    let level = if verbose { "clickops=debug" } else { "clickops=warn" };
    let filter = EnvFilter::try_from_env("CLICKOPS_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    // A second start in one process, as in tests, keeps the first one.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .without_time()
        .with_target(false)
        .try_init();
}
