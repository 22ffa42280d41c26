//! What the module sets, against what the program knows.

use std::collections::BTreeMap;
use std::fs;

use clickops::config::{Config, EngineName, Place};
use clickops::secret::PLACEHOLDER;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::structure::Block;
use serde_json::{Value, json};

use super::costs::METRICS;
use super::source::{Folder, label};
use super::variables::text;
use crate::program::project;

/// Sections of the config that the environment may set.
const SECTIONS: [&str; 4] = ["SOURCE", "ATHENA", "WINDOW", "STORE"];

/// Variables that set no key of the config, and the file that reads each.
const OTHERS: [(&str, &str); 2] =
    [("CLICKOPS_CONFIG", "src/lambda/settings.rs"), ("CLICKOPS_LOG", "src/logging.rs")];

/// What stands for values that only AWS or a user knows.
const SAMPLES: [(&str, &str); 10] = [
    ("var.logs", "s3://log-archive/AWSLogs/o-abc123"),
    ("var.log_level", "info"),
    ("tostring(var.apply_sql && var.log_table == null)", "true"),
    ("local.region", "eu-west-1"),
    ("aws_athena_workgroup.this.name", "clickops"),
    ("local.database", "clickops"),
    ("local.log_table", "\"AwsDataCatalog\".\"security\".\"trail\""),
    ("local.store", "s3://clickops-111122223333-eu-west-1/clickops/store"),
    ("aws_s3_object.config.bucket", "clickops-111122223333-eu-west-1"),
    ("aws_s3_object.config.key", "clickops/config/0.toml"),
];

/// What is wrong with the settings of the function.
pub(super) fn problems(module: &Folder) -> Vec<String> {
    let mut problems = Vec::new();
    let environment = match environment(module) {
        Ok(environment) => environment,
        Err(problem) => return vec![problem],
    };
    for name in environment.keys() {
        let of_a_section = SECTIONS
            .iter()
            .any(|section| name.strip_prefix(&format!("CLICKOPS_{section}_")).is_some());
        let read_by = OTHERS.iter().find(|(known, _)| known == name).map(|(_, file)| *file);
        let read = read_by.is_some_and(|file| {
            fs::read_to_string(project(file)).unwrap().contains(&format!("\"{name}\""))
        });
        if !of_a_section && !read {
            problems.push(format!("{name} is no variable that the program knows"));
        }
    }
    match Config::parse("", "config", environment) {
        Err(error) => problems.push(format!("the settings cannot be used: {error}")),
        Ok(config) => {
            if config.engine != EngineName::Athena
                || config.athena.workgroup.is_none()
                || config.athena.database.is_none()
                || config.athena.table.is_none()
                || !matches!(config.logs, Some(Place::S3(_)))
                || !matches!(config.store, Place::S3(_))
            {
                problems.push("the settings leave open where logs, store or Athena are".to_owned());
            }
        }
    }
    problems.extend(event(module));
    problems.extend(metrics(module));
    let placeholder = module
        .block("resource", &["aws_ssm_parameter", "this"])
        .and_then(|block| text(block, "value_wo"));
    if placeholder != Some(PLACEHOLDER) {
        problems.push(format!("a secret does not begin as {PLACEHOLDER}"));
    }
    problems
}

/// The variables of the function, with samples for what is not written out.
pub(super) fn environment(module: &Folder) -> Result<BTreeMap<String, String>, String> {
    let mut variables = BTreeMap::new();
    let settings = module
        .blocks("locals")
        .find_map(|(_, block)| block.body.get_attribute("settings"))
        .and_then(|one| one.value.as_object())
        .ok_or("there is no local.settings")?;
    let more = module
        .block("resource", &["aws_lambda_function", "this"])
        .and_then(|block| block.body.get_blocks("environment").next())
        .and_then(|block| block.body.get_attribute("variables"))
        .and_then(|one| one.value.as_func_call())
        .filter(|call| call.name.name.as_str() == "merge")
        .and_then(|call| call.args.iter().find_map(Expression::as_object))
        .ok_or("the function has no variables of the form merge(local.settings, {...})")?;
    for (key, value) in entries(settings).chain(entries(more)) {
        variables.insert(key, sample(&value)?);
    }
    Ok(variables)
}

fn entries(object: &Object) -> impl Iterator<Item = (String, Expression)> {
    object.iter().filter_map(|(key, value)| match key {
        ObjectKey::Ident(name) => Some((name.to_string(), value.expr().clone())),
        ObjectKey::Expression(_) => None,
    })
}

