//! `CAST` to JSON and from it. Dialect 3.3.

pub(in super::super) use self::from::from_json;
pub(in super::super) use self::to::to_json;

mod from;
mod to;
