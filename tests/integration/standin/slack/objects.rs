//! What blocks are made of (<https://docs.slack.dev/reference/block-kit/composition-objects>).

use super::super::fields::{Fields, Wrong};

/// A text object that shows its text as it is.
pub(super) fn plain(object: &Fields<'_>, most: usize) -> Result<(), Wrong> {
    match object.kind()? {
        "plain_text" => text(object, most),
        other => object.wrong(format!("the text is {other}, not plain_text")),
    }
}

/// A text object.
pub(super) fn text(object: &Fields<'_>, most: usize) -> Result<(), Wrong> {
    let further = match object.kind()? {
        "plain_text" => "emoji",
        "mrkdwn" => "verbatim",
        other => return object.wrong(format!("{other} is no kind of text")),
    };
    object.only(&["text", further])?;
    object.may_flags(&[further])?;
    object.text("text", most).map(drop)
}

/// An image, which may have these keys too.
pub(super) fn image(object: &Fields<'_>, further: &[&str]) -> Result<(), Wrong> {
    object.only(&[&["image_url", "slack_file", "alt_text"], further].concat())?;
    object.text("alt_text", 2_000)?;
    match object.get("slack_file") {
        Some(_) => object.object("slack_file")?.only(&["id", "url"]),
        None => object.web("image_url", 3_000),
    }
}

/// What people can press or choose from.
pub(super) fn action(object: &Fields<'_>) -> Result<(), Wrong> {
    object.may_text("action_id", 255)?;
    if object.get("confirm").is_some() {
        confirm(&object.object("confirm")?)?;
    }
    match object.kind()? {
        "button" => button(object),
        "overflow" => {
            object.only(&["action_id", "options", "confirm"])?;
            object.each("options", 1..=5, |one| option(&one, true))
        }
        "static_select" | "multi_static_select" => {
            object.only(&[
                "action_id",
                "placeholder",
                "options",
                "initial_option",
                "initial_options",
                "confirm",
                "focus_on_load",
                "max_selected_items",
            ])?;
            if object.get("placeholder").is_some() {
                plain(&object.object("placeholder")?, 150)?;
            }
            object.each("options", 1..=100, |one| option(&one, false))
        }
        "radio_buttons" | "checkboxes" => {
            object.only(&[
                "action_id",
                "options",
                "initial_option",
                "initial_options",
                "confirm",
                "focus_on_load",
            ])?;
            object.each("options", 1..=10, |one| option(&one, false))
        }
        // Slack itself fills these.
        "users_select"
        | "conversations_select"
        | "channels_select"
        | "datepicker"
        | "timepicker"
        | "datetimepicker" => Ok(()),
        other => object.wrong(format!("{other} is no action")),
    }
}

fn button(object: &Fields<'_>) -> Result<(), Wrong> {
    object.only(&[
        "text",
        "action_id",
        "url",
        "value",
        "style",
        "confirm",
        "accessibility_label",
    ])?;
    plain(&object.object("text")?, 75)?;
    object.may_text("value", 2_000)?;
    object.may_text("accessibility_label", 75)?;
    object.may_be_one_of("style", &["primary", "danger"])?;
    if object.get("url").is_some() { object.web("url", 3_000) } else { Ok(()) }
}

fn option(object: &Fields<'_>, with_url: bool) -> Result<(), Wrong> {
    let url: &[&str] = if with_url { &["url"] } else { &[] };
    object.only(&[&["text", "value", "description"], url].concat())?;
    text(&object.object("text")?, 75)?;
    object.text("value", 150)?;
    if object.get("description").is_some() {
        text(&object.object("description")?, 75)?;
    }
    if object.get("url").is_some() { object.web("url", 3_000) } else { Ok(()) }
}

fn confirm(object: &Fields<'_>) -> Result<(), Wrong> {
    object.only(&["title", "text", "confirm", "deny", "style"])?;
    object.may_be_one_of("style", &["primary", "danger"])?;
    plain(&object.object("title")?, 100)?;
    text(&object.object("text")?, 300)?;
    plain(&object.object("confirm")?, 30)?;
    plain(&object.object("deny")?, 30)
}

/// A part of rich text, or what such a part is made of.
pub(super) fn rich(object: &Fields<'_>) -> Result<(), Wrong> {
    match object.kind()? {
        "rich_text_section" => {
            object.only(&["elements"])?;
            object.each("elements", 1..=usize::MAX, |one| rich_element(&one))
        }
        "rich_text_preformatted" | "rich_text_quote" => {
            object.only(&["elements", "border", "language"])?;
            object.each("elements", 1..=usize::MAX, |one| rich_element(&one))
        }
        "rich_text_list" => {
            object.only(&["elements", "style", "indent", "offset", "border"])?;
            if object.get("style").is_none() {
                return object.wrong("no style");
            }
            object.may_be_one_of("style", &["bullet", "ordered"])?;
            object.each("elements", 1..=usize::MAX, |one| rich(&one))
        }
        other => object.wrong(format!("{other} is no part of rich text")),
    }
}

fn rich_element(object: &Fields<'_>) -> Result<(), Wrong> {
    match object.kind()? {
        "text" => {
            object.only(&["text", "style"])?;
            // A blank between two words is a text here.
            match object.get("text").and_then(serde_json::Value::as_str) {
                Some("") | None => object.wrong("text is empty"),
                Some(_) => Ok(()),
            }
        }
        "link" => {
            object.only(&["url", "text", "unsafe", "style"])?;
            object.web("url", 3_000)
        }
        "emoji" => object.text("name", 255).map(drop),
        "broadcast" => object.text("range", 20).map(drop),
        "user" => object.text("user_id", 20).map(drop),
        "usergroup" => object.text("usergroup_id", 20).map(drop),
        "channel" => object.text("channel_id", 20).map(drop),
        "date" => object.text("format", 255).map(drop),
        "color" => object.text("value", 20).map(drop),
        other => object.wrong(format!("{other} is no element of rich text")),
    }
}
