//! The parts of terraform/README.md that are made of the module.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hcl_edit::structure::Block;

use super::costs;
use super::purposes::{FUNCTION, SCHEDULE, Statement, Why};
use super::source::{Folder, label};
use super::variables::text;

/// The tables, by the name that stands around each: `<!-- BEGIN inputs -->`.
pub(super) fn parts(module: &Folder) -> Vec<(&'static str, String)> {
    vec![
        ("cost", costs::table()),
        ("permissions", permissions()),
        ("reasons", reasons()),
        ("inputs", inputs(module)),
        ("outputs", outputs(module)),
    ]
}

/// A document with these parts in their places.
///
/// # Panics
/// When it has no place for one.
pub(super) fn filled(document: &str, parts: &[(&str, String)]) -> String {
    let mut document = document.to_owned();
    for (name, part) in parts {
        let (begin, end) = (format!("<!-- BEGIN {name} -->\n"), format!("<!-- END {name} -->"));
        let from = document.find(&begin).unwrap_or_else(|| panic!("no {begin}")) + begin.len();
        let to = document.find(&end).unwrap_or_else(|| panic!("no {end}"));
        document.replace_range(from..to, part);
    }
    document
}

fn sorted<'a>(module: &'a Folder, kind: &'a str) -> BTreeMap<&'a str, &'a Block> {
    module.blocks(kind).map(|(_, block)| (label(block, 0), block)).collect()
}

fn inputs(module: &Folder) -> String {
    let mut table =
        "| name | description | type | default |\n| --- | --- | --- | --- |\n".to_owned();
    for (name, block) in sorted(module, "variable") {
        let of = |key: &str| block.body.get_attribute(key).map(|one| one.value.to_string());
        let default = of("default").map_or("required".to_owned(), |text| code(&text));
        let _ = writeln!(
            table,
            "| `{name}` | {} | {} | {default} |",
            text(block, "description").unwrap_or_default(),
            code(&of("type").unwrap_or_default()),
        );
    }
    table
}

/// An expression in one line.
fn code(text: &str) -> String {
    let mut line = String::new();
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty()) {
        let opens = line.is_empty() || line.ends_with(['{', '(']);
        let closes = part.starts_with(['}', ')']);
        line.push_str(if opens || closes { "" } else { ", " });
        line.push_str(&part.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    format!("`{line}`")
}

fn outputs(module: &Folder) -> String {
    let mut table = "| name | description |\n| --- | --- |\n".to_owned();
    for (name, block) in sorted(module, "output") {
        let _ =
            writeln!(table, "| `{name}` | {} |", text(block, "description").unwrap_or_default());
    }
    table
}

fn permissions() -> String {
    let mut table = "| role | statement | for | allows |\n| --- | --- | --- | --- |\n".to_owned();
    for (role, statements) in [("function", &FUNCTION[..]), ("schedule", &SCHEDULE[..])] {
        for Statement { sid, purpose, actions } in statements {
            let actions: Vec<_> = actions.iter().map(|(action, _)| format!("`{action}`")).collect();
            let _ = writeln!(table, "| {role} | `{sid}` | {purpose} | {} |", actions.join(", "));
        }
    }
    table
}

/// The actions that are no call of the program's own.
fn reasons() -> String {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let all = FUNCTION.iter().chain(&SCHEDULE).flat_map(|statement| statement.actions);
    for (action, why) in all {
        if let Why::For(reason) = why {
            let actions = reasons.entry(reason).or_default();
            if !actions.contains(action) {
                actions.push(action);
            }
        }
    }
    let mut table = "| because | needed |\n| --- | --- |\n".to_owned();
    for (reason, actions) in reasons {
        let actions: Vec<_> = actions.iter().map(|action| format!("`{action}`")).collect();
        let _ = writeln!(table, "| {reason} | {} |", actions.join(", "));
    }
    table
}
