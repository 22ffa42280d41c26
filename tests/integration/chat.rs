//! Messages for Slack and Teams: what templates of a user's own can do to them, and how much of
//! everything fits.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;

use clickops::message::{Form, Message};
use clickops::render::Renderer;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A renderer whose user wrote this digest.
fn own(form: Form, template: &str) -> (TempDir, Renderer) {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join(form.folder());
    fs::create_dir(&place).unwrap();
    fs::write(place.join(format!("digest.{}.j2", form.extension())), template).unwrap();
    let renderer = Renderer::with_folder(folder.path());
    (folder, renderer)
}

fn render(form: Form, template: &str, context: &Value) -> Result<Vec<Message>, String> {
    let (_folder, renderer) = own(form, template);
    renderer.render(form, "digest", context, false).map_err(|error| error.to_string())
}

/// The blocks or elements of a message.
fn blocks(message: &Message) -> Vec<Value> {
    let body: Value = serde_json::from_str(&message.body).unwrap();
    let blocks = match message.form {
        Form::Slack => &body["blocks"],
        _ => &body["attachments"][0]["content"]["body"],
    };
    blocks.as_array().unwrap().clone()
}

fn one(form: Form, template: &str, context: &Value) -> Vec<Value> {
    let messages = render(form, template, context).unwrap();
    assert_eq!(messages.len(), 1);
    blocks(&messages[0])
}

/// The texts of a block in which markup counts, without what a backslash makes plain.
fn marked_up(block: &Value) -> Vec<String> {
    let plain = ["plain_text", "CodeBlock"].map(Value::from).contains(&block["type"]);
    match block {
        Value::Object(fields) if !plain => fields.values().flat_map(marked_up).collect(),
        Value::Array(items) => items.iter().flat_map(marked_up).collect(),
        Value::String(text) => {
            let mut parts =
                text.replace("\\\\", "").split('\\').map(str::to_owned).collect::<Vec<_>>();
            for part in parts.iter_mut().skip(1) {
                part.remove(0);
            }
            vec![parts.concat()]
        }
        _ => Vec::new(),
    }
}

mod a_template {
    use super::*;

