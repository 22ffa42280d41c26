//! Microsoft Teams.

mod judging;
