//! The command line: parse, call, print the error and its hint, exit code.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use clickops::cli::Cli;
use clickops::error::Error;
use clickops::logging;
use tokio::runtime::Runtime;

/// How long tasks that nobody waits for may take to notice it. A read from a drive that does not
/// answer never does.
const PATIENCE: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let cli = Cli::parse();
    logging::start(cli.verbose());
    let ended = match Runtime::new() {
        Ok(runtime) => {
            let ended = runtime.block_on(cli.run());
            runtime.shutdown_timeout(PATIENCE);
            ended
        }
        Err(error) => Err(Error::start(&error)),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => {
            let _ = write!(std::io::stderr().lock(), "{}", error.report());
            error.exit.into()
        }
    }
}
