//! The integration tests, in one binary: linking it once is most of their cost.

mod messages;
mod templates;
