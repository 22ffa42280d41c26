//! From the text of a file to variables with values, as far as they are written out.

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::parser::parse_body;
use hcl_edit::structure::{Attribute, Body};

use super::ImportError;

/// A variable and what it is set to.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    /// Line, from 1.
    pub(super) line: usize,
    pub(super) value: Value,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// A text; also a number, which Terraform takes for the text that it is written as.
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// What only Terraform can work out.
    Expression,
}

/// Where the notifier comes from, in the `source` of a module.
const MODULE: &str = "clickops-notifier";
/// What a module call sets beside its variables.
const META: [&str; 6] = ["source", "version", "providers", "count", "for_each", "depends_on"];

/// Variables of HCL: set at the top, as in a `.tfvars` file, or in a call of the module.
pub(super) fn hcl(text: &str) -> Result<Vec<Variable>, ImportError> {
    let body = parse_body(text).map_err(|error| {
        let at = error.location();
        let reason = error.message().replace('\n', "; ");
        ImportError::Syntax { line: at.line(), column: at.column(), reason }
    })?;
    let variable = |attribute: &Attribute| Variable {
        name: attribute.key.to_string(),
        line: attribute.span().map_or(1, |span| line_at(text, span.start)),
        value: value(&attribute.value),
    };
    let mut variables: Vec<_> = body.attributes().map(variable).collect();
    for call in body.get_blocks("module").filter(|call| calls_notifier(&call.body)) {
        let set = call.body.attributes().map(variable);
        variables.extend(set.filter(|variable| !META.contains(&variable.name.as_str())));
    }
    for (at, one) in variables.iter().enumerate() {
        if variables[..at].iter().any(|other| other.name == one.name) {
            let reason = "is set twice; give one module call in a file".to_owned();
            return Err(ImportError::Value { line: one.line, name: one.name.clone(), reason });
        }
    }
    Ok(variables)
}

fn calls_notifier(call: &Body) -> bool {
    let source = call.get_attribute("source").and_then(|source| source.value.as_str());
    source.is_some_and(|source| source.contains(MODULE))
}

fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

fn value(expression: &Expression) -> Value {
    match expression {
        Expression::Null(_) => Value::Null,
        Expression::Bool(flag) => Value::Bool(*flag.value()),
        Expression::Number(number) => Value::Text(number.value().to_string()),
        Expression::String(text) => Value::Text(text.value().to_string()),
        Expression::Parenthesis(inner) => value(inner.inner()),
        Expression::Array(items) => Value::List(items.iter().map(value).collect()),
        Expression::Object(items) => {
            let entry = |(key, item): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                let key = match key {
                    ObjectKey::Ident(name) => name.to_string(),
                    ObjectKey::Expression(key) => match value(key) {
                        Value::Text(name) => name,
                        _ => return None,
                    },
                };
                Some((key, value(item.expr())))
            };
            items.iter().map(entry).collect::<Option<_>>().map_or(Value::Expression, Value::Map)
        }
        _ => Value::Expression,
    }
}

/// Variables of a `.tfvars.json` file.
pub(super) fn json(text: &str) -> Result<Vec<Variable>, ImportError> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            ImportError::Syntax { line, column, reason: error.to_string() }
        })?;
    let line = |name: &str| {
        let key = serde_json::Value::from(name).to_string();
        text.find(&key).map_or(1, |offset| line_at(text, offset))
    };
    let variable = |(name, value): (String, serde_json::Value)| Variable {
        line: line(&name),
        value: plain(value),
        name,
    };
    Ok(object.into_iter().map(variable).collect())
}

fn plain(value: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => Value::Text(number.to_string()),
        // Terraform reads templates in these, too.
        Json::String(text) if text.contains("${") || text.contains("%{") => Value::Expression,
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(plain).collect()),
        Json::Object(items) => {
            Value::Map(items.into_iter().map(|(name, item)| (name, plain(item))).collect())
        }
    }
}
