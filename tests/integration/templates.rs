//! The users' side of templates: what the README promises, and what a mistake gets.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use clickops::digest::{About, Detail, Digest, Finds, Outage, OutageNotice, RunStats, Unused};
use clickops::engine::Damaged;
use clickops::finding::Finding;
use clickops::message::Form;
use clickops::render::Renderer;
use serde_json::{Value, json};
use tempfile::TempDir;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn about() -> About {
    About {
        report: "hourly".to_owned(),
        sending: "2026-11-23T08:00:00+00:00 1-2".to_owned(),
        from: at("2026-11-23T07:00:00Z"),
        to: at("2026-11-23T08:00:00Z"),
        zone: chrono_tz::Africa::Johannesburg,
        accounts: [].into(),
        run: RunStats {
            damaged: vec![Damaged {
                log: "a.json.gz".to_owned(),
                reason: "the gzip stream ends early".to_owned(),
            }],
            ..RunStats::default()
        },
        finds: Finds::default(),
        before: None,
        notices: vec!["a notice".to_owned()],
        portal: None,
        unused: vec![Unused {
            name: "y".to_owned(),
            until: Some("2026-11-01".to_owned()),
            ended: true,
        }],
        now: at("2026-11-23T08:02:00Z"),
    }
}

/// A finding of which everything is known.
fn full(change: Value) -> Finding {
    let mut finding = json!({
        "event_id": "6f1c2b3a-0d4e-4f6a-9b1c-000000000000",
        "event_time": "2026-11-23T07:12:00Z",
        "account_id": "111122223333",
        "region": "eu-west-1",
        "event_source": "ec2.amazonaws.com",
        "event_name": "RunInstances",
        "actor": "Ann Smith",
        "source_ip": "196.25.1.7",
        "user_agent": "Mozilla/5.0",
        "channel": "console",
        "verdict": "clickops",
        "rule": "C1",
        "resource": "i-1",
        "extra": { "signed_in": "2026-11-23T07:05:00Z" },
        "raw": { "eventName": "RunInstances" },
    });
    let fields = finding.as_object_mut().unwrap();
    fields.extend(change.as_object().unwrap().clone());
    serde_json::from_str(&finding.to_string()).unwrap()
}

fn digest() -> Digest {
    let hidden = json!({ "reported": false, "exclusion": "x", "exclusion_kind": "noise" });
    let denied = json!({ "reported": false, "verdict": "attempted", "outcome": "denied" });
    let extra = json!({ "expired_exclusion": "z", "expired_on": "2026-11-20" });
    let back = json!({ "extra": extra });
    Digest::build(&[full(json!({})), full(hidden), full(denied), full(back)], &about())
}

fn outage() -> OutageNotice {
    let about = about();
    OutageNotice::build(&Outage {
        report: about.report,
        from: about.from,
        to: about.to,
        zone: about.zone,
        stage: "query".to_owned(),
        error: "refused".to_owned(),
        remedy: Some("wait".to_owned()),
        next: Some(about.now),
        now: about.now,
    })
}

mod readme {
    use super::*;

