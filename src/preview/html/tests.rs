#![expect(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn message(form: Form, body: &Value) -> Message {
    let plain = body.as_str().filter(|_| form == Form::Text).map(str::to_owned);
    let body = plain.unwrap_or_else(|| body.to_string());
    Message { form, title: "<title>".to_owned(), body, key: String::new() }
}

fn main(form: Form, body: &Value) -> String {
    let page = html(&[message(form, body)], "9:02 AM");
    page.split_once("<main>").unwrap().1.to_owned()
}

fn section(text: &str) -> Value {
    let text = json!({ "type": "mrkdwn", "text": text, "verbatim": true });
    json!({ "text": "t", "blocks": [{ "type": "section", "text": text }] })
}

fn card(body: Value) -> Value {
    let card = json!({ "type": "AdaptiveCard", "version": "1.4", "body": body });
    let kind = "application/vnd.microsoft.card.adaptive";
    json!({ "type": "message", "attachments": [{ "contentType": kind, "content": card }] })
}

#[test]
fn markup_becomes_elements() {
    let page = main(Form::Slack, &section("*a* <https://x.example/?a=1&amp;b=\"|b> `c`\n<!here>"));
    assert!(
        page.contains(
            "<p><b>a</b> <a class=\"link\" href=\"https://x.example/?a=1&amp;b=&quot;\" \
             target=\"_blank\" rel=\"noopener noreferrer\">b</a> <code>c</code><br>\
             <span class=\"live\">@here</span></p>"
        ),
        "{page}"
    );
    let facts = json!([{ "type": "FactSet", "facts": [{ "title": "Who", "value": "_Ann_" }] }]);
    let page = main(Form::Teams, &card(facts));
    assert!(page.contains("<dl><dt>Who</dt><dd><i>Ann</i></dd></dl>"), "{page}");
}

#[test]
fn a_page_allows_nothing() {
    let page = html(&[message(Form::Slack, &section("a"))], "9:02 AM");
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline';"), "{page}");
    assert!(page.contains("<title>&lt;title&gt;</title>"), "{page}");
    for absent in ["<script", "url(", "@import", "src=", "<link"] {
        assert!(!page.contains(absent), "{absent}");
    }
    assert!(html(&[], "").contains("There is no message."));
}

/// Every tag on a page has to be one of ours.
fn check(page: &str) {
    let known = [
        "article",
        "div",
        "p",
        "b",
        "i",
        "s",
        "a",
        "br",
        "hr",
        "pre",
        "code",
        "span",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "figure",
        "figcaption",
        "main",
        "body",
        "html",
    ];
    for tag in page.split('<').skip(1) {
        let (tag, after) = tag.split_once('>').unwrap();
        assert!(!after.contains('>'), "{tag}>{after}");
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(known.contains(&name.trim_start_matches('/')), "<{tag}>");
        // Values stand in quotes, and hold none.
        let parts: Vec<_> = attributes.split('"').collect();
        for pair in parts.chunks(2) {
            match pair {
                [" class=" | "class=", names] => {
                    assert!(names.chars().all(|c| c.is_ascii_alphanumeric() || " -".contains(c)));
                }
                [" href=", to] => assert!(is_web(to), "{to}"),
                [" target=", "_blank"] | [" rel=", "noopener noreferrer"] | [""] => {}
                _ => panic!("<{tag}>"),
            }
        }
    }
}

fn hostile() -> impl Strategy<Value = String> {
    let parts = proptest::sample::select(vec![
        "<",
        ">",
        "\"",
        "'",
        "&",
        "&lt;",
        "&amp;",
        "&gt;",
        "*",
        "_",
        "~",
        "`",
        "```",
        "|",
        "[",
        "]",
        "(",
        ")",
        "\\",
        "\n",
        " ",
        "- ",
        "<script>",
        "</pre>",
        "javascript:alert(1)",
        "https://x.example/",
        "HTTP://x",
        "<https://x|",
        "<javascript:x|",
        "](javascript:y)",
        "](https://x)",
        "<!here>",
        "<at>",
        "</at>",
        "onload=x",
        "\u{1b}",
        "\u{202e}",
        "é",
    ]);
    let word = prop_oneof![4 => parts.prop_map(str::to_owned), 1 => any::<String>()];
    proptest::collection::vec(word, 0..24).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn no_text_gets_out_of_its_place(text in hostile()) {
        let button = json!({ "type": "button", "url": text, "text": { "text": text } });
        let link = json!({ "type": "link", "url": text, "text": text });
        let slack = json!({ "text": text, "blocks": [
            { "type": "section", "text": { "type": "mrkdwn", "text": text } },
            { "type": "header", "text": { "type": "plain_text", "text": text } },
            { "type": "actions", "elements": [button, { "type": text }] },
            { "type": "image", "alt_text": text },
            { "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [link] }] },
            { "type": text, text.clone(): text },
        ], text.clone(): text });
        let action = json!({ "type": "Action.OpenUrl", "title": text, "url": text });
        let teams = card(json!([
            { "type": "TextBlock", "text": text, "color": text, "size": text },
            { "type": "FactSet", "facts": [{ "title": text, "value": text }] },
            { "type": "Container", "style": text, "items": [{ "type": "CodeBlock", "codeSnippet": text }] },
            { "type": "ActionSet", "actions": [action] },
            { "type": text },
        ]));
        for (form, body) in [
            (Form::Slack, slack), (Form::Teams, teams),
            (Form::Text, json!(text)), (Form::Json, json!(text)),
        ] {
            check(&format!("<main>{}", main(form, &body)));
        }
    }
}
