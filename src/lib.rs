//! clickops finds what people changed by hand in the AWS console.
//!
//! Two straight lines do all the work, and each word is a module:
//!
//! ```text
//! collect:  window -> logs -> query -> findings -> raw events -> journal -> ledger
//! report:   schedule -> journal -> route -> digest -> render -> deliver -> ledger
//! ```
//!
//! * [`collect`]: [`window`], [`logs`], [`query`] on an [`engine`], [`finding`], [`raw`],
//!   [`journal`], [`ledger`].
//! * [`report`]: [`schedule`], [`journal`], [`route`], [`digest`], [`render`], [`deliver`] to a
//!   [`sink`], [`ledger`].
//!
//! Around them: [`config`] (the file as written and as used), [`exclusion`] (what is hidden, and
//! why), [`store`] (where journal and ledger live), [`app`] (wiring) and [`cli`].

pub mod digest;
pub mod engine;
pub mod finding;
pub mod logs;
pub mod message;
pub mod query;
pub mod render;
pub mod sink;
