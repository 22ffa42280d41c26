//! Slack's Block Kit. Limits are those of <https://docs.slack.dev/reference/block-kit/blocks>; how
//! much text all blocks together may hold is documented nowhere, so [`ROOM`] is careful.

use serde_json::{Value, json};

use super::fit::{self, Block, Room};
use super::{Mark, Piece};
use crate::digest::words::plural;
use crate::render::escape::entities;
use crate::render::neutral;

mod check;

/// Blocks and characters of a message.
const ROOM: Room = Room { blocks: 50, size: 12_000 };

/// Characters of a text.
const TEXT: usize = 3_000;

/// Characters of a heading.
const HEADING: usize = 150;

/// Characters of what notifications and screen readers get.
const TITLE: usize = 300;

/// The bodies of the messages.
pub(super) fn bodies(pieces: Vec<Piece>, title: &str) -> Result<Vec<String>, String> {
    let spread = fit::spread(blocks(pieces), ROOM);
    let count = spread.pages.len();
    let title = crate::render::cut(title, TITLE);
    let mut bodies = Vec::new();
    for (number, mut page) in (1..).zip(spread.pages) {
        let part = format!("{number} of {count}");
        let text = if count > 1 { format!("{title} ({part})") } else { title.clone() };
        if number > 1 {
            page.insert(0, small(&format!("{part} · {}", entities(&title))));
        }
        if number == count && spread.left > 0 {
            page.push(small(&left(spread.left)));
        }
        check::blocks(&page)?;
        let body = json!({
            "text": entities(&text),
            "blocks": page,
            // Nothing is fetched on behalf of whoever chose the names in it.
            "unfurl_links": false,
            "unfurl_media": false,
        });
        bodies.push(body.to_string());
    }
    Ok(bodies)
}

/// What is said where even several messages are not enough.
pub(super) fn left(lines: usize) -> String {
    let lines = plural(lines as u64, "more line", None);
    format!("and {lines} that did not fit: narrow the report, or query the logs for the rest")
}

fn blocks(pieces: Vec<Piece>) -> Vec<Block> {
    let size = |piece: &Piece| plain(piece).iter().map(|block| block.size).sum::<usize>();
    let others: usize = pieces.iter().map(size).sum();
    let room = ROOM.size.saturating_sub(others).max(ROOM.size / 4);
    let mut blocks = Vec::new();
    for piece in &pieces {
        match piece {
            Piece::Mark(Mark::Code(text, more)) => blocks.extend(code(text, more, room)),
            piece => blocks.extend(plain(piece)),
        }
    }
    blocks
}

/// The blocks of all but code.
fn plain(piece: &Piece) -> Vec<Block> {
    match piece {
        Piece::Paragraph(lines) => sections(lines),
        Piece::Facts(facts) => {
            let line = |(label, text): &(String, String)| {
                format!("*{label}*  {}", neutral::line(text.trim()))
            };
            sections(&facts.iter().map(line).collect::<Vec<_>>())
        }
        Piece::Mark(Mark::Heading(text)) => {
            let text = crate::render::cut(&neutral::line(text), HEADING);
            let text = fit::hard_cut(&text, HEADING, count);
            let text = json!({ "type": "plain_text", "text": text, "emoji": false });
            vec![block(json!({ "type": "header", "text": text }), 1)]
        }
        Piece::Mark(Mark::Small(text)) => {
            let line = neutral::line(text.trim()).into_owned();
            vec![block(small(&fit::shortened(&line, TEXT, count)), 1)]
        }
        Piece::Mark(Mark::Divider) => vec![block(json!({ "type": "divider" }), 0)],
        Piece::Mark(Mark::Block(value)) => vec![block(value.clone(), 1)],
        Piece::Mark(Mark::Code(..) | Mark::Fact(..)) => Vec::new(),
    }
}

fn sections(lines: &[String]) -> Vec<Block> {
    let texts = fit::join(lines, TEXT, count);
    texts.into_iter().map(|(text, lines)| block(section(&text, true), lines)).collect()
}

/// A record in fences, as much of it as fits.
fn code(text: &str, more: &str, room: usize) -> Vec<Block> {
    // In JSON, the escape means the same as the sign that would end the fence.
    let lines: Vec<_> = text
        .lines()
        .map(|line| entities(&super::code_line(line)).replace('`', "\\u0060"))
        .collect();
    let (kept, missing) = fit::head(&lines.join("\n"), room.saturating_sub(200), count);
    let lines: Vec<_> = kept.lines().map(str::to_owned).collect();
    let fence = |text: String, lines| block(section(&format!("```\n{text}\n```"), false), lines);
    let most = TEXT - "```\n\n```".len();
    let lines: Vec<_> = lines.iter().map(|line| fit::hard_cut(line, most, count)).collect();
    let mut blocks: Vec<_> = fit::join(&lines, most, count)
        .into_iter()
        .filter(|(text, _)| !text.trim().is_empty())
        .map(|(text, lines)| fence(text, lines))
        .collect();
    if missing > 0 {
        let rest = format!("{}: {more}", plural(missing as u64, "more line", None));
        let rest = rest.trim_end_matches([':', ' ']);
        let rest = crate::render::escape::Escape::Mrkdwn.value(rest);
        blocks.push(block(small(&fit::shortened(&rest, TEXT, count)), 1));
    }
    blocks
}

/// A section whose plain addresses and names stay what they are. Slack folds a long one unless it is
/// told not to.
fn section(text: &str, expand: bool) -> Value {
    let text = json!({ "type": "mrkdwn", "text": text, "verbatim": true });
    json!({ "type": "section", "text": text, "expand": expand })
}

fn small(text: &str) -> Value {
    let element = json!({ "type": "mrkdwn", "text": text, "verbatim": true });
    json!({ "type": "context", "elements": [element] })
}

fn block(value: Value, lines: usize) -> Block {
    Block { size: characters(&value), value, lines }
}

/// Characters of all texts in a block.
fn characters(value: &Value) -> usize {
    match value {
        Value::String(text) => count(text),
        Value::Array(items) => items.iter().map(characters).sum(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "type")
            .map(|(_, value)| characters(value))
            .sum(),
        _ => 0,
    }
}

/// Slack counts characters as JavaScript does.
fn count(text: &str) -> usize {
    text.encode_utf16().count()
}
