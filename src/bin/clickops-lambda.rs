//! The function of AWS Lambda: log, serve invocations, exit code.

use std::process::ExitCode;

use clickops::error::Error;
use clickops::{lambda, logging};
use tokio::runtime::Runtime;

fn main() -> ExitCode {
    logging::start_json();
    let ended = match Runtime::new() {
        Ok(runtime) => runtime.block_on(lambda::serve()),
        Err(error) => Err(Error::start(&error)),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(stage = error.stage, hint = error.hint, "{}", error.message);
            error.exit.into()
        }
    }
}
