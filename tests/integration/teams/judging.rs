//! The judge itself: a card that Teams could not show does not get past it.

use serde_json::{Value, json};

use crate::standin::teams::{examine, judge, live};

pub(super) fn message(body: &[Value]) -> Value {
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": { "width": "Full" },
                "body": body,
            },
        }],
    })
}

fn text(text: &str) -> Value {
    json!({ "type": "TextBlock", "text": text, "wrap": true, "size": "Large" })
}

fn elements() -> Vec<Value> {
    let open = json!({ "type": "Action.OpenUrl", "title": "a", "url": "https://a.example" });
    vec![
        text("a"),
        json!({ "type": "FactSet", "facts": [{ "title": "a", "value": "b" }], "separator": true }),
        json!({ "type": "Container", "items": [text("a")], "style": "emphasis" }),
        json!({ "type": "ColumnSet", "columns": [{ "type": "Column", "width": "auto", "items": [text("a")] }] }),
        json!({ "type": "ActionSet", "actions": [open] }),
        json!({ "type": "Image", "url": "https://a.example/a.png", "altText": "a" }),
        json!({ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": "a" }] }),
        json!({ "type": "CodeBlock", "codeSnippet": "{}", "language": "Json", "fallback": text("a") }),
        json!({ "type": "CodeBlock", "codeSnippet": "{}", "language": "Json", "fallback": "drop" }),
    ]
}

#[test]
fn takes_each_element_and_the_whole_size() {
    for element in elements() {
        let body = message(std::slice::from_ref(&element)).to_string();
        assert!(examine(&body).is_ok(), "{:?}\n{body}", examine(&body));
    }
    let around = message(&[text("")]).to_string().len();
    let most = "x".repeat(28 * 1024 - around);
    assert_eq!(judge(&message(&[text(&most)]).to_string()), Ok(()));
    let more = format!("{most}x");
    assert_eq!(judge(&message(&[text(&more)]).to_string()), Err("RequestEntityTooLarge"));
}

/// Every text and flag of the elements is needed to be what it is.
#[test]
fn refuses_elements_that_lack_something_or_hold_something_else() {
    for element in elements() {
        for key in element.as_object().unwrap().keys() {
            let optional =
                ["separator", "wrap", "size", "style", "language"].contains(&key.as_str());
            let mut without = element.clone();
            without.as_object_mut().unwrap().shift_remove(key);
            let mut other = element.clone();
            other[key] = json!(7);
            let judged = judge(&message(&[without]).to_string());
            assert_eq!(judged.is_ok(), optional, "{key} of {element}");
            assert_eq!(
                judge(&message(&[other]).to_string()),
                Err("InvalidCard"),
                "{key} {element}"
            );
        }
        let mut more = element.clone();
        more["colour"] = "red".into();
        assert_eq!(judge(&message(&[more]).to_string()), Err("InvalidCard"), "{element}");
    }
    for element in [
        json!({ "type": "Textblock", "text": "a" }),
        json!({ "type": "Input.Text", "id": "a" }),
        text(""),
        json!({ "type": "TextBlock", "text": "a", "color": "Red" }),
        json!({ "type": "FactSet", "facts": [] }),
        json!({ "type": "FactSet", "facts": [{ "title": "", "value": "b" }] }),
        json!({ "type": "FactSet", "facts": [{ "title": "a", "value": 1 }] }),
        json!({ "type": "Container", "items": [{ "type": "x" }] }),
        json!({ "type": "ColumnSet", "columns": [{ "items": [text("a")] }] }),
        json!({ "type": "ActionSet", "actions": [{ "type": "Action.Submit" }] }),
        json!({ "type": "ActionSet", "actions": [{ "type": "Action.OpenUrl", "url": "a" }] }),
        json!({ "type": "CodeBlock", "codeSnippet": "a", "language": "json", "fallback": "drop" }),
    ] {
        let judged = judge(&message(std::slice::from_ref(&element)).to_string());
        assert_eq!(judged, Err("InvalidCard"), "{element}");
    }
}

#[test]
fn refuses_another_envelope() {
    for (pointer, value, kind) in [
        ("/type", json!("card"), "InvalidEnvelope"),
        ("/attachments", json!([]), "InvalidEnvelope"),
        ("/attachments/0/contentUrl", json!(""), "InvalidEnvelope"),
        ("/attachments/0/contentType", json!("application/json"), "InvalidContentType"),
        ("/attachments/0/content/$schema", json!("x"), "InvalidCard"),
        ("/attachments/0/content/type", json!("Card"), "InvalidCard"),
        ("/attachments/0/content/version", json!("1.9"), "InvalidCard"),
        ("/attachments/0/content/body", json!([]), "InvalidCard"),
        ("/attachments/0/content/msteams", json!({ "width": "full" }), "InvalidCard"),
    ] {
        let mut body = message(&[text("a")]);
        *body.pointer_mut(pointer).unwrap() = value;
        assert_eq!(judge(&body.to_string()), Err(kind), "{pointer}");
    }
    for body in ["", "{}", "{\"text\": \"a\"}"] {
        assert_eq!(judge(body), Err("InvalidEnvelope"), "{body}");
    }
}

#[test]
fn sees_what_would_come_out_live() {
    let open = |url: &str| json!({ "type": "ActionSet", "actions": [{ "type": "Action.OpenUrl", "url": url }] });
    for (element, is_live) in [
        (text("\\[a\\](https://bad.example) \\<at\\>b"), false),
        (text("[a](https://good.example/b)"), false),
        (open("https://good.example/"), false),
        (json!({ "type": "CodeBlock", "codeSnippet": "[a](https://bad.example)" }), false),
        (text("[a](https://bad.example)"), true),
        (text("\\[a](https://bad.example)"), true),
        (text("[a\\\\](https://bad.example)"), true),
        (text("![a](https://good.example/b)"), true),
        (text("[a][b]"), true),
        (text("<at>Ann</at>"), true),
        (text("<AT>Ann"), true),
        (text("<https://bad.example>"), true),
        (
            json!({ "type": "FactSet", "facts": [{ "title": "a", "value": "[a](https://b)" }] }),
            true,
        ),
        (open("https://bad.example"), true),
    ] {
        let body = message(std::slice::from_ref(&element)).to_string();
        let found = live(&body, &["https://good.example/"]);
        assert_eq!(found.is_some(), is_live, "{element}: {found:?}");
    }
    let mut mentions = message(&[text("a")]);
    mentions["attachments"][0]["content"]["msteams"]["entities"] = json!([{ "type": "mention" }]);
    assert!(live(&mentions.to_string(), &[]).is_some());
}
