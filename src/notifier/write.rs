//! From settings to a config file.

use std::collections::BTreeMap;

use super::settings::Settings;
use crate::digest::words::plural;
use crate::exclusion::{self, Exclusion, Kind, Patterns};
use crate::render::neutral;

/// Most patterns in one entry; longer lists become several.
const MOST: usize = 400;
/// What the report is called.
const REPORT: &str = "clickops";
/// What names of the notifier's parameters begin with unless told otherwise.
const PREFIX: &str = "clickops-notifier";

/// Changes that the notifier hides unless its list is replaced.
const HIDDEN_CHANGES: [(&str, &str, &str); 2] = [
    (
        "servicecatalog.amazonaws.com",
        "TerminateProvisionedProduct",
        "Deletes a provisioned product and its resources.",
    ),
    ("kms.amazonaws.com", "RetireGrant", "Takes a permission to use a key away."),
];

/// The config; `taken` gets what was taken over.
pub(super) fn config(settings: &Settings, taken: &mut Vec<String>) -> String {
    let mut page = Page::default();
    page.remark(
        "Made by `clickops import notifier` from the settings of terraform-aws-clickops-notifier. \
         Give every exclusion an owner and, best, an end (until = 2026-12-31).",
    );
    source(settings, &mut page, taken);
    report(settings, &mut page, taken);
    let mut names = Vec::new();
    for entry in accounts(settings, taken).into_iter().chain(users(settings, taken)) {
        page.exclusion(entry, &mut names);
    }
    for entry in actions(settings, taken) {
        page.exclusion(entry, &mut names);
    }
    built_in(settings, &mut page);
    page.text
}

