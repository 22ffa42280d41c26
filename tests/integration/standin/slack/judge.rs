//! What Slack takes as a message: the limits that it documents
//! (<https://docs.slack.dev/reference/block-kit>), and for what it does not document the strictest
//! that was ever seen. It knows nothing of how clickops makes messages.

use serde_json::Value;

use super::super::fields::{Fields, Wrong, characters};
use super::objects;

/// Characters of all texts of all blocks together.
const ALL_BLOCKS: usize = 13_200;

/// Characters of `text`. Slack splits longer ones into several messages.
const TEXT: usize = 4_000;

/// Why a message is not taken.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// Slack's word for it.
    pub(crate) code: &'static str,
    /// What exactly, which Slack does not say.
    pub(crate) why: String,
}

fn refuse<T>(code: &'static str, why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, why: why.into() })
}

/// Judges the body of a message as an incoming webhook gets it; gives Slack's code.
pub(crate) fn judge(body: &str) -> Result<(), &'static str> {
    examine(body, &[]).map(drop).map_err(|refusal| refusal.code)
}

/// Judges a body, which may have these keys besides those of a message.
pub(crate) fn examine(body: &str, further: &[&str]) -> Result<Value, Refusal> {
    let value: Value = match serde_json::from_str(body) {
        Ok(value) => value,
        Err(error) => return refuse("invalid_payload", error.to_string()),
    };
    let known = ["text", "blocks", "attachments", "unfurl_links", "unfurl_media", "mrkdwn"];
    let known = [&known, further].concat();
    let payload = |why| Refusal { code: "invalid_payload", why };
    let message = Fields::of(&value, "message").map_err(payload)?;
    message.only(&known).map_err(payload)?;
    message.may_flags(&["unfurl_links", "unfurl_media", "mrkdwn"]).map_err(payload)?;
    message.text("text", usize::MAX).map_err(|why| Refusal { code: "no_text", why })?;
    message.text("text", TEXT).map_err(|why| Refusal { code: "msg_too_long", why })?;
    if let Some(attachments) = message.get("attachments") {
        match attachments.as_array() {
            Some(all) if all.len() <= 100 => {}
            _ => return refuse("too_many_attachments", "attachments"),
        }
    }
    if message.get("blocks").is_some() {
        blocks(&message).map_err(|why| Refusal { code: "invalid_blocks", why })?;
        let length = length(&value["blocks"]);
        if length > ALL_BLOCKS {
            return refuse("msg_blocks_too_long", format!("{length} characters in all"));
        }
    }
    Ok(value)
}

/// Characters of everything that is written in a value.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => characters(text),
        Value::Array(items) => items.iter().map(length).sum(),
        Value::Object(fields) => {
            fields.iter().filter(|(key, _)| *key != "type").map(|(_, value)| length(value)).sum()
        }
        _ => 0,
    }
}

fn blocks(message: &Fields<'_>) -> Result<(), Wrong> {
    let (mut ids, mut markdown, mut tables) = (Vec::new(), 0, 0);
    message.each("blocks", 1..=50, |one| {
        one.may_text("block_id", 255)?;
        if let Some(id) = one.get("block_id") {
            if ids.contains(&id) {
                return one.wrong("a block_id that is there already");
            }
            ids.push(id);
        }
        let kind = one.kind()?;
        markdown += match kind {
            "markdown" => characters(one.text("text", 12_000)?),
            _ => 0,
        };
        tables += usize::from(matches!(kind, "table" | "data_table"));
        if markdown > 12_000 || tables > 1 {
            return one.wrong("more markdown or tables than a message can hold");
        }
        block(&one, kind)
    })
}

fn block(block: &Fields<'_>, kind: &str) -> Result<(), Wrong> {
    let only = |keys: &[&str]| block.only(&[&["block_id"], keys].concat());
    match kind {
        "header" => {
            only(&["text"])?;
            objects::plain(&block.object("text")?, 150)
        }
        "divider" => only(&[]),
        "section" => section(block),
        "context" => {
            only(&["elements"])?;
            block.each("elements", 1..=10, |element| match element.kind()? {
                "image" => objects::image(&element, &[]),
                _ => objects::text(&element, 3_000),
            })
        }
        "actions" => {
            only(&["elements"])?;
            block.each("elements", 1..=25, |element| objects::action(&element))
        }
        "image" => {
            objects::image(block, &["title", "block_id"])?;
            match block.get("title") {
                Some(_) => objects::plain(&block.object("title")?, 2_000),
                None => Ok(()),
            }
        }
        "markdown" => only(&["text"]),
        "rich_text" => {
            only(&["elements"])?;
            block.each("elements", 1..=usize::MAX, |element| objects::rich(&element))
        }
        "table" => table(block),
        "video" => {
            only(&[
                "title",
                "title_url",
                "description",
                "author_name",
                "provider_name",
                "provider_icon_url",
                "video_url",
                "thumbnail_url",
                "alt_text",
            ])?;
            objects::plain(&block.object("title")?, 200)?;
            block.web("video_url", 3_000)?;
            block.web("thumbnail_url", 3_000)?;
            block.text("alt_text", 2_000).map(drop)
        }
        // Blocks of 2026 whose limits nobody has published: they have to be what they say.
        "card" | "carousel" | "container" | "context_actions" | "data_table"
        | "data_visualization" | "plan" | "task_card" => Ok(()),
        // What only exists in modals, in messages of people, or nowhere.
        other => block.wrong(format!("unknown type {other}")),
    }
}

fn section(block: &Fields<'_>) -> Result<(), Wrong> {
    block.only(&["block_id", "text", "fields", "accessory", "expand"])?;
    block.may_flags(&["expand"])?;
    if block.get("text").is_none() && block.get("fields").is_none() {
        return block.wrong("neither text nor fields");
    }
    if block.get("text").is_some() {
        objects::text(&block.object("text")?, 3_000)?;
    }
    if block.get("fields").is_some() {
        block.each("fields", 1..=10, |field| objects::text(&field, 2_000))?;
    }
    match block.get("accessory") {
        Some(_) => {
            let accessory = block.object("accessory")?;
            match accessory.kind()? {
                "image" => objects::image(&accessory, &[]),
                _ => objects::action(&accessory),
            }
        }
        None => Ok(()),
    }
}

fn table(block: &Fields<'_>) -> Result<(), Wrong> {
    block.only(&["block_id", "rows", "column_settings"])?;
    let rows = block.get("rows").and_then(Value::as_array);
    let rows = rows.filter(|rows| (1..=100).contains(&rows.len()));
    let Some(rows) = rows else { return block.wrong("not 1 to 100 rows") };
    let mut written = 0;
    for row in rows {
        let cells = row.as_array().filter(|cells| (1..=20).contains(&cells.len()));
        let Some(cells) = cells else { return block.wrong("a row of not 1 to 20 cells") };
        for cell in cells {
            let cell = Fields::of(cell, format!("{}.cell", block.place))?;
            written += match cell.kind()? {
                "raw_text" => characters(cell.text("text", 10_000)?),
                "raw_number" | "rich_text" => length(&cell.get("elements").cloned().into()),
                other => return cell.wrong(format!("a cell is no {other}")),
            };
        }
    }
    if written > 10_000 { block.wrong("more than 10,000 characters") } else { Ok(()) }
}
