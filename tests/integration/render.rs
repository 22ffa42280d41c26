//! `clickops render`: what it prints and writes of a message, for each form.

use std::fs;

use serde_json::Value;

use crate::program::{Desk, change, gzip, log};

/// A change by somebody whose browser says what an attacker would like it to.
fn desk() -> Desk {
    let desk = Desk::new();
    let mut hostile = change("6f1c2b3a-0d4e-4f6a-9b1c-00000000000a", "2026-11-23T09:00:00Z");
    hostile["userAgent"] =
        "Mozilla/5.0 <script>alert(1)</script> <!channel> [x](javascript:alert(1)) <https://evil.example|x>"
            .into();
    hostile["requestParameters"]["instancesSet"]["items"][0]["instanceId"] =
        "i-1<img src=x onerror=alert(1)>\u{202e}".into();
    desk.write("logs/a.json", log(&[hostile]));
    desk
}

/// The same, with a file of what a run found there: to render that takes no engine.
fn desk_with_findings() -> Desk {
    let desk = desk();
    desk.clickops("run --logs logs").ok();
    let window = fs::read_dir(desk.path(".clickops/journal")).unwrap().next().unwrap().unwrap();
    fs::copy(window.path(), desk.path("findings")).unwrap();
    desk
}

const NOW: &str = "--now 2026-11-23T14:05:00Z";

fn render(arguments: &str) -> String {
    format!("render {NOW} --logs logs {arguments}")
}

#[test]
fn logs_give_what_their_findings_give() {
    let desk = desk();
    let rows = desk.clickops("query console_activity --logs logs --format ndjson").ok();
    desk.write("findings", rows);
    let from_logs = desk.clickops(&render("--template event")).ok();
    let from_findings =
        desk.clickops(&format!("render {NOW} --findings findings --template event")).ok();
    // Only logs have the record.
    assert!(from_logs.contains("\"eventName\": \"StopInstances\""), "{from_logs}");
    assert!(from_findings.contains("not kept"), "{from_findings}");
    let head = |text: &str| text.lines().next().unwrap().to_owned();
    assert_eq!(head(&from_logs), head(&from_findings));
    assert!(!desk.path(".clickops").exists(), "a preview keeps nothing");

    let digest =
        desk.clickops(&render("--since 2000-01-01T00:00:00Z --until 2100-01-01T00:00:00Z")).ok();
    assert!(digest.contains("1 log,") && digest.contains("Jan 2100"), "{digest}");
}

#[test]
fn logs_that_cannot_be_read_are_said() {
    let desk = desk();
    let packed = gzip(&log(&[change("e-1", "2026-11-23T09:00:00Z")]));
    desk.write("logs/b.json.gz", &packed[..packed.len() / 2]);
    let ended = desk.clickops(&render("--template quiet"));
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains("b.json.gz"), "{ended:?}");
    assert!(ended.stdout.contains("b.json.gz"), "{ended:?}");
}

#[test]
fn a_body_is_printed_as_it_would_be_sent() {
    let desk = desk();
    for (form, field) in [("slack", "blocks"), ("teams", "attachments"), ("json", "title")] {
        let body = desk.clickops(&render(&format!("--form {form}"))).ok();
        let body: Value = serde_json::from_str(&body).unwrap();
        assert!(!body[field].is_null(), "{form}: {body}");
    }
}

#[test]
fn a_builder_address_opens_the_blocks() {
    let desk = desk();
    let body: Value = serde_json::from_str(&desk.clickops(&render("--form slack")).ok()).unwrap();
    let address = desk.clickops(&render("--form slack --builder-url")).ok();
    let encoded =
        address.trim_end().strip_prefix("https://app.slack.com/block-kit-builder/#").unwrap();
    assert!(
        encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%-_.!~*'()".contains(&byte)),
        "{encoded}"
    );
    let mut bytes = Vec::new();
    let mut parts = encoded.split('%');
    bytes.extend(parts.next().unwrap().bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(part[2..].bytes());
    }
    let mut blocks: Value = serde_json::from_slice(&bytes).unwrap();
    let mut expected = serde_json::json!({ "blocks": body["blocks"] });
    for value in [&mut blocks, &mut expected] {
        // How long it took is another time each time.
        let last = value["blocks"].as_array_mut().unwrap().pop();
        assert!(last.is_some());
    }
    assert_eq!(blocks, expected);

    for form in ["text", "teams", "json"] {
        let ended = desk.clickops(&render(&format!("--form {form} --builder-url")));
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains("--builder-url is for Slack"), "{ended:?}");
        assert!(ended.stderr.contains("hint: Add --form slack"), "{ended:?}");
    }
}

