//! The integration tests, in one binary: linking it once is most of their cost.

#[cfg(feature = "local")]
mod bad_input;
#[cfg(feature = "local")]
mod corpus;
#[cfg(feature = "local")]
mod crash;
#[cfg(feature = "local")]
mod detection;
mod messages;
mod program;
mod readme;
#[cfg(feature = "local")]
mod run;
mod templates;