    #[test]
    fn writes_lines_and_gets_blocks() {
        let context = json!({ "name": "ann_smith*", "title": "t", "key": "k" });
        let template = "{{ 'Hello' | heading }}\n*Who* {{ name | bold }}\n  {{ name | code }}\n\n\
                        {{ 'x' | fact('A') }}{{ '' | fact('B') }}{{ name | fact('C') }}{{ divider }}\nlast";
        let slack = one(Form::Slack, template, &context);
        let kinds: Vec<_> = slack.iter().map(|block| block["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["header", "section", "section", "divider", "section"]);
        assert_eq!(slack[1]["text"]["text"], "*Who* *ann_smith∗*\n`ann_smith*`");
        assert_eq!(slack[2]["text"]["text"], "*A*  x\n*C*  ann_smith∗");
        let teams = one(Form::Teams, template, &context);
        let kinds: Vec<_> = teams.iter().map(|block| block["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["TextBlock", "TextBlock", "TextBlock", "FactSet", "TextBlock"]);
        assert_eq!(teams[2]["text"], "ann\\_smith\\*");
        assert_eq!(teams[3]["facts"][1], json!({ "title": "C", "value": "ann\\_smith\\*" }));
        assert_eq!(teams[4]["separator"], true);
    }

    #[test]
    fn can_make_any_block_and_its_values_stay_values() {
        let context = json!({ "name": "<!channel> \"}]\n*x*", "url": "https://x.example/a" });
        let template = "{% set text %}*{{ name }}*{% endset %}\
             {{ {'type': 'section', 'text': {'type': 'mrkdwn', 'text': name}} | block }}\
             {{ {'type': 'section', 'text': {'type': 'mrkdwn', 'text': text}} | block }}\
             {{ {'type': 'section', 'text': {'type': 'plain_text', 'text': name}} | block }}\
             {{ {'type': 'image', 'image_url': url, 'alt_text': name} | block }}";
        let blocks = one(Form::Slack, template, &context);
        let text = |at: usize| blocks[at]["text"]["text"].as_str().unwrap();
        assert_eq!(text(0), "&lt;!channel&gt; \"}]\\n∗x∗");
        assert_eq!(text(1), "*&lt;!channel&gt; \"}]\\n∗x∗*");
        assert_eq!(text(2), "<!channel> \"}]\n*x*");
        assert_eq!(blocks[3]["image_url"], "https://x.example/a");
    }

    #[test]
    fn cannot_let_a_value_come_alive() {
        let context = json!({
            "name": "<!channel> <@U1> <http://e.example|y> [y](https://e.example) *b* `c` <at>x</at>\n\u{2}{}\u{3}",
            "list": ["<!here>"],
        });
        for template in [
            "{{ name }}",
            "{{ name | upper }}{{ name | lower }}",
            "{{ name ~ 'x' }}{{ 'x' ~ (name | bold) }}",
            "{{ list }} {{ list | join }} {{ list | join(name) }}",
            "{% autoescape false %}{{ name }}{% endautoescape %}",
            "{% autoescape 'html' %}{{ name }}{{ name | e }}{% endautoescape %}",
            "{% set a %}{{ name }}{% endset %}{{ a | lower }}{{ a | bold }}{{ a | code }}",
            "{% macro m(x) %}{{ x | italic }}{% endmacro %}{{ m(name) }}",
            "{{ name | bold | cut(40) }}{{ name | cut(20) | bold }}{{ name | link(name) }}",
            "{{ name | link('https://a.example/' ~ name) }}",
            "{{ name | heading }}{{ name | small }}{{ name | fact(name) }}",
            "{{ name | fence(more=name) }}{{ {'a': name} | pretty | fence }}",
            "{{ {'a': name} }} {{ name | pprint }} {{ '%s' | format(name) }}",
        ] {
            for form in [Form::Slack, Form::Teams] {
                for message in render(form, template, &context).unwrap() {
                    for text in blocks(&message).iter().flat_map(marked_up) {
                        let text = text.replace("<https://a.example/", "").to_lowercase();
                        let text = text.replace("](https://a.example/", "");
                        let live: &[&str] = match form {
                            Form::Slack => &["<!", "<@", "<http", "<#"],
                            _ => &["](http", "<at>", "{{date", "<http"],
                        };
                        for live in live {
                            assert!(!text.contains(*live), "{form} {template}: {text}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn that_makes_nothing_or_too_much_is_refused_by_name() {
        let context = json!({ "title": "t", "people": [] });
        for (form, template, said) in [
            (Form::Slack, "\n\n", "it writes nothing"),
            (Form::Slack, "{{ {'type': 'sektion'} | block }}", "knows no block `sektion`"),
            (Form::Slack, "{{ {'text': 'a'} | block }}", "no `type`"),
            (Form::Teams, "{{ {'text': 'a'} | block }}", "no `type`"),
            (Form::Teams, "{{ {'type': 'TextBlock', 'text': 'x' * 30000} | block }}", "28 KB"),
            (
                Form::Slack,
                "{{ {'type': 'section', 'text': {'type': 'mrkdwn', 'text': 'x' * 3001}} | block }}",
                "3001 characters; Slack takes 3000",
            ),
        ] {
            let error = render(form, template, &context).unwrap_err();
            assert!(error.contains(said), "{error}");
            assert!(error.contains(&format!("clickops render --form {form}")), "{error}");
        }
    }
}

mod much {
    use super::*;

    fn lines(count: usize) -> Value {
        let list: Vec<_> =
            (0..count).map(|number| format!("line {number} {}", "x".repeat(80))).collect();
        json!({ "title": "many & more", "key": "k", "list": list })
    }

    const LINES: &str = "{% for line in list %}\n\n{{ line }}\n{% endfor %}";

    #[test]
    fn goes_into_further_messages_and_says_how_many_there_are() {
        for form in [Form::Slack, Form::Teams] {
            let messages = render(form, LINES, &lines(210)).unwrap();
            assert!((2..=5).contains(&messages.len()), "{form}: {}", messages.len());
            let keys: std::collections::BTreeSet<_> = messages.iter().map(|m| &m.key).collect();
            assert_eq!(keys.len(), messages.len());
            let all: String = messages.iter().map(|message| message.body.as_str()).collect();
            for number in 0..210 {
                assert_eq!(all.matches(&format!("line {number} ")).count(), 1, "{form} {number}");
            }
            let second = blocks(&messages[1])[0].to_string();
            assert!(second.contains(&format!("2 of {}", messages.len())), "{second}");
        }
    }

    #[test]
    fn ends_in_a_count_where_five_messages_are_not_enough() {
        for form in [Form::Slack, Form::Teams] {
            let messages = render(form, LINES, &lines(5_000)).unwrap();
            assert_eq!(messages.len(), 5);
            let last = blocks(&messages[4]);
            let shown: usize = messages.iter().map(|m| m.body.matches("line ").count()).sum();
            let said = last.last().unwrap().to_string();
            // One of them is the word itself.
            let more = format!(
                "and {} more lines",
                clickops::digest::words::thousands(5_000 - shown as u64)
            );
            assert!(said.contains(&more), "{form}: {said} {shown}");
        }
    }

    #[test]
    fn of_a_record_gives_way_to_the_rest_of_its_message() {
        let fields: serde_json::Map<_, _> =
            (0..3_000).map(|number| (format!("field{number}"), json!("<`\u{202e}&"))).collect();
        let context =
            json!({ "title": "t", "key": "k", "raw": fields, "long": "y".repeat(1_000_000) });
        for form in [Form::Slack, Form::Teams] {
            let template = "before\n{{ raw | pretty(9999) | fence(more='clickops get X') }}\nafter";
            let messages = render(form, template, &context).unwrap();
            assert_eq!(messages.len(), 1, "{form}");
            let body = &messages[0].body;
            assert!(body.contains("before") && body.contains("after"), "{body}");
            assert!(body.contains("field0") && !body.contains("field2999"), "{body}");
            assert!(body.contains("more lines: clickops get X"), "{body}");
            assert!(!body.contains("```\\n```"), "{body}");
            let template = "{{ long | fence }}{{ long }}\n\n{{ long | heading }}";
            assert!(render(form, template, &context).unwrap().len() <= 5);
        }
    }

    #[test]
    fn of_facts_goes_into_further_messages_too() {
        let long = "&\u{1}".repeat(2_000);
        let list: Vec<_> = (0..40).map(|number| format!("fact {number} {long}")).collect();
        let context = json!({ "title": "t", "key": "k", "list": list });
        for form in [Form::Slack, Form::Teams] {
            let template = "{% for one in list %}{{ one | fact('It') }}{% endfor %}";
            let messages = render(form, template, &context).unwrap();
            assert_eq!(messages.len(), 5, "{form}");
            assert!(
                messages[0].body.contains("fact 0 ") && messages[4].body.contains("more lines")
            );
        }
    }
}
