//! Adaptive Cards for Microsoft Teams, in the envelope that a workflow takes
//! (<https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook>). A whole message has
//! at most 28 KB.

use serde_json::{Value, json};

use super::fit::{self, Block, Room};
use super::slack::left;
use super::{Mark, Piece};
use crate::digest::words::plural;
use crate::render::escape::Escape;
use crate::render::neutral;

/// Elements and bytes of a card. The rest of the 28 KB is for what is around it.
const ROOM: Room = Room { blocks: 200, size: 25_000 };

/// Bytes of a text; a longer one is cut.
const TEXT: usize = 4_000;

/// Bytes of a table of facts.
const TABLE: usize = 8_000;

/// Characters of what screen readers and old clients get.
const TITLE: usize = 300;

/// The bodies of the messages.
pub(super) fn bodies(pieces: Vec<Piece>, title: &str) -> Result<Vec<String>, String> {
    let spread = fit::spread(elements(pieces), ROOM);
    let count = spread.pages.len();
    let title = crate::render::cut(title, TITLE);
    let mut bodies = Vec::new();
    for (number, mut page) in (1..).zip(spread.pages) {
        if number > 1 {
            let part = format!("{number} of {count} · {}", Escape::Markdown.value(&title));
            page.insert(0, small(&part));
        }
        if number == count && spread.left > 0 {
            page.push(small(&left(spread.left)));
        }
        if let Some(element) = page.iter().find(|element| !element["type"].is_string()) {
            let text = crate::render::cut(&element.to_string(), 60);
            return Err(format!("the element {text} has no `type`"));
        }
        let body = envelope(page, &title).to_string();
        if body.len() > 28 * 1024 {
            return Err(format!("a card has {} bytes; Teams takes 28 KB", body.len()));
        }
        bodies.push(body);
    }
    Ok(bodies)
}

fn envelope(body: Vec<Value>, title: &str) -> Value {
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": Escape::Markdown.value(title),
        "msteams": { "width": "Full" },
        "body": body,
    });
    let attachment = json!({
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": null,
        "content": card,
    });
    json!({ "type": "message", "attachments": [attachment] })
}

fn elements(pieces: Vec<Piece>) -> Vec<Block> {
    let size = |piece: &Piece| plain(piece).iter().map(|block| block.size).sum::<usize>();
    let others: usize = pieces.iter().map(size).sum();
    let room = ROOM.size.saturating_sub(others).max(ROOM.size / 4);
    let mut elements = Vec::new();
    let mut divided = false;
    for piece in &pieces {
        let mut next = match piece {
            Piece::Mark(Mark::Divider) => {
                divided = true;
                continue;
            }
            Piece::Mark(Mark::Code(text, more)) => code(text, more, room),
            piece => plain(piece),
        };
        // A line across belongs to what is below it.
        if let Some(fields) = next.first_mut().and_then(|block| block.value.as_object_mut())
            && std::mem::take(&mut divided)
        {
            fields.insert("separator".to_owned(), true.into());
            fields.insert("spacing".to_owned(), "Medium".into());
        }
        elements.extend(next);
    }
    elements
}

/// The elements of all but code.
fn plain(piece: &Piece) -> Vec<Block> {
    match piece {
        // Line breaks in a text are left out by some clients: each line is a text.
        Piece::Paragraph(lines) => (0..)
            .zip(lines)
            .map(|(number, line)| {
                let spacing = if number == 0 { "Default" } else { "None" };
                let line = fit::shortened(line, TEXT, bytes);
                block(
                    json!({ "type": "TextBlock", "text": line, "wrap": true, "spacing": spacing }),
                )
            })
            .collect(),
        Piece::Facts(facts) => tables(facts),
        Piece::Mark(Mark::Heading(text)) => {
            let text = Escape::Markdown.value(&crate::render::cut(text, TITLE));
            vec![block(json!({
                "type": "TextBlock", "text": text, "wrap": true,
                "size": "Large", "weight": "Bolder",
            }))]
        }
        Piece::Mark(Mark::Small(text)) => {
            let line = neutral::line(text.trim()).into_owned();
            vec![block(small(&fit::shortened(&line, TEXT, bytes)))]
        }
        Piece::Mark(Mark::Block(value)) => vec![block(value.clone())],
        Piece::Mark(Mark::Code(..) | Mark::Fact(..) | Mark::Divider) => Vec::new(),
    }
}

/// Facts in tables of which any message can hold one.
fn tables(facts: &[(String, String)]) -> Vec<Block> {
    let mut tables: Vec<Vec<Value>> = vec![Vec::new()];
    let mut size = 0;
    for (label, text) in facts {
        let value = fit::shortened(&neutral::line(text.trim()), TEXT, bytes);
        let fact = json!({ "title": label, "value": value });
        size += fact.to_string().len();
        match tables.last_mut() {
            Some(table) if table.is_empty() || size <= TABLE => table.push(fact),
            _ => {
                size = fact.to_string().len();
                tables.push(vec![fact]);
            }
        }
    }
    let table = |facts| block(json!({ "type": "FactSet", "facts": facts }));
    tables.into_iter().map(table).collect()
}

/// A record, as much of it as fits. Clients that know no code blocks show where to find it.
fn code(text: &str, more: &str, room: usize) -> Vec<Block> {
    let lines: Vec<_> = text.lines().map(super::code_line).collect();
    let (kept, missing) = fit::head(&lines.join("\n"), room.saturating_sub(800), bytes);
    if kept.trim().is_empty() {
        return Vec::new();
    }
    let value = |text: &str| Escape::Markdown.value(text);
    let instead = if more.is_empty() { "This client shows no code." } else { more };
    let instead = json!({ "type": "TextBlock", "text": value(instead), "wrap": true });
    let mut elements = vec![block(json!({
        "type": "CodeBlock", "codeSnippet": kept, "language": "Json", "fallback": instead,
    }))];
    if missing > 0 {
        let rest = format!("{}: {more}", plural(missing as u64, "more line", None));
        elements.push(block(small(&value(rest.trim_end_matches([':', ' '])))));
    }
    elements
}

fn small(text: &str) -> Value {
    json!({
        "type": "TextBlock", "text": text, "wrap": true,
        "size": "Small", "isSubtle": true, "spacing": "Small",
    })
}

fn block(value: Value) -> Block {
    Block { size: value.to_string().len() + 1, value, lines: 1 }
}

/// Bytes of a text in JSON.
fn bytes(text: &str) -> usize {
    let wide = |c: char| match c {
        '"' | '\\' | '\n' => 2,
        c => c.len_utf8(),
    };
    text.chars().map(wide).sum()
}
