//! The command line: parse, call, print the error and its hint, exit code.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clickops::cli::Cli;
use clickops::logging;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    logging::start(cli.verbose());
    match cli.run().await {
        Ok(exit) => exit.into(),
        Err(error) => {
            let mut out = std::io::stderr().lock();
            let _ = writeln!(out, "error: {error}");
            if let Some(hint) = &error.hint {
                let _ = writeln!(out, "hint: {hint}");
            }
            error.exit.into()
        }
    }
}
