//! The integration tests, in one binary: linking it once is most of their cost.

#![expect(clippy::unwrap_used, reason = "what goes wrong in a test fails it")]

mod messages;
mod templates;
