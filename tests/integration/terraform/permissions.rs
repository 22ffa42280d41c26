//! What the module's policies allow, against what the program and the services around it do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use hcl_edit::structure::{Block, Body};

use super::purposes::{FUNCTION, SCHEDULE, Statement, Why};
use super::source::{Folder, label};
use crate::program::project;

/// Policies of the module that are not the function's or the schedule's: what each of their
/// statements is about, and its actions.
const OTHERS: [(&str, &str, &[&str]); 6] = [
    ("assumed_by_lambda", "LambdaRunsIt", &["sts:AssumeRole"]),
    ("assumed_by_scheduler", "SchedulerOfThisAccountInvokesIt", &["sts:AssumeRole"]),
    ("bucket", "DenyWithoutTls", &["s3:*"]),
    ("dead_letters", "DenyWithoutTls", &["sqs:*"]),
    ("key", "LeaveToIamOfTheAccount", &["kms:*"]),
    (
        "key",
        "EncryptTheLog",
        &[
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
        ],
    ),
];

/// Lambda makes network interfaces before anybody knows what they are called; everything else has a
/// name.
const NAMELESS: [&str; 1] = ["RunInVpc"];

/// What is wrong with the policies of the module.
pub(super) fn problems(module: &Folder) -> Vec<String> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (file, policy) in module.blocks("data") {
        if label(policy, 0) != "aws_iam_policy_document" {
            continue;
        }
        let name = label(policy, 1);
        for (body, place) in statements(&policy.body) {
            let sid = body.get_attribute("sid").and_then(|sid| sid.value.as_str()).unwrap_or("");
            let place = format!("{file}: policy {name}: {place} {sid}");
            match expected(name, sid) {
                None => problems.push(format!("{place}: nobody says what it is for")),
                Some(expected) => {
                    seen.insert((name.to_owned(), sid.to_owned()));
                    judge(body, &place, sid, &expected, &mut problems);
                }
            }
        }
    }
    let all = [("function", &FUNCTION[..]), ("schedule", &SCHEDULE[..])];
    let all = all.into_iter().flat_map(|(name, all)| all.iter().map(move |one| (name, one.sid)));
    for (name, sid) in all.chain(OTHERS.iter().map(|(name, sid, _)| (*name, *sid))) {
        if !seen.contains(&(name.to_owned(), sid.to_owned())) {
            problems.push(format!("policy {name}: there is no statement {sid}"));
        }
    }
    problems
}

/// The statements of a policy, those that are there at times among them.
fn statements(policy: &Body) -> Vec<(&Body, &'static str)> {
    let plain = policy.get_blocks("statement").map(|one| (&one.body, "statement"));
    let dynamic = policy.get_blocks("dynamic").filter(|one| label(one, 0) == "statement");
    let content = dynamic.flat_map(|one| one.body.get_blocks("content"));
    plain.chain(content.map(|one| (&one.body, "statement"))).collect()
}

fn expected(policy: &str, sid: &str) -> Option<BTreeSet<String>> {
    let of = |all: &[Statement]| {
        let one = all.iter().find(|one| one.sid == sid)?;
        Some(one.actions.iter().map(|(action, _)| (*action).to_owned()).collect())
    };
    match policy {
        "function" => of(&FUNCTION),
        "schedule" => of(&SCHEDULE),
        _ => OTHERS
            .iter()
            .find(|(name, known, _)| (*name, *known) == (policy, sid))
            .map(|(_, _, actions)| actions.iter().map(|one| (*one).to_owned()).collect()),
    }
}