    /// The fields of a context as the README writes them: `people[].name`.
    fn fields(value: &Value, path: &str, all: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    let mut path =
                        if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    if value.is_array() {
                        path.push_str("[]");
                    }
                    // What is in these is the users' and CloudTrail's.
                    if path != "extra" && path != "raw" {
                        fields(value, &path, all);
                    }
                    all.insert(path);
                }
            }
            Value::Array(items) => {
                assert!(!items.is_empty(), "{path} must hold something to be compared");
                items.iter().for_each(|item| fields(item, path, all));
            }
            _ => {}
        }
    }

    /// The fields that a section lists.
    fn listed(section: &str) -> BTreeSet<String> {
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/README.md");
        let readme = fs::read_to_string(readme).unwrap();
        let (_, rest) = readme.split_once(&format!("\n## {section}\n")).unwrap();
        let text = rest.split("\n## ").next().unwrap();
        let mut all = BTreeSet::new();
        for item in text.replace("\n  ", " ").lines() {
            let Some(item) = item.strip_prefix("* `") else {
                continue;
            };
            let (path, about) = item.split_once('`').unwrap();
            all.insert(path.to_owned());
            if let Some((_, parts)) = about.split_once("Parts: ") {
                all.extend(parts.split('`').skip(1).step_by(2).map(|part| format!("{path}{part}")));
            }
        }
        all
    }

    fn check(section: &str, context: Value) {
        let mut real = BTreeSet::new();
        fields(&context, "", &mut real);
        assert_eq!(real, listed(section), "templates/README.md, {section:?}");
    }

    #[test]
    fn lists_every_field_of_a_digest() {
        check("Fields of digest and quiet", serde_json::to_value(digest()).unwrap());
    }

    #[test]
    fn lists_every_field_of_an_event() {
        let detail = Detail::build(&full(json!({})), &about());
        check("Fields of event", serde_json::to_value(detail).unwrap());
    }

    #[test]
    fn lists_every_field_of_a_failure() {
        let titles = vec!["a change".to_owned()];
        let full = OutageNotice { titles, channel: Some("ops".to_owned()), ..outage() };
        check("Fields of failure", serde_json::to_value(full).unwrap());
    }

    #[test]
    fn lists_every_template() {
        for form in [Form::Text, Form::Slack, Form::Teams] {
            let mut shipped = Renderer::templates(form);
            shipped.sort();
            assert_eq!(shipped, ["digest", "event", "failure", "quiet"], "{form}");
        }
    }
}

/// A renderer whose user wrote these files.
fn own(files: &[(&str, &str)]) -> (TempDir, Renderer) {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("text")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join("text").join(name), text).unwrap();
    }
    let renderer = Renderer::with_folder(folder.path());
    (folder, renderer)
}

fn render(template: &str) -> String {
    let (_folder, renderer) = own(&[("digest.txt.j2", template)]);
    let message = renderer.render(Form::Text, "digest", &digest(), false);
    message.unwrap().remove(0).body
}

mod own_templates {
    use super::*;

    #[test]
    fn replace_one_file_and_keep_the_rest() {
        let (_folder, renderer) = own(&[("_run.txt.j2", "Ran on {{ run.engine or 'nothing' }}\n")]);
        let body = &renderer.render(Form::Text, "digest", &digest(), false).unwrap()[0].body;
        assert!(body.contains("\nRan on nothing\n"), "{body}");
        assert!(body.contains("Ann Smith"), "{body}");
    }

    #[test]
    fn may_have_names_of_their_own() {
        let (_folder, renderer) =
            own(&[("short.txt.j2", "{{ counts.changes | plural('change') }}")]);
        let message = renderer.render(Form::Text, "short", &digest(), false).unwrap().remove(0);
        assert_eq!(message.body, "2 changes");
        assert_eq!(message.key, digest().key);
    }

    #[test]
    fn write_times_in_the_reports_zone() {
        assert_eq!(
            render("{{ period.from | time('%H:%M:%S') }} {{ now.at | time }}"),
            "09:00:00 10:02"
        );
    }

