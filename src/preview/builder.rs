//! Slack's Block Kit Builder, which shows blocks that are in its address.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::message::{Form, Message};

const BUILDER: &str = "https://app.slack.com/block-kit-builder/#";

/// The address under which Slack's Block Kit Builder shows the message; `None` for what has no
/// blocks. What is behind the `#` stays in the browser until somebody who is signed in to Slack
/// opens it.
pub fn builder_url(message: &Message) -> Option<String> {
    if message.form != Form::Slack {
        return None;
    }
    let body: Value = serde_json::from_str(&message.body).ok()?;
    let blocks = body.get("blocks").filter(|blocks| blocks.is_array())?;
    Some(format!("{BUILDER}{}", encoded(&json!({ "blocks": blocks }).to_string())))
}

/// The text as JavaScript's `encodeURIComponent` writes it.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(2 * text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(form: Form, body: &str) -> Message {
        Message { form, title: String::new(), body: body.to_owned(), key: String::new() }
    }

    #[test]
    fn an_address_holds_the_blocks_alone() {
        let body = r#"{"text":"secret?","blocks":[{"type":"divider","id":"ä (1)'*~!"}]}"#;
        assert_eq!(
            builder_url(&message(Form::Slack, body)).as_deref(),
            Some(
                "https://app.slack.com/block-kit-builder/#%7B%22blocks%22%3A%5B%7B%22type%22%3A\
                 %22divider%22%2C%22id%22%3A%22%C3%A4%20(1)'*~!%22%7D%5D%7D"
            )
        );
    }

    #[test]
    fn what_has_no_blocks_has_no_address() {
        for (form, body) in [
            (Form::Teams, r#"{"blocks":[]}"#),
            (Form::Slack, r#"{"text":"a"}"#),
            (Form::Slack, r#"{"blocks":"a"}"#),
            (Form::Slack, "no json"),
        ] {
            assert_eq!(builder_url(&message(form, body)), None, "{body}");
        }
    }
}
