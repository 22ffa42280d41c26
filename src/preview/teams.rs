//! Adaptive Cards: what Teams makes of a body (<https://adaptivecards.io/explorer/>).

use serde_json::Value;

use super::{Block, Button, Gap, Mood, Part, Shown, Size, Tone, clean, field, items, text};

mod markdown;

const CARD: &str = "application/vnd.microsoft.card.adaptive";

/// Fields of a card that show nothing.
const SILENT: [&str; 11] = [
    "type",
    "version",
    "$schema",
    "body",
    "actions",
    "fallbackText",
    "msteams",
    "lang",
    "speak",
    "metadata",
    "rtl",
];

/// Reads a body.
pub(super) fn shown(body: &Value) -> Shown {
    let mut shown = Shown::default();
    let attachments = items(body, "attachments");
    if attachments.is_empty() {
        shown.blocks.push(Part::unknown("message without a card", body).into());
    }
    let written = field(body, "text");
    if !written.is_empty() {
        shown.blocks.extend(markdown::parts(written, Tone::default()).into_iter().map(Block::from));
    }
    for attachment in attachments {
        if field(attachment, "contentType") == CARD {
            card(&attachment["content"], &mut shown);
        } else {
            shown.blocks.push(Part::unknown("attachment", attachment).into());
        }
    }
    shown
}

fn card(card: &Value, shown: &mut Shown) {
    shown.blocks.extend(elements(items(card, "body")));
    shown.blocks.extend(buttons(items(card, "actions")));
    let fallback = field(card, "fallbackText");
    if !fallback.is_empty() {
        shown.aside = Some(("Without cards", markdown::line(fallback)));
    }
    for (name, value) in card.as_object().into_iter().flatten() {
        if !SILENT.contains(&name.as_str()) {
            shown.blocks.push(Part::unknown(name, value).into());
        }
    }
}

fn elements(elements: &[Value]) -> Vec<Block> {
    elements.iter().flat_map(element).collect()
}

/// Reads an element.
fn element(element: &Value) -> Vec<Block> {
    if element.get("isVisible") == Some(&Value::Bool(false)) {
        return vec![Part::unknown("not visible", element).into()];
    }
    let mut blocks: Vec<Block> = match field(element, "type") {
        "TextBlock" => text_block(element),
        "FactSet" => vec![facts(element).into()],
        "Container" => {
            let blocks = elements(items(element, "items"));
            vec![Part::Group { mood: mood(field(element, "style")), blocks }.into()]
        }
        "ColumnSet" => {
            let columns = items(element, "columns").iter();
            let columns = columns.map(|column| elements(items(column, "items")));
            vec![Part::Columns(columns.collect()).into()]
        }
        "ActionSet" => buttons(items(element, "actions")),
        "CodeBlock" => vec![Part::Code(vec![text(field(element, "codeSnippet"))]).into()],
        "Image" => vec![Part::Picture(clean(field(element, "altText"))).into()],
        "" => vec![Part::unknown("element without a type", element).into()],
        kind => vec![Part::unknown(kind, element).into()],
    };
    if let Some(first) = blocks.first_mut() {
        first.gap = gap(field(element, "spacing"));
        first.ruled = element.get("separator") == Some(&Value::Bool(true));
    }
    blocks
}

fn text_block(element: &Value) -> Vec<Block> {
    let heading = is(element, "style", "heading");
    let tone = Tone {
        size: match field(element, "size").to_ascii_lowercase().as_str() {
            "small" => Size::Small,
            "medium" => Size::Medium,
            "large" => Size::Large,
            "extralarge" => Size::ExtraLarge,
            _ if heading => Size::Large,
            _ => Size::Default,
        },
        bold: is(element, "weight", "bolder") || heading,
        subtle: element.get("isSubtle") == Some(&Value::Bool(true)),
        mono: is(element, "fontType", "monospace"),
        mood: mood(field(element, "color")),
    };
    markdown::parts(field(element, "text"), tone).into_iter().map(Block::from).collect()
}

fn facts(element: &Value) -> Part {
    let facts = items(element, "facts").iter();
    Part::Facts(
        facts
            .map(|fact| {
                (markdown::line(field(fact, "title")), markdown::line(field(fact, "value")))
            })
            .collect(),
    )
}

