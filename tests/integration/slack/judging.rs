//! The judge itself: a message that Slack documents as wrong does not get past it.

use serde_json::{Value, json};

use crate::standin::slack::{examine, judge, live};

fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text })
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text })
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": mrkdwn(text) })
}

fn message(blocks: &[Value]) -> String {
    json!({ "text": "t", "blocks": blocks, "unfurl_links": false }).to_string()
}

fn x(count: usize) -> String {
    "x".repeat(count)
}

#[test]
fn takes_each_block_up_to_its_limits() {
    let button = json!({
        "type": "button", "text": plain(&x(75)), "url": format!("https://a.example/{}", x(2982)),
        "action_id": x(255), "value": x(2000), "style": "danger",
    });
    let image = json!({ "type": "image", "image_url": "https://a.example/a.png", "alt_text": "a" });
    let run = json!({ "type": "text", "text": " ", "style": { "bold": true } });
    let rich = json!({ "type": "rich_text_section", "elements": [run] });
    let list = json!({ "type": "rich_text_list", "style": "bullet", "elements": [rich] });
    let cell = json!({ "type": "raw_text", "text": "a" });
    for blocks in [
        vec![json!({ "type": "header", "text": plain(&x(150)) }), json!({ "type": "divider" })],
        vec![json!({ "type": "section", "text": mrkdwn(&x(3000)), "block_id": x(255) })],
        vec![json!({ "type": "section", "fields": vec![mrkdwn(&x(1320)); 10] })],
        vec![json!({ "type": "section", "fields": [plain(&x(2000))], "accessory": image })],
        vec![json!({ "type": "context", "elements": vec![plain("a"); 10] }), image],
        vec![json!({ "type": "actions", "elements": [button] })],
        vec![json!({ "type": "rich_text", "elements": [rich, list] })],
        vec![json!({ "type": "markdown", "text": x(12_000) })],
        vec![json!({ "type": "table", "rows": vec![vec![cell; 20]; 100] })],
        vec![json!({ "type": "divider" }); 50],
        vec![section(&x(2640)); 5],
    ] {
        let body = message(&blocks);
        assert!(examine(&body, &[]).is_ok(), "{:?}\n{body}", examine(&body, &[]));
    }
    assert_eq!(judge(&json!({ "text": x(4000) }).to_string()), Ok(()));
}

#[test]
fn refuses_what_is_over_a_limit_or_unknown() {
    let action = |button: Value| json!({ "type": "actions", "elements": [button] });
    let button = |key: &str, value: Value| {
        let mut button = json!({ "type": "button", "text": plain("a") });
        button[key] = value;
        action(button)
    };
    let context = |elements: Vec<Value>| json!({ "type": "context", "elements": elements });
    for block in [
        json!("divider"),
        json!({ "text": mrkdwn("a") }),
        json!({ "type": "sektion" }),
        json!({ "type": "divider", "text": "a" }),
        json!({ "type": "input" }),
        json!({ "type": "header", "text": plain(&x(151)) }),
        json!({ "type": "header", "text": mrkdwn("a") }),
        json!({ "type": "header", "text": plain("") }),
        json!({ "type": "section" }),
        json!({ "type": "section", "text": "a" }),
        section(""),
        section(" \n"),
        section(&x(3001)),
        // Each counts twice, as in JavaScript.
        section(&"😀".repeat(1501)),
        json!({ "type": "section", "text": { "type": "mrkdwn", "text": "a", "emoji": true } }),
        json!({ "type": "section", "text": { "type": "mrkdwn", "text": "a", "verbatim": "yes" } }),
        json!({ "type": "section", "text": mrkdwn("a"), "colour": "red" }),
        json!({ "type": "section", "fields": [] }),
        json!({ "type": "section", "fields": vec![mrkdwn("a"); 11] }),
        json!({ "type": "section", "fields": [mrkdwn(&x(2001))] }),
        json!({ "type": "section", "text": mrkdwn("a"), "block_id": x(256) }),
        context(vec![]),
        context(vec![mrkdwn("a"); 11]),
        context(vec![mrkdwn("")]),
        json!({ "type": "actions", "elements": vec![json!({ "type": "button", "text": plain("a") }); 26] }),
        button("text", plain(&x(76))),
        button("text", mrkdwn("a")),
        button("url", format!("https://a.example/{}", x(2983)).into()),
        button("url", "a".into()),
        button("action_id", x(256).into()),
        button("value", x(2001).into()),
        button("style", "red".into()),
        button("onclick", "a".into()),
        json!({ "type": "image", "image_url": "https://a.example/" }),
        json!({ "type": "rich_text", "elements": [{ "type": "text", "text": "a" }] }),
        json!({ "type": "markdown", "text": x(12_001) }),
        json!({ "type": "table", "rows": [] }),
    ] {
        let body = message(std::slice::from_ref(&block));
        assert_eq!(judge(&body), Err("invalid_blocks"), "{block}");
    }
    for blocks in [
        vec![],
        vec![json!({ "type": "divider" }); 51],
        vec![json!({ "type": "divider", "block_id": "a" }); 2],
        vec![json!({ "type": "markdown", "text": x(6_001) }); 2],
    ] {
        assert_eq!(judge(&message(&blocks)), Err("invalid_blocks"), "{blocks:?}");
    }
    let mut sections = vec![section(&x(2640)); 5];
    sections.push(section("a"));
    assert_eq!(judge(&message(&sections)), Err("msg_blocks_too_long"));
    for (body, code) in [
        ("", "invalid_payload"),
        ("[]", "invalid_payload"),
        ("{\"text\": \"a\"", "invalid_payload"),
        ("{\"text\": \"a\", \"channel\": \"b\"}", "invalid_payload"),
        ("{\"text\": \"a\", \"unfurl_links\": 0}", "invalid_payload"),
        ("{}", "no_text"),
        ("{\"text\": \"\"}", "no_text"),
        ("{\"blocks\": [{\"type\": \"divider\"}]}", "no_text"),
        ("{\"text\": \"a\", \"blocks\": null}", "invalid_blocks"),
    ] {
        assert_eq!(judge(body), Err(code), "{body}");
    }
    assert_eq!(judge(&json!({ "text": x(4001) }).to_string()), Err("msg_too_long"));
    let many = json!({ "text": "a", "attachments": vec![json!({}); 101] });
    assert_eq!(judge(&many.to_string()), Err("too_many_attachments"));
}

