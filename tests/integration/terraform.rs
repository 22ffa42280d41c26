//! The Terraform module: its files against the provider's schema, against themselves, and against
//! what the program knows, calls and prints.
//!
//! `CLICKOPS_UPDATE=1` writes what is made of the module: the tables of its README, and, where
//! `CLICKOPS_AWS_SCHEMA` is the provider's whole schema, the part of it that tests/ keeps.

use std::collections::BTreeSet;
use std::env;
use std::fs;

use serde_json::Value;

use self::schema::Schema;
use self::source::{Folder, Sources};
use crate::program::project;

mod costs;
mod document;
mod permissions;
mod purposes;
mod references;
mod schema;
mod settings;
mod source;
mod variables;

const README: &str = "terraform/README.md";

/// Where a whole schema may be, beside the project.
const BESIDE: &str = "../shared/terraform/aws-6.25.0.schema.json";

fn updating() -> bool {
    env::var_os("CLICKOPS_UPDATE").is_some()
}

/// All that is wrong with the module and its examples.
fn problems(sources: &Sources) -> Vec<String> {
    let folders = match sources.folders() {
        Ok(folders) => folders,
        Err(problem) => return vec![problem],
    };
    let schema = Schema::read();
    let module = module(&folders);
    let outputs: BTreeSet<String> =
        module.blocks("output").map(|(_, one)| source::label(one, 0).to_owned()).collect();
    let mut problems = Vec::new();
    for folder in &folders {
        problems.extend(schema.problems(folder));
        problems.extend(references::problems(folder, &schema, &outputs));
        problems.extend(variables::problems(folder));
        if !folder.is_module() {
            problems.extend(variables::calls(folder, module));
            problems.extend(settings::config(folder, module));
        }
    }
    problems.extend(permissions::problems(module));
    problems.extend(settings::problems(module));
    problems
}

fn module(folders: &[Folder]) -> &Folder {
    folders.iter().find(|folder| folder.is_module()).unwrap()
}