/// A file as it grows.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// A comment of its own, on lines of at most 96 columns. Values in it may be hostile.
    fn remark(&mut self, text: &str) {
        self.blank();
        self.text.push_str(&comment(text));
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn blank(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn exclusion(&mut self, entry: Exclusion, names: &mut Vec<String>) {
        let taken = |name: &str| names.iter().any(|other| other == name);
        let name = exclusion::name(&[&entry.name], taken);
        names.push(name.clone());
        self.blank();
        self.text.push_str(&Exclusion { name, ..entry }.to_toml());
    }
}

fn comment(text: &str) -> String {
    let text = neutral::line(text);
    let wrapped = crate::render::wrap(&text, 96, 0);
    wrapped.lines().map(|line| format!("# {}\n", line.trim_end())).collect()
}

fn source(settings: &Settings, page: &mut Page, taken: &mut Vec<String>) {
    let Some(bucket) = &settings.bucket else { return };
    page.blank();
    page.line("[source]");
    page.text.push_str(&comment(&format!(
        "The notifier is told of new logs in the bucket {bucket}. Name the place of the logs here."
    )));
    page.line("# logs = \"logs\"");
    taken.push("cloudtrail_bucket_name: a comment in [source]".to_owned());
}

fn report(settings: &Settings, page: &mut Page, taken: &mut Vec<String>) {
    page.remark(
        "The notifier sends a message for each change at once. mode = \"digest\" with a schedule \
         sends them together. Of more than max_events changes at a time, 20 unless set, the rest \
         is one digest.",
    );
    if !settings.included_accounts.is_empty() || !settings.included_users.is_empty() {
        page.remark(
            "What this report does not show goes to the default channel, as report 'unmatched'; an \
             [[exclusion]] hides it.",
        );
    }
    page.line("[[report]]");
    page.line(&format!("name = \"{REPORT}\""));
    page.line("mode = \"events\"");
    let mut list = |key: &str, from: &str, values: &[String], one: &str, many: Option<&str>| {
        if values.is_empty() {
            return false;
        }
        let all: Vec<_> = values.iter().map(|value| exclusion::text(value)).collect();
        page.line(&format!("match.{key} = [{}]", all.join(", ")));
        let count = plural(values.len() as u64, one, many);
        taken.push(format!("{from}: {count}, as match.{key} of report '{REPORT}'"));
        true
    };
    list("accounts", "included_accounts", &settings.included_accounts, "account", None);
    let people: Vec<_> = settings
        .included_users
        .iter()
        .map(|name| exclusion::Pattern::exactly(name).as_str().to_owned())
        .collect();
    if list("actors", "included_users", &people, "person", Some("people")) {
        page.line("# As the notifier does: whoever is known by no e-mail address is reported too, root for one.");
        page.line("match.actors_without_email = true");
    }
    webhooks(settings, page, taken);
}

/// Where the addresses of webhooks are: they are secrets, so the file itself is never asked.
fn webhooks(settings: &Settings, page: &mut Page, taken: &mut Vec<String>) {
    let prefix = settings.prefix.as_deref().unwrap_or(PREFIX);
    for (kind, folder, variable, names) in [
        ("Slack", "slack", "webhooks_for_slack_notifications", &settings.slack),
        ("Teams", "msteams", "webhooks_for_msteams_notifications", &settings.teams),
    ] {
        for name in names {
            page.text.push_str(&comment(&format!(
                "{kind} webhook '{name}': its address is in the parameter /{prefix}/webhooks-for-{folder}/{name} \
                 of SSM. Make a [[channel]] of it and name that in `channels` here."
            )));
        }
        if !names.is_empty() {
            let count = plural(names.len() as u64, "webhook", None);
            taken.push(format!("{variable}: {count}, as a comment on where the address is"));
        }
    }
}

fn entry(about: &str, variable: &str) -> Exclusion {
    let reason = format!("{variable} of clickops-notifier");
    Exclusion::new(format!("notifier {about}"), Kind::Accepted, reason)
}

fn accounts(settings: &Settings, taken: &mut Vec<String>) -> Option<Exclusion> {
    let ids = &settings.excluded_accounts;
    if ids.is_empty() {
        return None;
    }
    let count = plural(ids.len() as u64, "account", None);
    taken.push(format!("excluded_accounts: {count}, as an exclusion"));
    let account = Patterns::exactly(ids.iter().map(String::as_str));
    Some(Exclusion { account, ..entry("accounts", "excluded_accounts") })
}

fn users(settings: &Settings, taken: &mut Vec<String>) -> Vec<Exclusion> {
    let users = &settings.excluded_users;
    let unknown = users.iter().filter(|name| !name.contains('@')).count();
    if !users.is_empty() {
        let count = plural(users.len() as u64, "person", Some("people"));
        let more = match unknown {
            0 => String::new(),
            _ => format!(
                "; {} no e-mail address: the notifier never found them, clickops does",
                if unknown == 1 { "1 is".to_owned() } else { format!("{unknown} are") }
            ),
        };
        taken.push(format!("excluded_users: {count}, as exclusions{more}"));
    }
    let part = |names: &[String]| Exclusion {
        actor: Patterns::exactly(names.iter().map(String::as_str)),
        ..entry("users", "excluded_users")
    };
    users.chunks(MOST).map(part).collect()
}

fn actions(settings: &Settings, taken: &mut Vec<String>) -> Vec<Exclusion> {
    let mut services = BTreeMap::<&str, Vec<&str>>::new();
    for (service, action) in &settings.excluded_actions {
        services.entry(service).or_default().push(action);
    }
    let count = settings.excluded_actions.len();
    if count > 0 {
        let short: Vec<_> =
            services.keys().copied().filter(|service| !service.contains('.')).collect();
        let more = match short.as_slice() {
            [] => String::new(),
            short => format!(
                "; without .amazonaws.com the notifier never found {}, clickops does",
                short.join(", ")
            ),
        };
        let count = plural(count as u64, "action", None);
        taken.push(format!("excluded_scoped_actions: {count}, as exclusions by service{more}"));
    }
    let mut entries = Vec::new();
    for (service, actions) in services {
        let name = service.trim_end_matches(".amazonaws.com");
        entries.extend(actions.chunks(MOST).map(|actions| Exclusion {
            event_source: Patterns::exactly([service]),
            event_name: Patterns::exactly(actions.iter().copied()),
            ..entry(&format!("actions {name}"), "excluded_scoped_actions")
        }));
    }
    entries
}

/// What becomes of the notifier's own list.
fn built_in(settings: &Settings, page: &mut Page) {
    if settings.replaces {
        page.remark(
            "excluded_scoped_actions_effect was REPLACE: the notifier's own list is gone. Clickops has none to \
             replace; what changes nothing, such as a query in Athena, is counted and never reported as \
             a change (sql/README.md, 'What is decided where').",
        );
        return;
    }
    page.remark(
        "The notifier's own list hides these, too, although they change something. Clickops reports \
         them; take away the # to go on hiding one.",
    );
    for (service, action, about) in HIDDEN_CHANGES {
        let entry = Exclusion {
            event_source: Patterns::exactly([service]),
            event_name: Patterns::exactly([action]),
            ..Exclusion::new(
                exclusion::name(&["notifier", action], |_| false),
                Kind::Accepted,
                format!("{about} The notifier hides it."),
            )
        };
        page.line("#");
        for line in entry.to_toml().lines() {
            page.line(&format!("# {line}"));
        }
    }
}
