//! Block Kit: what Slack makes of a body (<https://docs.slack.dev/reference/block-kit/blocks>).

use serde_json::Value;

use super::{Block, Button, Gap, Part, Shown, Size, Span, Tone, clean, field, items};

mod mrkdwn;
mod rich_text;

/// Fields of a body that show nothing.
const SILENT: [&str; 11] = [
    "text",
    "blocks",
    "unfurl_links",
    "unfurl_media",
    "mrkdwn",
    "channel",
    "thread_ts",
    "reply_broadcast",
    "username",
    "icon_emoji",
    "icon_url",
];

/// Reads a body.
pub(super) fn shown(body: &Value) -> Shown {
    let Some(fields) = body.as_object() else {
        return Shown { blocks: vec![Part::unknown("message", body).into()], aside: None };
    };
    let notification = field(body, "text");
    let blocks = items(body, "blocks");
    let mut shown = Shown::default();
    if blocks.is_empty() {
        shown.blocks = mrkdwn::blocks(notification, false, Tone::default());
    } else if !notification.is_empty() {
        let spans = mrkdwn::line(notification, false);
        shown.aside = Some(("In notifications", spans));
    }
    shown.blocks.extend(blocks.iter().flat_map(self::blocks));
    for (name, value) in fields.iter().filter(|(name, _)| !SILENT.contains(&name.as_str())) {
        shown.blocks.push(Part::unknown(name, value).into());
    }
    shown
}

/// Reads a block.
fn blocks(block: &Value) -> Vec<Block> {
    match field(block, "type") {
        "header" => {
            let tone = Tone { size: Size::Large, bold: true, ..Tone::default() };
            words(&block["text"], tone)
        }
        "section" => section(block),
        "context" => context(block),
        "divider" => vec![Part::Divider.into()],
        "actions" => actions(items(block, "elements")),
        "image" => picture(block),
        "rich_text" => rich_text::blocks(block),
        "" => vec![Part::unknown("block without a type", block).into()],
        kind => vec![Part::unknown(kind, block).into()],
    }
}

fn section(block: &Value) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(text) = block.get("text") {
        blocks.extend(words(text, Tone::default()));
    }
    // Slack sets them in two columns.
    for pair in items(block, "fields").chunks(2) {
        let columns = pair.iter().map(|text| words(text, Tone::default()));
        blocks.push(Part::Columns(columns.collect()).into());
    }
    if let Some(accessory) = block.get("accessory") {
        blocks.extend(actions(std::slice::from_ref(accessory)));
    }
    blocks
}

/// Small and grey, one element behind the other.
fn context(block: &Value) -> Vec<Block> {
    let tone = Tone { size: Size::Small, subtle: true, ..Tone::default() };
    let mut blocks: Vec<Block> = Vec::new();
    for element in items(block, "elements") {
        let next = match field(element, "type") {
            "image" => picture(element),
            _ => words(element, tone),
        };
        for block in next {
            match (&mut blocks.last_mut().map(|last| &mut last.part), block.part) {
                (Some(Part::Text { spans, .. }), Part::Text { spans: more, .. }) => {
                    spans.push(Span::Text("  ".to_owned()));
                    spans.extend(more);
                }
                (_, part) => blocks.push(part.into()),
            }
        }
    }
    blocks
}

/// A text object.
fn words(object: &Value, tone: Tone) -> Vec<Block> {
    let value = field(object, "text");
    match field(object, "type") {
        "mrkdwn" => {
            let verbatim = object.get("verbatim").and_then(Value::as_bool).unwrap_or_default();
            mrkdwn::blocks(value, verbatim, tone)
        }
        "plain_text" => vec![Part::Text { spans: broken(value), tone }.into()],
        _ => vec![Part::unknown("text", object).into()],
    }
}

/// Plain text with its line breaks.
fn broken(value: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for (number, line) in clean(value).split('\n').enumerate() {
        if number > 0 {
            spans.push(Span::Break);
        }
        if !line.is_empty() {
            spans.push(Span::Text(line.to_owned()));
        }
    }
    spans
}