fn buttons(actions: &[Value]) -> Vec<Block> {
    let mut buttons = Vec::new();
    let mut blocks = Vec::new();
    for action in actions {
        match field(action, "type") {
            "Action.OpenUrl" => buttons.push(Button {
                label: clean(field(action, "title")),
                to: Some(clean(field(action, "url"))),
            }),
            kind => blocks.push(Part::unknown(kind, action).into()),
        }
    }
    if !buttons.is_empty() {
        blocks.insert(0, Part::Buttons(buttons).into());
    }
    blocks
}

/// Values are written in any case.
fn is(element: &Value, name: &str, value: &str) -> bool {
    field(element, name).eq_ignore_ascii_case(value)
}

fn mood(name: &str) -> Mood {
    match name.to_ascii_lowercase().as_str() {
        "accent" => Mood::Accent,
        "good" => Mood::Good,
        "warning" => Mood::Warning,
        "attention" => Mood::Attention,
        "emphasis" => Mood::Emphasis,
        _ => Mood::Default,
    }
}

fn gap(name: &str) -> Gap {
    match name.to_ascii_lowercase().as_str() {
        "none" => Gap::None,
        "small" | "extrasmall" => Gap::Small,
        "medium" | "large" | "extralarge" | "padding" => Gap::Large,
        _ => Gap::Default,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn envelope(content: Value) -> Value {
        json!({ "type": "message", "attachments": [
            { "contentType": CARD, "contentUrl": null, "content": content }] })
    }

    #[test]
    fn elements_are_read_and_others_are_boxes() {
        let text_of = |text: &str| json!({ "type": "TextBlock", "text": text });
        let shown = shown(&envelope(json!({
            "type": "AdaptiveCard", "version": "1.4", "fallbackText": "seven \\<x\\>",
            "body": [
                { "type": "TextBlock", "text": "a", "size": "large", "weight": "Bolder",
                  "isSubtle": true, "color": "Attention", "fontType": "Monospace",
                  "spacing": "None", "separator": true },
                { "type": "FactSet", "facts": [{ "title": "Who", "value": "**Ann**" }] },
                { "type": "Container", "style": "warning", "items": [text_of("b")] },
                { "type": "ColumnSet", "columns": [{ "items": [text_of("c")] }, {}] },
                { "type": "ActionSet", "actions": [
                    { "type": "Action.OpenUrl", "title": "Go", "url": "https://x.example" },
                    { "type": "Action.Submit" }] },
                { "type": "CodeBlock", "codeSnippet": "{ *x* }", "fallback": text_of("no") },
                { "type": "Table" },
                { "type": "TextBlock", "text": "d", "isVisible": false },
                7,
            ],
            "actions": [{ "type": "Action.OpenUrl", "title": "End", "url": "https://x.example" }],
            "refresh": {},
        })));
        assert_eq!(shown.aside, Some(("Without cards", vec![text("seven <x>")])));
        let tone =
            Tone { size: Size::Large, bold: true, subtle: true, mono: true, mood: Mood::Attention };
        let first = Part::Text { spans: vec![text("a")], tone };
        assert_eq!(shown.blocks[0], Block { gap: Gap::None, ruled: true, part: first });
        let parts: Vec<_> = shown.blocks.iter().map(|block| &block.part).collect();
        assert!(matches!(parts[1], Part::Facts(facts) if facts.len() == 1));
        assert!(
            matches!(parts[2], Part::Group { mood: Mood::Warning, blocks } if blocks.len() == 1)
        );
        assert!(matches!(parts[3], Part::Columns(columns) if columns.len() == 2));
        assert!(matches!(parts[4], Part::Buttons(buttons) if buttons[0].label == "Go"));
        assert_eq!(*parts[6], Part::Code(vec![text("{ *x* }")]));
        assert!(matches!(parts[10], Part::Buttons(buttons) if buttons[0].label == "End"));
        let kind = |at: usize| match parts[at] {
            Part::Unknown { kind, .. } => kind.as_str(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            [5, 7, 8, 9, 11].map(kind),
            ["Action.Submit", "Table", "not visible", "element without a type", "refresh"]
        );
    }

    #[test]
    fn what_is_no_card_is_a_box() {
        for body in [json!({}), json!(1), json!({ "attachments": [{ "contentType": "a" }] })] {
            let shown = shown(&body);
            assert!(matches!(shown.blocks[0].part, Part::Unknown { .. }), "{body}");
        }
    }
}