    #[test]
    fn cannot_let_a_value_out_of_its_line() {
        let context = json!({ "name": "\u{1b}[2J\nForged", "list": ["\u{202e}a"] });
        for template in [
            "{{ name }}",
            "{{ name | upper }}",
            "{{ name ~ 'x' }}",
            "{{ name | replace('x', 'y') }}",
            "{{ list }} {{ list | join }} {{ list | join(name) }}",
            "{% autoescape false %}{{ name }}{% endautoescape %}",
            "{% autoescape 'html' %}{{ name }}{{ name | e }}{% endautoescape %}",
            "{% set a %}{{ name }}{% endset %}{{ a | upper }}",
            "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(name) }}",
            "{{ name | bold | column(40) }}{{ name | wrap(80, 0) }}{{ [name] | flow(90, 0) }}",
            "{{ context_is | default(name) }}",
            "{{ {'a': name} }} {{ {'a': name} | pretty }}",
            "{{ name | pprint }} {{ name | indent }} {{ '%s' | format(name) }}",
        ] {
            let (_folder, renderer) = own(&[("digest.txt.j2", template)]);
            let body = &renderer.render(Form::Text, "digest", &context, true).unwrap()[0].body;
            let body = body.replace("\u{1b}[1m", "").replace("\u{1b}[22m", "");
            assert!(!body.contains(['\u{1b}', '\u{202e}']), "{template}: {body:?}");
            assert!(
                !body.contains("\nForged") && !body.contains("\nFORGED"),
                "{template}: {body:?}"
            );
        }
    }
}

mod a_mistake {
    use super::*;

    fn error(files: &[(&str, &str)]) -> String {
        let (folder, renderer) = own(files);
        let error = renderer.render(Form::Text, "digest", &digest(), false).unwrap_err();
        error.to_string().replace(&*folder.path().to_string_lossy(), "my-templates")
    }

    fn in_digest(template: &str) -> String {
        error(&[("digest.txt.j2", template)])
    }

    #[test]
    fn names_the_line_and_the_nearest_field() {
        insta::assert_snapshot!(in_digest("a\n{{ counts.chnages }}"));
        insta::assert_snapshot!(in_digest("{% for p in people %}\n{{ p.nmae }}\n{% endfor %}"));
        insta::assert_snapshot!(in_digest("{% if peple %}x{% endif %}"));
        insta::assert_snapshot!(in_digest("{{ people[0].places | widest('regoin', 9) }}"));
        insta::assert_snapshot!(in_digest("{{ something_else_entirely }}"));
    }

    #[test]
    fn in_a_part_is_found_there() {
        insta::assert_snapshot!(error(&[("_run.txt.j2", "\n\n{{ run.lgos }}")]));
    }

    #[test]
    fn in_a_filter_or_in_the_syntax_is_named() {
        insta::assert_snapshot!(in_digest("{{ title | blod }}"));
        insta::assert_snapshot!(in_digest("{{ title | safe }}"));
        insta::assert_snapshot!(in_digest("x\n{% if title %}"));
        insta::assert_snapshot!(in_digest("{% include '_rnu.txt.j2' %}"));
        insta::assert_snapshot!(in_digest("{{ now.at | time('%Q') }}"));
    }

    #[test]
    fn that_never_ends_is_stopped() {
        insta::assert_snapshot!(in_digest(
            "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}"
        ));
        insta::assert_snapshot!(in_digest(
            "{% for a in range(9999) %}{{ 'x' * 1000 }}{% endfor %}"
        ));
        insta::assert_snapshot!(in_digest("{% include 'digest.txt.j2' %}"));
    }

    #[test]
    fn costs_no_message() {
        let (_folder, renderer) = own(&[("digest.txt.j2", "{{ nothing }}")]);
        let rendered = renderer.render_or_shipped(Form::Text, "digest", &digest(), false).unwrap();
        assert!(rendered.messages[0].body.contains("Ann Smith"));
        let notice = rendered.notice.unwrap();
        assert!(notice.starts_with("the shipped template is used, because template "), "{notice}");
        assert!(notice.contains("digest.txt.j2 line 1"), "{notice}");

        let (_folder, renderer) = own(&[("short.txt.j2", "{{ nothing }}")]);
        assert!(renderer.render_or_shipped(Form::Text, "short", &digest(), false).is_err());
        let unknown =
            Renderer::shipped().render(Form::Text, "digset", &digest(), false).unwrap_err();
        insta::assert_snapshot!(unknown);
    }
}