fn actions(elements: &[Value]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for element in elements {
        match (field(element, "type"), &mut blocks.last_mut().map(|last| &mut last.part)) {
            ("button", Some(Part::Buttons(buttons))) => buttons.push(button(element)),
            ("button", _) => blocks.push(Part::Buttons(vec![button(element)]).into()),
            ("image", _) => blocks.extend(picture(element)),
            (kind, _) => blocks.push(Part::unknown(kind, element).into()),
        }
    }
    blocks
}

fn button(element: &Value) -> Button {
    let to = element.get("url").and_then(Value::as_str).map(clean);
    Button { label: clean(field(&element["text"], "text")), to }
}

fn picture(block: &Value) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(title) = block.get("title") {
        blocks.extend(words(title, Tone::default()));
    }
    blocks.push(Part::Picture(clean(field(block, "alt_text"))).into());
    blocks
}

/// Parts that stand close to the one above.
fn close(part: Part) -> Block {
    Block { gap: Gap::Small, ruled: false, part }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::text;
    use super::*;

    #[test]
    fn blocks_are_read_and_others_are_boxes() {
        let body = json!({
            "text": "a &amp; b",
            "unfurl_links": false,
            "blocks": [
                { "type": "header", "text": { "type": "plain_text", "text": "*no* bold" } },
                { "type": "section", "text": { "type": "mrkdwn", "text": "*x*" },
                  "fields": [{ "type": "mrkdwn", "text": "1" }, { "type": "plain_text", "text": "2" }, { "type": "mrkdwn", "text": "3" }],
                  "accessory": { "type": "overflow" } },
                { "type": "context", "elements": [
                    { "type": "mrkdwn", "text": "one" }, { "type": "plain_text", "text": "two" }] },
                { "type": "divider" },
                { "type": "actions", "elements": [
                    { "type": "button", "text": { "type": "plain_text", "text": "Go" }, "url": "https://x.example" },
                    { "type": "button", "text": { "type": "plain_text", "text": "Stay" } }] },
                { "type": "image", "image_url": "https://x.example/a.png", "alt_text": "a cat" },
                { "type": "video" },
                "nothing",
            ],
            "attachments": [],
        });
        let shown = shown(&body);
        assert_eq!(shown.aside, Some(("In notifications", vec![text("a & b")])));
        let parts: Vec<_> = shown.blocks.into_iter().map(|block| block.part).collect();
        let small = Tone { size: Size::Small, subtle: true, ..Tone::default() };
        let large = Tone { size: Size::Large, bold: true, ..Tone::default() };
        assert_eq!(parts[0], Part::Text { spans: vec![text("*no* bold")], tone: large });
        assert!(matches!(&parts[2], Part::Columns(columns) if columns.len() == 2));
        assert!(matches!(&parts[3], Part::Columns(columns) if columns.len() == 1));
        assert!(matches!(&parts[4], Part::Unknown { kind, .. } if kind == "overflow"));
        assert_eq!(
            parts[5],
            Part::Text { spans: vec![text("one"), text("  "), text("two")], tone: small }
        );
        assert_eq!(parts[6], Part::Divider);
        assert!(matches!(&parts[7], Part::Buttons(buttons) if buttons.len() == 2));
        assert_eq!(parts[8], Part::Picture("a cat".to_owned()));
        let kinds: Vec<_> = parts[9..]
            .iter()
            .map(|part| match part {
                Part::Unknown { kind, .. } => kind.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(kinds, ["video", "block without a type", "attachments"]);
    }

    #[test]
    fn a_body_without_blocks_is_its_text() {
        let shown = shown(&json!({ "text": "*x*" }));
        assert_eq!(shown.aside, None);
        assert_eq!(shown.blocks, mrkdwn::blocks("*x*", false, Tone::default()));
        assert!(matches!(super::shown(&json!([1])).blocks[0].part, Part::Unknown { .. }));
    }
}
