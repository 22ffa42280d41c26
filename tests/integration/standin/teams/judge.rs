//! What Teams takes as a message of a workflow: the envelope, its size, and a card of version 1.4
//! (<https://adaptivecards.io/explorer/>). It knows nothing of how clickops makes messages.

use serde_json::{Value, json};

use super::super::fields::{Fields, Wrong};
use super::elements;

pub(super) const TOO_LARGE: &str = "RequestEntityTooLarge";
const NO_MESSAGE: &str = "InvalidEnvelope";
const NO_CARD: &str = "InvalidContentType";
const WRONG_CARD: &str = "InvalidCard";

/// Bytes of a message, with everything around the card.
const SIZE: usize = 28 * 1024;

/// Why a message is not taken.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    /// What exactly, which Teams does not say.
    pub(crate) why: String,
}

/// Judges the body of a message; gives the kind of trouble.
pub(crate) fn judge(body: &str) -> Result<(), &'static str> {
    examine(body).map(drop).map_err(|refusal| refusal.code)
}

/// The same with what exactly is wrong.
pub(crate) fn examine(body: &str) -> Result<Value, Refusal> {
    let refusal = |code: &'static str| move |why: Wrong| Refusal { code, why };
    if body.len() > SIZE {
        return Err(refusal(TOO_LARGE)(format!("{} bytes", body.len())));
    }
    let value: Value = serde_json::from_str(body)
        .map_err(|error: serde_json::Error| refusal(NO_MESSAGE)(error.to_string()))?;
    let attachment = envelope(&value).map_err(refusal(NO_MESSAGE))?;
    if attachment.get("contentType") != Some(&json!("application/vnd.microsoft.card.adaptive")) {
        return Err(refusal(NO_CARD)("contentType".to_owned()));
    }
    card(&attachment).map_err(refusal(WRONG_CARD))?;
    Ok(value)
}

fn envelope(value: &Value) -> Result<Fields<'_>, Wrong> {
    let message = Fields::of(value, "message")?;
    message.only(&["attachments"])?;
    if message.kind()? != "message" {
        return message.wrong("type is not message");
    }
    // A workflow goes through all of them; clickops sends one card a message.
    message.each("attachments", 1..=1, |attachment| {
        attachment.only(&["contentType", "contentUrl", "content"])?;
        match attachment.get("contentUrl") {
            Some(Value::Null) => Ok(()),
            other => attachment.wrong(format!("contentUrl is {other:?}")),
        }
    })?;
    Fields::of(&value["attachments"][0], "attachment")
}

fn card(attachment: &Fields<'_>) -> Result<(), Wrong> {
    let card = attachment.object("content")?;
    card.only(&[
        "$schema",
        "version",
        "body",
        "actions",
        "fallbackText",
        "msteams",
        "speak",
        "lang",
    ])?;
    for (key, value) in [
        ("$schema", "http://adaptivecards.io/schemas/adaptive-card.json"),
        ("type", "AdaptiveCard"),
        ("version", "1.4"),
    ] {
        if card.get(key) != Some(&json!(value)) {
            return card.wrong(format!("{key} is not {value}"));
        }
    }
    card.may_text("fallbackText", SIZE)?;
    if card.get("msteams").is_some() {
        let teams = card.object("msteams")?;
        teams.only(&["width", "entities"])?;
        teams.may_be_one_of("width", &["Full"])?;
    }
    if card.get("actions").is_some() {
        card.each("actions", 1..=6, |action| elements::action(&action))?;
    }
    card.each("body", 1..=usize::MAX, |element| elements::element(&element))
}
