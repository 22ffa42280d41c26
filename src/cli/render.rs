//! `clickops render`.
