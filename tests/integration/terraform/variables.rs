//! Variables, outputs, and the module calls of examples.

use std::collections::BTreeSet;

use hcl_edit::structure::Block;

use super::source::{Folder, MODULE, label};

/// There are fewer variables than this, so that a person reads them all.
const MANY: usize = 25;

/// What a module call sets beside variables.
const META: [&str; 6] = ["count", "depends_on", "for_each", "providers", "source", "version"];

pub(super) fn text<'a>(block: &'a Block, name: &str) -> Option<&'a str> {
    block.body.get_attribute(name).and_then(|one| one.value.as_str())
}

/// What is wrong with the variables and outputs of a folder.
pub(super) fn problems(folder: &Folder) -> Vec<String> {
    let mut problems = Vec::new();
    for kind in ["variable", "output"] {
        for (file, block) in folder.blocks(kind) {
            let place = format!("{file}: {kind} {}", label(block, 0));
            if !text(block, "description").is_some_and(|text| text.ends_with('.')) {
                problems.push(format!("{place}: it is not described in whole sentences"));
            }
            if kind == "variable" {
                problems.extend(variable(block).into_iter().map(|what| format!("{place}: {what}")));
            }
        }
    }
    let count = folder.blocks("variable").count();
    if count >= MANY {
        problems.push(format!("{}: {count} variables are too many to read", folder.path));
    }
    problems
}

fn variable(block: &Block) -> Vec<String> {
    let mut problems = Vec::new();
    let Some(written) = block.body.get_attribute("type") else {
        return vec!["it has no type".to_owned()];
    };
    let written = written.value.to_string().trim().to_owned();
    if written == "any" {
        problems.push("it may be anything".to_owned());
    }
    // Any truth is one, and so is any text as a tag.
    let free = ["bool", "map(string)"].contains(&written.as_str());
    if !free && !block.body.has_blocks("validation") {
        problems.push("it is not validated".to_owned());
    }
    for rule in block.body.get_blocks("validation") {
        let message = text(rule, "error_message").unwrap_or_default();
        if !message.contains(label(block, 0)) || !message.ends_with('.') {
            problems.push("an error does not say which variable it is about".to_owned());
        }
    }
    problems
}

/// What is wrong with the calls of the module in an example.
pub(super) fn calls(example: &Folder, module: &Folder) -> Vec<String> {
    let known: BTreeSet<&str> = module.blocks("variable").map(|(_, one)| label(one, 0)).collect();
    let needed = module.blocks("variable").filter(|(_, one)| !one.body.has_attribute("default"));
    let needed: Vec<&str> = needed.map(|(_, one)| label(one, 0)).collect();
    let mut problems = Vec::new();
    let mut calls = 0;
    for (file, call) in example.blocks("module") {
        calls += 1;
        let place = format!("{file}: module {}", label(call, 0));
        if text(call, "source") != Some("../..") {
            problems.push(format!("{place}: its source is not ../.., which is {MODULE}"));
        }
        let set: Vec<String> = call.body.attributes().map(|one| one.key.to_string()).collect();
        let unknown = set
            .iter()
            .filter(|name| !META.contains(&name.as_str()) && !known.contains(name.as_str()));
        problems.extend(unknown.map(|name| format!("{place}: the module has no variable {name}")));
        let missing = needed.iter().filter(|name| !set.iter().any(|one| one == *name));
        problems.extend(missing.map(|name| format!("{place}: {name} is missing")));
    }
    if calls == 0 {
        problems.push(format!("{}: it calls no module", example.path));
    }
    problems
}