#[test]
fn the_module_and_its_examples_are_right() {
    let problems = problems(&Sources::read());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_program_calls_what_the_policy_says_and_nothing_else() {
    let calls = permissions::operations();
    assert!(calls.len() > 10, "{calls:?}");
    let problems = permissions::calls();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Mistakes, each with the file, what stands there, what stands there by mistake, and what is said.
const MISTAKES: [(&str, &str, &str, &str); 30] = [
    ("terraform/lambda.tf", "memory_size   =", "memory_sizes  =", "memory_sizes is unknown"),
    ("terraform/lambda.tf", "  role          = aws_iam_role.function.arn\n", "", "role is missing"),
    ("terraform/lambda.tf", "  environment {", "  environments {", "environments is unknown"),
    ("terraform/lambda.tf", "log_format = \"Text\"\n", "\n", "log_format is missing"),
    ("terraform/lambda.tf", "[var.architecture]", "\"arm64\"", "architectures is no list(string)"),
    ("terraform/lambda.tf", "on_failure {", "on_failures {", "on_failures is unknown"),
    ("terraform/lambda.tf", "create_before_destroy", "create_before_destory", "lifecycle"),
    (
        "terraform/schedule.tf",
        "  flexible_time_window {\n    mode = \"OFF\"\n  }\n",
        "",
        "flexible_time_window is missing",
    ),
    ("terraform/schedule.tf", "retry_policy {", "retry_policies {", "retry_policies is unknown"),
    ("terraform/schedule.tf", "\"aws_sqs_queue\" \"d", "\"aws_sqs_que\" \"d", "no such resource"),
    ("terraform/schedule.tf", "var.timezone", "var.time_zone", "no variable 'time_zone'"),
    ("terraform/schedule.tf", "var.timezone", "\"UTC\"", "var.timezone is not used"),
    ("terraform/schedule.tf", "<aws.", "\\\\u003caws.", "the schedule sends"),
    ("terraform/main.tf", "trim(local.log_place", "trim(local.log_places", "no local 'log_places'"),
    (
        "terraform/main.tf",
        "CLICKOPS_STORE_AT ",
        "CLICKOPS_STORE_ATT ",
        "the settings cannot be used",
    ),
    ("terraform/main.tf", "CLICKOPS_SOURCE_LOGS ", "CLICKOPS_SORCE_LOGS ", "CLICKOPS_SORCE_LOGS"),
    ("terraform/main.tf", "= \"athena\"", "= \"athen\"", "the settings cannot be used"),
    (
        "terraform/main.tf",
        "data.aws_partition.current.dns_suffix",
        "data.aws_partition.now.dns_suffix",
        "no data.aws_partition.now",
    ),
    (
        "terraform/outputs.tf",
        "aws_sqs_queue.dead_letters.id",
        "aws_sqs_queue.dead_letters.url",
        "no attribute 'url'",
    ),
    (
        "terraform/alarms.tf",
        "metric      = \"Pending\"",
        "metric      = \"Waiting\"",
        "no metric 'Waiting'",
    ),
    (
        "terraform/alarms.tf",
        "var.alarms[*].silent_hours",
        "var.alarms[*].quiet_hours",
        "no 'quiet_hours'",
    ),
    ("terraform/secrets.tf", "\"REPLACE_ME\"", "\"changeme\"", "does not begin as REPLACE_ME"),
    ("terraform/variables.tf", "  type        = bool\n", "", "it has no type"),
    (
        "terraform/iam.tf",
        "actions   = [\"ssm:GetParameters\"]",
        "actions   = [\"ssm:*\"]",
        "ssm:* is more than it needs",
    ),
    (
        "terraform/iam.tf",
        "      \"athena:GetQueryResults\",\n",
        "",
        "athena:GetQueryResults is missing",
    ),
    (
        "terraform/iam.tf",
        "resources = local.log_objects",
        "resources = [\"*\"]",
        "it is for everything",
    ),
    (
        "terraform/iam.tf",
        "values   = [\"ssm.",
        "values   = [var.nothing, \"ssm.",
        "no variable 'nothing'",
    ),
    (
        "terraform/iam.tf",
        "sid       = \"ReadConfig\"",
        "sid       = \"ReadAll\"",
        "nobody says what it is for",
    ),
    ("terraform/examples/single-account/main.tf", "  logs    =", "  log     =", "no variable log"),
    (
        "terraform/examples/single-account/main.tf",
        "module.clickops.secrets_to_set",
        "module.clickops.secrets",
        "no output 'secrets'",
    ),
];

#[test]
fn mistakes_are_found() {
    let sources = Sources::read();
    for (file, from, to, said) in MISTAKES {
        let problems = problems(&sources.with(file, from, to));
        assert!(
            problems.iter().any(|problem| problem.contains(said)),
            "{file}: '{to}' for '{from}' is not found as '{said}': {problems:#?}"
        );
    }
}

#[test]
fn the_schema_is_the_providers() {
    let beside = project(BESIDE);
    let whole = env::var_os("CLICKOPS_AWS_SCHEMA").map_or(beside, Into::into);
    if !whole.exists() {
        return;
    }
    let whole: Value = serde_json::from_str(&fs::read_to_string(whole).unwrap()).unwrap();
    let mut expected = schema::reduce(&whole, &Sources::read().folders().unwrap());
    expected.sort_all_objects();
    let expected = serde_json::to_string_pretty(&expected).unwrap() + "\n";
    current(schema::REDUCED, &expected);
}

#[test]
fn the_readme_is_made_of_the_module() {
    let folders = Sources::read().folders().unwrap();
    let written = fs::read_to_string(project(README)).unwrap();
    current(README, &document::filled(&written, &document::parts(module(&folders))));
}

/// A file holds what it should, or gets it.
fn current(path: &str, expected: &str) {
    if updating() {
        fs::write(project(path), expected).unwrap();
    }
    let written = fs::read_to_string(project(path)).unwrap();
    let old = written.lines().zip(expected.lines()).find(|(written, expected)| written != expected);
    assert!(
        written == expected,
        "{path} is out of date, from {old:?} on: CLICKOPS_UPDATE=1 cargo test --test integration \
         terraform writes it"
    );
}
