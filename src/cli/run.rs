//! `clickops run`.
