//! The block `rich_text` (<https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>).

use serde_json::Value;

use super::super::{Block, Item, Part, Span, Style, Tone, clean, field, items, text};
use super::{broken, close};

/// Reads the block.
pub(super) fn blocks(block: &Value) -> Vec<Block> {
    let mut blocks = Vec::new();
    for element in items(block, "elements") {
        let part = match field(element, "type") {
            "rich_text_section" => Part::Text { spans: spans(element), tone: Tone::default() },
            "rich_text_quote" => Part::Quote(spans(element)),
            "rich_text_preformatted" => Part::Code(spans(element)),
            "rich_text_list" => list(element),
            kind => Part::unknown(kind, element),
        };
        blocks.push(close(part));
    }
    blocks
}

fn list(element: &Value) -> Part {
    let number = |name: &str| element.get(name).and_then(Value::as_u64).unwrap_or_default();
    let depth = usize::try_from(number("indent").min(8)).unwrap_or_default();
    let ordered = field(element, "style") == "ordered";
    let first = number("offset").saturating_add(1);
    let items = (first..).zip(items(element, "elements")).map(|(number, item)| Item {
        marker: if ordered { format!("{number}.") } else { "•".to_owned() },
        depth,
        spans: spans(item),
    });
    Part::List(items.collect())
}

fn spans(element: &Value) -> Vec<Span> {
    items(element, "elements").iter().flat_map(span).collect()
}

fn span(element: &Value) -> Vec<Span> {
    let live =
        |name: &str, sign: &str| vec![Span::Live(format!("{sign}{}", clean(field(element, name))))];
    let spans = match field(element, "type") {
        "text" => broken(field(element, "text")),
        "link" => {
            let to = clean(field(element, "url"));
            let label = clean(field(element, "text"));
            let label = if label.is_empty() { to.clone() } else { label };
            vec![Span::Link { to, label: vec![Span::Text(label)] }]
        }
        "emoji" => vec![Span::Text(format!(":{}:", clean(field(element, "name"))))],
        "user" => live("user_id", "@"),
        "usergroup" => live("usergroup_id", "@"),
        "team" => live("team_id", "@"),
        "broadcast" => live("range", "@"),
        "channel" => live("channel_id", "#"),
        "date" => vec![text(field(element, "fallback"))],
        _ => return vec![Span::Code(vec![text(&element.to_string())])],
    };
    styled(element, spans)
}

fn styled(element: &Value, mut spans: Vec<Span>) -> Vec<Span> {
    let has = |name: &str| element["style"].get(name).and_then(Value::as_bool) == Some(true);
    if has("code") {
        spans = vec![Span::Code(spans)];
    }
    for (name, style) in
        [("bold", Style::Bold), ("italic", Style::Italic), ("strike", Style::Strike)]
    {
        if has(name) {
            spans = vec![Span::Styled(style, spans)];
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rich_text_is_read() {
        let text_of = |text: &str| json!({ "type": "text", "text": text });
        let block = json!({ "type": "rich_text", "elements": [
            { "type": "rich_text_section", "elements": [
                { "type": "text", "text": "a\n*b*", "style": { "bold": true, "code": true } },
                { "type": "link", "url": "https://x.example" },
                { "type": "broadcast", "range": "here" },
                { "type": "user", "user_id": "U1" },
                { "type": "color", "value": "#fff" } ] },
            { "type": "rich_text_list", "style": "ordered", "offset": 3, "indent": 1, "elements": [
                { "type": "rich_text_section", "elements": [text_of("one")] },
                { "type": "rich_text_section", "elements": [text_of("two")] } ] },
            { "type": "rich_text_preformatted", "elements": [text_of("x < y")] },
            { "type": "rich_text_quote", "elements": [text_of("said")] },
            { "type": "rich_text_new" },
        ]});
        let parts: Vec<_> = blocks(&block).into_iter().map(|block| block.part).collect();
        let code = Span::Code(vec![text("a"), Span::Break, text("*b*")]);
        let link = "https://x.example".to_owned();
        assert_eq!(
            parts[0],
            Part::Text {
                spans: vec![
                    Span::Styled(Style::Bold, vec![code]),
                    Span::Link { to: link.clone(), label: vec![Span::Text(link)] },
                    Span::Live("@here".to_owned()),
                    Span::Live("@U1".to_owned()),
                    Span::Code(vec![text("{\"type\":\"color\",\"value\":\"#fff\"}")]),
                ],
                tone: Tone::default(),
            }
        );
        let item = |marker: &str, value: &str| Item {
            marker: marker.to_owned(),
            depth: 1,
            spans: vec![text(value)],
        };
        assert_eq!(parts[1], Part::List(vec![item("4.", "one"), item("5.", "two")]));
        assert_eq!(parts[2], Part::Code(vec![text("x < y")]));
        assert_eq!(parts[3], Part::Quote(vec![text("said")]));
        assert!(matches!(&parts[4], Part::Unknown { kind, .. } if kind == "rich_text_new"));
    }
}
