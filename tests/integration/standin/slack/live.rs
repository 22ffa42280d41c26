//! What of a message would come out live: mentions, and links to where nobody meant to lead.

use serde_json::Value;

/// What comes alive in this message and is not allowed; `None` if nothing does.
///
/// `allowed` are beginnings of what may stand between `<` and `>`, or be an address elsewhere:
/// `https://…` for links, `!date^` for dates.
pub(crate) fn live(body: &str, allowed: &[&str]) -> Option<String> {
    let message = match serde_json::from_str::<Value>(body) {
        Ok(message) => message,
        Err(error) => return Some(error.to_string()),
    };
    // With blocks it only is in notifications, which link nothing.
    let has_blocks = message.get("blocks").is_some();
    let text = message["text"].as_str().and_then(|text| in_mrkdwn(text, has_blocks, allowed));
    text.or_else(|| in_value(&message["blocks"], allowed))
        .or_else(|| in_value(&message["attachments"], allowed))
}

fn may(target: &str, allowed: &[&str]) -> bool {
    allowed.iter().any(|start| target.starts_with(start))
}

fn in_value(value: &Value, allowed: &[&str]) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| in_value(item, allowed)),
        Value::Object(fields) => {
            let text = fields.get("text").and_then(Value::as_str);
            let found = match (fields.get("type").and_then(Value::as_str), text) {
                (Some("mrkdwn"), Some(text)) => {
                    let verbatim = fields.get("verbatim") == Some(&Value::Bool(true));
                    in_mrkdwn(text, verbatim, allowed)
                }
                (Some("markdown"), Some(text)) => in_markdown(text, allowed),
                // Attachments have no type, and are mrkdwn.
                (None, Some(text)) => in_mrkdwn(text, false, allowed),
                (Some(kind @ ("broadcast" | "user" | "usergroup" | "channel")), _) => {
                    Some(format!("an element {kind}"))
                }
                _ => None,
            };
            let address = || {
                let addresses = fields.iter().filter(|(key, _)| is_address(key));
                let mut texts = addresses.filter_map(|(_, value)| value.as_str());
                texts.find(|text| !may(text, allowed)).map(|text| format!("leads to {text}"))
            };
            found
                .or_else(address)
                .or_else(|| fields.values().find_map(|field| in_value(field, allowed)))
        }
        _ => None,
    }
}

fn is_address(key: &str) -> bool {
    key == "url" || key.ends_with("_url") || key == "title_link" || key == "author_link"
}

/// What is live in mrkdwn. Where Slack takes a text verbatim, it only looks between `<` and `>`.
fn in_mrkdwn(text: &str, verbatim: bool, allowed: &[&str]) -> Option<String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let inside = after.split('>').next().unwrap_or_default();
        // An angle that means nothing is one that somebody forgot to escape.
        if !may(inside, allowed) || inside.contains('<') || !after.contains('>') {
            return Some(format!("<{}", inside.chars().take(60).collect::<String>()));
        }
        plain.push(' ');
        rest = &after[inside.len() + 1..];
    }
    plain.push_str(rest);
    // Slack makes links and mentions of these by itself.
    let bare = ["://", "www.", "mailto:", "@channel", "@here", "@everyone"];
    let found = bare.into_iter().find(|bare| !verbatim && plain.contains(bare));
    found.map(|bare| format!("{bare} in a text that is not verbatim"))
}

/// What is live in a block of standard Markdown.
fn in_markdown(text: &str, allowed: &[&str]) -> Option<String> {
    if let Some(mention) = ["<!", "<@", "<#"].into_iter().find(|one| text.contains(one)) {
        return Some(mention.to_owned());
    }
    let addresses = ["https://", "http://", "www.", "mailto:"];
    let starts = addresses.iter().flat_map(|one| text.match_indices(one));
    let mut targets = starts.map(|(at, _)| &text[at..]);
    targets.find(|target| !may(target, allowed)).map(|target| target.chars().take(60).collect())
}
