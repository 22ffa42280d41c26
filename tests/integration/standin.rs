//! Stand-ins for services, for tests without them.

pub(crate) mod athena;
mod http;
pub(crate) mod s3;
