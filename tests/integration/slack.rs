//! Slack.

mod judging;
