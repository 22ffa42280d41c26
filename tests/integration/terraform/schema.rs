//! Blocks against the provider's schema, as far as the module uses it.

use std::collections::BTreeMap;
use std::fs;

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Body, Structure};
use serde_json::{Map, Value, json};

use super::source::{Folder, label};
use crate::program::project;

pub(super) const REDUCED: &str = "tests/terraform/schema.json";
const ATTRIBUTES: &str = "tests/terraform/attributes.json";

/// Arguments that every resource and data source may have.
const META: [&str; 4] = ["count", "depends_on", "for_each", "provider"];

/// What a `lifecycle` may have.
const LIFECYCLE: [&str; 6] = [
    "create_before_destroy",
    "ignore_changes",
    "postcondition",
    "precondition",
    "prevent_destroy",
    "replace_triggered_by",
];

/// What the provider knows.
pub(super) struct Schema {
    reduced: Value,
    attributes: Value,
}

impl Schema {
    pub(super) fn read() -> Self {
        let json = |path| serde_json::from_str(&fs::read_to_string(project(path)).unwrap());
        Self { reduced: json(REDUCED).unwrap(), attributes: json(ATTRIBUTES).unwrap() }
    }

    /// The arguments of a resource, or of a data source.
    fn arguments(&self, kind: &str, name: &str) -> Option<&Map<String, Value>> {
        let section = if kind == "data" { "data_sources" } else { "resources" };
        self.reduced[section].get(name)?.as_object()
    }

    /// Whether an expression may ask a resource, or with `data.` before its name a data source, for
    /// this; `None` if there is no such resource.
    pub(super) fn tells(&self, name: &str, attribute: &str) -> Option<bool> {
        let (kind, bare) = match name.strip_prefix("data.") {
            Some(bare) => ("data", bare),
            None => ("resource", name),
        };
        let arguments = self.arguments(kind, bare)?;
        let computed = &self.attributes["computed"][name];
        Some(arguments.contains_key(attribute) || computed.get(attribute).is_some())
    }

    /// What is wrong with the resources, data sources and providers of a folder.
    pub(super) fn problems(&self, folder: &Folder) -> Vec<String> {
        let mut problems = Vec::new();
        for kind in ["resource", "data"] {
            for (file, block) in folder.blocks(kind) {
                let place = format!("{file}: {kind} {}.{}", label(block, 0), label(block, 1));
                match self.arguments(kind, label(block, 0)) {
                    Some(known) => check(known, &block.body, &place, true, &mut problems),
                    None => problems.push(format!("{place}: the provider has no such {kind}")),
                }
            }
        }
        for (file, block) in folder.blocks("provider") {
            let known = self.attributes["provider"].as_object().unwrap();
            check(known, &block.body, &format!("{file}: provider"), false, &mut problems);
        }
        problems
    }
}

fn check(
    known: &Map<String, Value>,
    body: &Body,
    place: &str,
    top: bool,
    problems: &mut Vec<String>,
) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for structure in body {
        let (name, value, inner) = match structure {
            Structure::Attribute(one) => (one.key.to_string(), Some(&one.value), None),
            Structure::Block(one) if one.has_ident("dynamic") => {
                let content = one.body.get_blocks("content").next().map(|content| &content.body);
                (label(one, 0).to_owned(), None, content)
            }
            Structure::Block(one) => (one.ident.to_string(), None, Some(&one.body)),
        };
        if top && META.contains(&name.as_str()) && value.is_some() {
            continue;
        }
        if let (true, "lifecycle", Some(inner)) = (top, name.as_str(), inner) {
            lifecycle(inner, place, problems);
            continue;
        }
        *seen.entry(name.clone()).or_default() += 1;
        let here = format!("{place}: {name}");
        match (known.get(&name), value, inner) {
            (None, _, _) => problems.push(format!("{here} is unknown")),
            (Some(known), Some(value), _) if known.get("block").is_none() => {
                if !fits(known["type"].as_str().unwrap(), value) {
                    problems.push(format!("{here} is no {}", known["type"].as_str().unwrap()));
                }
            }
            (Some(known), None, Some(inner)) if known.get("block").is_some() => {
                let known = known["block"]["attributes"].as_object().unwrap();
                check(known, inner, &here, false, problems);
            }
            (Some(_), Some(_), _) => problems.push(format!("{here} is a block, not an argument")),
            (Some(_), None, _) => problems.push(format!("{here} is an argument, not a block")),
        }
    }
    for (name, argument) in known {
        let count = seen.get(name).copied().unwrap_or_default();
        if argument["required"] == json!(true) && count == 0 {
            problems.push(format!("{place}: {name} is missing"));
        }
        if argument.get("block").is_some_and(|block| block["repeated"] == json!(false)) && count > 1
        {
            problems.push(format!("{place}: {name} may be there once"));
        }
    }
}

fn lifecycle(body: &Body, place: &str, problems: &mut Vec<String>) {
    for structure in body {
        let name = match structure {
            Structure::Attribute(one) => one.key.to_string(),
            Structure::Block(one) => one.ident.to_string(),
        };
        if !LIFECYCLE.contains(&name.as_str()) {
            problems.push(format!("{place}: lifecycle: {name} is unknown"));
        }
    }
}

/// Whether a value that is written out is of a type. Terraform turns texts, numbers and truths into
/// each other.
fn fits(known: &str, value: &Expression) -> bool {
    match value {
        Expression::Array(_) => known.starts_with("list("),
        Expression::Object(_) => known.starts_with("map("),
        Expression::Bool(_) | Expression::Number(_) => {
            !known.starts_with("list(") && !known.starts_with("map(")
        }
        Expression::String(text) => match known {
            "number" => text.value().parse::<f64>().is_ok(),
            "boolean" => matches!(text.value().as_str(), "true" | "false"),
            _ => known == "string",
        },
        _ => true,
    }
}

/// The part of a whole schema that these folders use.
pub(super) fn reduce(whole: &Value, folders: &[Folder]) -> Value {
    let part = |kind: &str, section: &str| -> Map<String, Value> {
        let used: BTreeMap<&str, &Value> = folders
            .iter()
            .flat_map(|folder| folder.blocks(kind))
            .map(|(_, block)| (label(block, 0), &whole[section][label(block, 0)]))
            .collect();
        used.into_iter().map(|(name, known)| (name.to_owned(), known.clone())).collect()
    };
    json!({
        "note": format!(
            "The part of the schema of {} that the module uses; `CLICKOPS_UPDATE=1 cargo test --test \
             integration terraform` makes it.",
            whole["provider"].as_str().unwrap()
        ),
        "version": whole["version"],
        "resources": part("resource", "resources"),
        "data_sources": part("data", "data_sources"),
    })
}
