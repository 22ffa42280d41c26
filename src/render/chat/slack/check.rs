//! What Slack would not take (<https://docs.slack.dev/reference/block-kit/blocks>), said before it
//! is asked. Shipped templates cannot get here; a block of a user's template can.

use serde_json::Value;

use super::count;

/// Kinds of blocks that messages can hold.
const KINDS: [&str; 17] = [
    "actions",
    "card",
    "carousel",
    "container",
    "context",
    "context_actions",
    "data_table",
    "data_visualization",
    "divider",
    "file",
    "header",
    "image",
    "markdown",
    "rich_text",
    "section",
    "table",
    "video",
];

/// Looks at all blocks of a message.
pub(super) fn blocks(blocks: &[Value]) -> Result<(), String> {
    if blocks.len() > 50 {
        return Err(format!("it makes {} blocks; Slack takes 50 in a message", blocks.len()));
    }
    blocks.iter().try_for_each(block)
}

fn block(block: &Value) -> Result<(), String> {
    let Some(kind) = block["type"].as_str() else {
        return Err("a block has no `type`".to_owned());
    };
    if !KINDS.contains(&kind) {
        let near = crate::nearest(kind, &KINDS).map(|near| format!("; the nearest is `{near}`"));
        return Err(format!("Slack knows no block `{kind}`{}", near.unwrap_or_default()));
    }
    if let Some(id) = block.get("block_id") {
        string(id, "block_id", 255)?;
    }
    match kind {
        "header" => {
            if block["text"]["type"] != "plain_text" {
                return Err("the text of a header is of the type `plain_text`".to_owned());
            }
            text(&block["text"], "a header", 150)
        }
        "section" => {
            let fields = block.get("fields");
            if block.get("text").is_none() && fields.is_none() {
                return Err("a section has `text` or `fields`".to_owned());
            }
            if let Some(of) = block.get("text") {
                text(of, "a section", 3_000)?;
            }
            fields.map_or(Ok(()), |fields| {
                each(fields, "fields", 10, |field| text(field, "a field", 2_000))
            })
        }
        "context" => each(&block["elements"], "elements of a context", 10, |element| {
            if element["type"] == "image" {
                return image(element);
            }
            text(element, "a context", 3_000)
        }),
        "actions" => each(&block["elements"], "actions", 25, action),
        "image" => image(block),
        "markdown" => string(&block["text"], "the text of a markdown block", 12_000),
        _ => Ok(()),
    }
}

fn action(action: &Value) -> Result<(), String> {
    if action["type"] != "button" {
        return Ok(());
    }
    text(&action["text"], "a button", 75)?;
    action.get("url").map_or(Ok(()), |url| string(url, "the url of a button", 3_000))?;
    action.get("value").map_or(Ok(()), |value| string(value, "the value of a button", 2_000))
}

fn image(image: &Value) -> Result<(), String> {
    string(&image["alt_text"], "the alt_text of an image", 2_000)?;
    if image.get("slack_file").is_some() {
        return Ok(());
    }
    string(&image["image_url"], "the image_url of an image", 3_000)
}

fn each(
    list: &Value,
    what: &str,
    most: usize,
    check: impl Fn(&Value) -> Result<(), String>,
) -> Result<(), String> {
    match list.as_array() {
        Some(items) if (1..=most).contains(&items.len()) => items.iter().try_for_each(check),
        Some(items) => Err(format!("there are {} {what}; Slack takes 1 to {most}", items.len())),
        None => Err(format!("{what} are a list")),
    }
}

/// A text object.
fn text(object: &Value, of: &str, most: usize) -> Result<(), String> {
    if !["plain_text", "mrkdwn"].contains(&object["type"].as_str().unwrap_or_default()) {
        return Err(format!("the text of {of} is of the type `mrkdwn` or `plain_text`"));
    }
    string(&object["text"], &format!("the text of {of}"), most)
}

fn string(value: &Value, what: &str, most: usize) -> Result<(), String> {
    let Some(text) = value.as_str() else {
        return Err(format!("{what} is missing"));
    };
    match count(text) {
        0 => Err(format!("{what} is empty")),
        count if count > most => Err(format!("{what} has {count} characters; Slack takes {most}")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_slack_refuses_is_named() {
        let mrkdwn = |text: &str| json!({ "type": "mrkdwn", "text": text });
        let long = "x".repeat(3_001);
        for (value, said) in [
            (json!({ "type": "divider" }), ""),
            (json!({ "type": "section", "text": mrkdwn("a") }), ""),
            (json!({ "text": mrkdwn("a") }), "no `type`"),
            (json!({ "type": "sektion" }), "the nearest is `section`"),
            (json!({ "type": "section" }), "`text` or `fields`"),
            (json!({ "type": "section", "text": mrkdwn("") }), "is empty"),
            (json!({ "type": "section", "text": mrkdwn(&long) }), "3001 characters"),
            (json!({ "type": "section", "text": "a" }), "of the type"),
            (json!({ "type": "header", "text": mrkdwn("a") }), "`plain_text`"),
            (json!({ "type": "context", "elements": [] }), "1 to 10"),
            (json!({ "type": "context", "elements": vec![mrkdwn("a"); 11] }), "1 to 10"),
            (json!({ "type": "actions", "elements": "a" }), "a list"),
            (json!({ "type": "image", "image_url": "https://x" }), "alt_text"),
        ] {
            let result = block(&value);
            match said {
                "" => assert_eq!(result, Ok(()), "{value}"),
                said => assert!(result.as_ref().is_err_and(|e| e.contains(said)), "{result:?}"),
            }
        }
        assert!(blocks(&vec![json!({ "type": "divider" }); 51]).is_err());
    }
}