fn judge(
    body: &Body,
    place: &str,
    sid: &str,
    expected: &BTreeSet<String>,
    problems: &mut Vec<String>,
) {
    let Some(actions) = texts(body, "actions") else {
        problems.push(format!("{place}: its actions are not written out"));
        return;
    };
    let actions: BTreeSet<String> = actions.into_iter().collect();
    for action in actions.difference(expected) {
        problems.push(format!("{place}: {action} is more than it needs"));
    }
    for action in expected.difference(&actions) {
        problems.push(format!("{place}: {action} is missing"));
    }
    let effect = body.get_attribute("effect").and_then(|one| one.value.as_str());
    if (effect == Some("Deny")) != sid.starts_with("Deny") {
        problems.push(format!("{place}: it should allow or deny, as its name says"));
    }
    let of_a_key = body.get_blocks("principals").next().is_some();
    let everything = texts(body, "resources").is_some_and(|all| all.iter().any(|one| one == "*"));
    if everything && !of_a_key && !NAMELESS.contains(&sid) {
        problems.push(format!("{place}: it is for everything there is"));
    }
    for not in ["not_actions", "not_resources"] {
        if body.has_attribute(not) {
            problems.push(format!("{place}: {not} allows what nobody thought of"));
        }
    }
    let conditions: Vec<_> = body.get_blocks("condition").filter_map(variable).collect();
    let through = conditions.contains(&"kms:ViaService");
    if actions.iter().any(|one| one.starts_with("kms:")) && !of_a_key && !through {
        problems.push(format!("{place}: the key may be used otherwise than through a service"));
    }
    if actions.contains("s3:ListBucket") && !conditions.contains(&"s3:prefix") {
        problems.push(format!("{place}: it lists the whole bucket"));
    }
}

fn variable(condition: &Block) -> Option<&str> {
    condition.body.get_attribute("variable")?.value.as_str()
}

/// A list that is written out.
fn texts(body: &Body, name: &str) -> Option<Vec<String>> {
    let array = body.get_attribute(name)?.value.as_array()?;
    array.iter().map(|one| one.as_str().map(str::to_owned)).collect()
}

/// What is wrong with the table of purposes, against the requests that the program makes.
pub(super) fn calls() -> Vec<String> {
    let made = operations();
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    let mut problems = Vec::new();
    let all = FUNCTION.iter().flat_map(|one| one.actions.iter().map(move |rest| (one.sid, rest)));
    for (sid, (action, why)) in all {
        let Why::Calls(calls) = why else { continue };
        let service = action.split(':').next().unwrap();
        for call in *calls {
            if permission(service, call) != *action {
                problems.push(format!("{sid}: {call} needs {}", permission(service, call)));
            }
            named.insert((service.to_owned(), (*call).to_owned()));
        }
    }
    let without = made.difference(&named);
    problems.extend(without.map(|(service, call)| format!("nothing allows {service} {call}")));
    let gone = named.difference(&made);
    problems.extend(
        gone.map(|(service, call)| format!("the program no longer calls {service} {call}")),
    );
    problems
}

/// The permission that a call needs.
fn permission(service: &str, call: &str) -> String {
    let action = match (service, call) {
        ("s3", "ListObjectsV2" | "HeadBucket") => "ListBucket",
        ("s3", "HeadObject") => "GetObject",
        (_, call) => call,
    };
    format!("{service}:{action}")
}

/// The operations of AWS that the code asks a client for, each with its service.
pub(super) fn operations() -> BTreeSet<(String, String)> {
    let mut files = BTreeMap::new();
    gather("src", &mut files);
    let mut made = BTreeSet::new();
    for (path, text) in files {
        let text: String = text.split_whitespace().collect();
        for start in ["client.", "client().await?.", "Client::from_conf(config.build())."] {
            for (at, _) in text.match_indices(start) {
                let rest = &text[at + start.len()..];
                let word = |char: char| char.is_ascii_alphanumeric() || char == '_';
                let name = &rest[..rest.find(|char| !word(char)).unwrap_or(rest.len())];
                if !rest[name.len()..].starts_with("()") || ["clone", "config"].contains(&name) {
                    continue;
                }
                made.insert((service(&path, &text), camel(name)));
            }
        }
    }
    made
}

fn gather(folder: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(project(folder)).unwrap() {
        let path = format!("{folder}/{}", entry.unwrap().file_name().into_string().unwrap());
        if project(&path).is_dir() {
            gather(&path, files);
        } else if Path::new(&path).extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(project(&path)).unwrap();
            // Other clients, of HTTP alone, are not of AWS.
            if text.contains("aws_sdk_") || path.contains("/athena") {
                files.insert(path, text);
            }
        }
    }
}

/// Which service a file talks to.
fn service(path: &str, text: &str) -> String {
    let known = ["athena", "s3", "ssm"];
    let named: Vec<_> =
        known.iter().filter(|one| text.contains(&format!("aws_sdk_{one}"))).collect();
    match named.as_slice() {
        [one] => (**one).to_owned(),
        [] if path.contains("/athena") => "athena".to_owned(),
        _ => panic!("{path} talks to {named:?}; say which to this test"),
    }
}

fn camel(name: &str) -> String {
    let capital = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    };
    name.split('_').map(capital).collect()
}