#[test]
fn a_terminal_preview_shows_words_and_no_markup() {
    let desk = desk_with_findings();
    for (form, name) in [("slack", "clickops APP (Slack)"), ("teams", "Workflows (Teams)")] {
        for template in ["digest", "event", "quiet", "failure"] {
            let line = format!(
                "render {NOW} --findings findings --form {form} --template {template} --preview"
            );
            let mut command = desk.command(&line);
            let ended = crate::program::Ended::of(command.env("COLUMNS", "80"));
            let page = ended.ok();
            assert!(page.starts_with(name), "{page}");
            for absent in
                ["\"blocks\"", "&lt;", "\\<", "[live:", "no preview of", "\u{202e}", "\x1b"]
            {
                assert!(!page.contains(absent), "{form} {template}: {absent}: {page}");
            }
        }
    }
    let line = format!("render {NOW} --findings findings");
    assert_eq!(desk.clickops(&format!("{line} --preview")).ok(), desk.clickops(&line).ok());
}

#[test]
fn a_page_holds_the_message_and_nothing_that_runs() {
    let desk = desk_with_findings();
    for form in ["slack", "teams", "text", "json"] {
        for template in ["digest", "event", "quiet", "failure"] {
            let line = format!(
                "render {NOW} --findings findings --form {form} --template {template} --html page.html"
            );
            let printed = desk.clickops(&line).ok();
            assert_eq!(printed, "");
            let page = fs::read_to_string(desk.path("page.html")).unwrap();
            assert!(page.contains("default-src 'none'") && page.ends_with("</html>\n"), "{page}");
            let policy = page.find("<style>").unwrap();
            assert!(page.find("Content-Security-Policy").unwrap() < policy);
            for absent in [
                "<script",
                "<img",
                "href=\"javascript:",
                "class=\"live\"",
                "\u{202e}",
                "evil.example\"",
            ] {
                assert!(!page.contains(absent), "{form} {template}: {absent}");
            }
            if template == "event" {
                assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "{form}: {page}");
            }
            if form == "slack" || form == "teams" {
                assert!(page.contains(">2:05 PM<"), "{page}");
            }
        }
    }
    let page = desk.clickops(&render("--form slack --html -")).ok();
    assert!(page.starts_with("<!doctype html>"), "{page}");
    let ended = desk.clickops(&render("--form slack --html no/such/folder.html"));
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("hint: Choose a file in a folder that is there"), "{ended:?}");
}

/// What a template of the user's makes live is seen to be.
#[test]
fn what_pings_is_marked() {
    let desk = desk();
    desk.write("mine/slack/quiet.mrkdwn.j2", "<!here> look, {{ report }}\n");
    desk.write("clickops.toml", "[source]\ntemplates = \"mine\"\n");
    let line = render("--config clickops.toml --form slack --template quiet");
    let page = desk.clickops(&format!("{line} --html -")).ok();
    assert!(page.contains("<span class=\"live\">@here</span> look"), "{page}");
    let shown = desk.clickops(&format!("{line} --preview")).ok();
    assert!(shown.contains("[live: @here] look"), "{shown}");
}

#[test]
fn flags_that_say_different_things_are_refused() {
    let desk = desk();
    for line in [
        "--preview --html -",
        "--preview --builder-url --form slack",
        "--html - --builder-url --form slack",
        "--findings findings",
    ] {
        let ended = desk.clickops(&render(line));
        assert_eq!(ended.code, 2, "{line}: {ended:?}");
        assert!(ended.stderr.contains("cannot be used with"), "{line}: {ended:?}");
    }
    let ended = desk.clickops("render");
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("--findings FILE, or logs with --logs DIR"), "{ended:?}");
}