#[test]
fn sees_what_would_come_out_live() {
    let verbatim = |text: &str| json!({ "type": "mrkdwn", "text": text, "verbatim": true });
    let allowed = ["https://good.example/", "!date^"];
    for (block, is_live) in [
        (section("a &lt;!channel&gt; b"), false),
        (section("<https://good.example/a|b> <!date^1^{date}|c>"), false),
        (json!({ "type": "section", "text": verbatim("https://bad.example @here") }), false),
        (json!({ "type": "header", "text": plain("<!here> https://bad.example") }), false),
        (section("<!channel>"), true),
        (section("<@U1>"), true),
        (section("<#C1>"), true),
        (section("<!subteam^S1>"), true),
        (section("<https://bad.example|https://good.example/>"), true),
        (section("<https://good.example/|a<!here>"), true),
        (section("<mailto:a@bad.example>"), true),
        (section("a < b"), true),
        (section("https://bad.example"), true),
        (section("see www.bad.example"), true),
        (section("@channel"), true),
        (json!({ "type": "section", "text": verbatim("<!channel>") }), true),
        (json!({ "type": "section", "fields": [mrkdwn("<!here>")] }), true),
        (json!({ "type": "context", "elements": [mrkdwn("<!here>")] }), true),
        (json!({ "type": "markdown", "text": "[a](https://bad.example)" }), true),
        (json!({ "type": "markdown", "text": "[a](https://good.example/)" }), false),
        (
            json!({ "type": "actions", "elements": [{ "type": "button", "url": "https://bad.example" }] }),
            true,
        ),
        (
            json!({ "type": "rich_text", "elements": [{ "type": "broadcast", "range": "here" }] }),
            true,
        ),
        (
            json!({ "type": "rich_text", "elements": [{ "type": "link", "url": "https://bad.example" }] }),
            true,
        ),
    ] {
        let found = live(&message(std::slice::from_ref(&block)), &allowed);
        assert_eq!(found.is_some(), is_live, "{block}: {found:?}");
    }
    for (text, is_live) in [("a", false), ("<!here>", true), ("https://bad.example", true)] {
        let found = live(&json!({ "text": text }).to_string(), &allowed);
        assert_eq!(found.is_some(), is_live, "{text}: {found:?}");
    }
    assert!(live(&json!({ "text": "<!here>", "blocks": [] }).to_string(), &allowed).is_some());
    assert!(live("no JSON", &allowed).is_some());
}
