//! Trino's values as Athena writes them in results.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The text of a value of a type, which is as the protocol writes types.
pub(super) fn of(value: &Value, signature: &Value) -> String {
    let arguments = |at: usize| &signature["arguments"][at]["value"];
    match (signature["rawType"].as_str().unwrap(), value) {
        (_, Value::Null) => "null".to_owned(),
        ("double" | "real", Value::Number(number)) => double(number.as_f64().unwrap()),
        ("varbinary", Value::String(bytes)) => {
            let bytes = STANDARD.decode(bytes).unwrap();
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
        }
        ("array", Value::Array(items)) => {
            let items: Vec<_> = items.iter().map(|item| of(item, arguments(0))).collect();
            format!("[{}]", items.join(", "))
        }
        ("map", Value::Object(entries)) => {
            let entry = |(key, value): (&String, &Value)| {
                format!(
                    "{}={}",
                    of(&Value::from(key.as_str()), arguments(0)),
                    of(value, arguments(1))
                )
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        ("row", Value::Array(fields)) => {
            let field = |(at, value): (usize, &Value)| {
                let text = of(value, &arguments(at)["typeSignature"]);
                match arguments(at)["fieldName"]["name"].as_str() {
                    Some(name) => format!("{name}={text}"),
                    None => text,
                }
            };
            format!("{{{}}}", fields.iter().enumerate().map(field).collect::<Vec<_>>().join(", "))
        }
        (_, Value::String(text)) => text.clone(),
        (_, value) => value.to_string(),
    }
}

/// As Java prints doubles.
fn double(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{value:?}");
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap();
    let fraction = if digits.contains('.') { "" } else { ".0" };
    format!("{digits}{fraction}E{exponent}")
}
