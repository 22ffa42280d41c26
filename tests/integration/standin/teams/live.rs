//! What of a card would come out live: mentions, and links to where nobody meant to lead.

use serde_json::Value;

/// Keys whose texts are Markdown.
const MARKDOWN: [&str; 4] = ["text", "title", "value", "fallbackText"];

/// What comes alive in this message and is not allowed; `None` if nothing does. `allowed` are
/// beginnings of addresses.
pub(crate) fn live(body: &str, allowed: &[&str]) -> Option<String> {
    match serde_json::from_str(body) {
        Ok(message) => in_value(&message, allowed),
        Err(error) => Some(error.to_string()),
    }
}

fn in_value(value: &Value, allowed: &[&str]) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| in_value(item, allowed)),
        Value::Object(fields) => fields.iter().find_map(|(key, value)| match value {
            Value::Array(all) if key == "entities" && !all.is_empty() => {
                Some("a mention".to_owned())
            }
            Value::String(text) if key == "url" || key.ends_with("Url") => {
                let may = allowed.iter().any(|start| text.starts_with(start));
                (!may).then(|| format!("leads to {text}"))
            }
            Value::String(text) if MARKDOWN.contains(&key.as_str()) => in_markdown(text, allowed),
            value => in_value(value, allowed),
        }),
        _ => None,
    }
}

/// Markup that no backslash takes away.
fn in_markdown(text: &str, allowed: &[&str]) -> Option<String> {
    let some = |text: &str| Some(text.chars().take(60).collect());
    let mut signs = text.char_indices();
    while let Some((at, sign)) = signs.next() {
        let rest = &text[at..];
        match sign {
            '\\' => drop(signs.next()),
            ']' if rest.starts_with("](") => {
                let target = &rest[2..];
                if !allowed.iter().any(|start| target.starts_with(start)) {
                    return some(rest);
                }
            }
            // A reference to a link that is further down, and that one.
            ']' if rest.starts_with("][") || rest.starts_with("]:") => return some(rest),
            '!' if rest.starts_with("![") => return some(rest),
            '<' if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => {
                return some(rest);
            }
            _ => {}
        }
    }
    None
}