/// A text with samples in the place of what is not written out.
fn sample(value: &Expression) -> Result<String, String> {
    if let Some(text) = value.as_str() {
        return Ok(text.to_owned());
    }
    let mut text = value.to_string().trim().to_owned();
    for (name, sample) in SAMPLES {
        if text == name {
            return Ok(sample.to_owned());
        }
        text = text.replace(&format!("${{{name}}}"), sample);
    }
    if text.contains("${") || !text.starts_with('"') {
        return Err(format!("this test has no sample for {text}"));
    }
    Ok(text.trim_matches('"').to_owned())
}

/// The schedule's event is one that the program documents, with the place for the time in it.
fn event(module: &Folder) -> Option<String> {
    let target = module
        .block("resource", &["aws_scheduler_schedule", "this"])
        .and_then(|block| block.body.get_blocks("target").next());
    let input = target.and_then(|target| text(target, "input")).unwrap_or_default();
    let documented = fs::read_to_string(project("README.md")).unwrap();
    let expected = json!({"action": "run", "time": "<aws.scheduler.scheduled-time>"});
    let same = serde_json::from_str::<Value>(input).is_ok_and(|event| event == expected);
    // What is written as \u003c is no place for the time.
    let good = same && input.contains('<') && documented.contains(input);
    (!good).then(|| format!("the schedule sends '{input}', which README.md does not know"))
}

/// Metrics of the program that alarms watch are ones that it prints.
fn metrics(module: &Folder) -> Vec<String> {
    let printed = fs::read_to_string(project("src/lambda/metrics.rs")).unwrap();
    let alarms = module
        .blocks("locals")
        .find_map(|(_, block)| block.body.get_attribute("alarms"))
        .and_then(|one| one.value.as_object());
    let Some(alarms) = alarms else {
        return vec!["there is no local.alarms".to_owned()];
    };
    let told = fs::read_to_string(project("terraform/README.md")).unwrap();
    let mut problems = Vec::new();
    let many = printed.matches("\", json!(").count();
    if many as f64 != METRICS {
        problems.push(format!("README.md has the cost of {METRICS} metrics, and there are {many}"));
    }
    for (name, alarm) in entries(alarms) {
        if !told.contains(&format!("\n| `{name}` | ")) {
            problems.push(format!("alarm {name}: README.md does not say what to do"));
        }
        let alarm: BTreeMap<_, _> = alarm.as_object().map(entries).into_iter().flatten().collect();
        let of = |key: &str| alarm.get(key).and_then(Expression::as_str).unwrap_or_default();
        let metric = of("metric");
        if of("namespace") == "clickops" && !printed.contains(&format!("\"{metric}\"")) {
            problems.push(format!("alarm {name}: the program has no metric '{metric}'"));
        }
    }
    problems
}

/// What is wrong with the config that an example gives the module, as the function reads it.
pub(super) fn config(example: &Folder, module: &Folder) -> Vec<String> {
    let path = format!("{}/clickops.toml", example.path);
    let Ok(written) = fs::read_to_string(project(&path)) else {
        return vec![format!("{path} cannot be read")];
    };
    let config = match Config::parse(&written, &path, environment(module).unwrap_or_default()) {
        Ok(config) => config,
        Err(error) => return vec![error.to_string()],
    };
    let mut problems = Vec::new();
    if config.reports.iter().any(|report| report.channels == ["terminal"]) {
        problems.push(format!("{path}: a report goes to nobody"));
    }
    let listed = example.blocks("module").flat_map(|(_, call)| listed(call));
    let listed: Vec<String> = listed.collect();
    for secret in config.secrets() {
        let name = secret.to_string();
        if !listed.iter().any(|known| name == format!("ssm:{known}")) {
            problems.push(format!("{path}: {}: {name} is not in secrets", label_of(example)));
        }
    }
    problems
}

fn label_of(example: &Folder) -> String {
    example.blocks("module").map(|(_, call)| label(call, 0)).collect()
}

/// The parameters that a call of the module lists.
fn listed(call: &Block) -> Vec<String> {
    let made = call.body.get_attribute("secrets").and_then(|one| one.value.as_array());
    let there = call.body.get_attribute("existing_secrets").and_then(|one| one.value.as_object());
    let key = |key: &ObjectKey| key.as_expr().and_then(Expression::as_str).map(str::to_owned);
    let made = made.into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned));
    made.chain(there.into_iter().flatten().filter_map(|(name, _)| key(name))).collect()
}
