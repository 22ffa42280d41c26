//! Athena's SQL as text: its grammar and its types, as far as they need no engine.
//!
//! Athena engine version 3 follows Trino. What is here is Trino's, with Athena's differences.

pub mod ast;
pub mod lint;
pub mod parse;
pub mod refusal;
pub mod token;
pub mod ty;
pub mod walk;
