//! The integration tests, in one binary: linking it once is most of their cost.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[cfg(all(feature = "aws", feature = "local"))]
mod athena;
#[cfg(feature = "local")]
mod bad_input;
#[cfg(feature = "local")]
mod cases;
mod chat;
#[cfg(feature = "local")]
mod check;
#[cfg(feature = "local")]
mod corpus;
#[cfg(feature = "local")]
mod crash;
mod delivery;
#[cfg(feature = "local")]
mod detection;
#[cfg(feature = "local")]
mod dialect;
#[cfg(feature = "local")]
mod diff;
#[cfg(all(feature = "aws", feature = "local"))]
mod doctor;
#[cfg(feature = "local")]
mod exclusions;
#[cfg(feature = "local")]
mod explain;
#[cfg(all(feature = "aws", feature = "local"))]
mod hostile;
mod import;
#[cfg(feature = "local")]
mod judges;
#[cfg(all(feature = "aws", feature = "local"))]
mod lambda;
#[cfg(all(feature = "aws", feature = "local"))]
mod line_to_chat;
#[cfg(feature = "local")]
mod matrix;
mod messages;
#[cfg(feature = "local")]
mod mutants;
#[cfg(feature = "local")]
mod output;
#[cfg_attr(not(feature = "local"), expect(dead_code, reason = "most tests need the engine"))]
mod program;
#[cfg(feature = "local")]
mod query;
mod readme;
#[cfg(feature = "local")]
mod render;
mod reports;
mod routing;
#[cfg(feature = "local")]
mod run;
#[cfg(all(feature = "aws", feature = "local"))]
mod s3;
#[cfg(all(feature = "aws", feature = "local"))]
mod secrets;
mod simulation;
#[cfg(all(feature = "aws", feature = "local"))]
mod slack;
#[cfg(all(feature = "aws", feature = "local"))]
mod standin;
#[cfg(feature = "local")]
mod tables;
#[cfg(all(feature = "aws", feature = "local"))]
mod teams;
mod templates;
mod terraform;
#[cfg(all(feature = "aws", feature = "local"))]
mod webhook;
