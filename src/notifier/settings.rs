//! What the notifier's variables mean.

use super::ImportError;
use super::read::{Value, Variable};
use crate::nearest;

/// The settings, as far as they mean anything here. An empty list of whom to include is everybody.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) included_accounts: Vec<String>,
    pub(super) excluded_accounts: Vec<String>,
    pub(super) included_users: Vec<String>,
    pub(super) excluded_users: Vec<String>,
    /// Pairs of service and action.
    pub(super) excluded_actions: Vec<(String, String)>,
    /// The list of actions takes the place of the notifier's own.
    pub(super) replaces: bool,
    /// Names of webhooks, by kind: the addresses are secrets and stay where they are.
    pub(super) slack: Vec<String>,
    pub(super) teams: Vec<String>,
    pub(super) prefix: Option<String>,
    pub(super) bucket: Option<String>,
}

/// Variables that mean nothing here, and why.
const WITHOUT_MEANING: [(&str, &[&str]); 5] = [
    (
        "clickops reads CloudTrail's files, not a log group",
        &["standalone", "cloudtrail_log_group", "subcription_filter_distribution"],
    ),
    (
        "clickops looks for new logs itself and needs no notification",
        &[
            "cloudtrail_bucket_notifications_sns_arn",
            "kms_key_id_for_sns_topic",
            "allowed_aws_principals_for_sns_subscribe",
            "event_batch_size",
            "event_maximum_batching_window",
        ],
    ),
    (
        "the journal keeps every finding, in files that any tool can read",
        &["firehose_delivery_stream_name"],
    ),
    ("it is about how the notifier logs", &["lambda_log_level", "log_retention_in_days"]),
    (
        "it is about how the notifier is deployed",
        &[
            "tags",
            "event_processing_timeout",
            "lambda_deployment_s3_bucket",
            "lambda_deployment_s3_key",
            "lambda_deployment_upload_to_s3_enabled",
            "lambda_runtime",
            "lambda_memory_size",
            "create_iam_role",
            "iam_role_arn",
            "additional_iam_policy_statements",
        ],
    ),
];

/// Variables that mean something here.
const WITH_MEANING: [&str; 10] = [
    "included_accounts",
    "excluded_accounts",
    "included_users",
    "excluded_users",
    "excluded_scoped_actions",
    "excluded_scoped_actions_effect",
    "webhooks_for_slack_notifications",
    "webhooks_for_msteams_notifications",
    "naming_prefix",
    "cloudtrail_bucket_name",
];

/// Reads the settings; `left` gets what cannot be taken over.
pub(super) fn of(
    variables: Vec<Variable>,
    left: &mut Vec<String>,
) -> Result<Settings, ImportError> {
    let mut settings = Settings::default();
    let mut known = false;
    for variable in variables {
        let because = |name: &str| {
            WITHOUT_MEANING.iter().find(|(_, names)| names.contains(&name)).map(|(why, _)| *why)
        };
        let Variable { name, line, .. } = &variable;
        if WITH_MEANING.contains(&name.as_str()) {
            known = true;
            settings.take(variable, left)?;
        } else if let Some(why) = because(name) {
            known = true;
            left.push(format!("line {line}: {name}: {why}"));
        } else {
            let meant = nearest(name, &WITH_MEANING)
                .map(|meant| format!("; did you mean {meant}?"))
                .unwrap_or_default();
            left.push(format!("line {line}: {name}: no variable of the notifier{meant}"));
        }
    }
    if known { Ok(settings) } else { Err(ImportError::Nothing) }
}

impl Settings {
    fn take(&mut self, variable: Variable, left: &mut Vec<String>) -> Result<(), ImportError> {
        let Variable { name, line, value } = variable;
        let note = |what: String| format!("line {line}: {name}: {what}");
        let wrong = |reason: &str| ImportError::Value {
            line,
            name: name.clone(),
            reason: reason.to_owned(),
        };
        if value == Value::Expression {
            left.push(note(
                "its value is an expression that only Terraform can work out; write it out"
                    .to_owned(),
            ));
            return Ok(());
        }
        let list = || texts(&value).ok_or_else(|| wrong("has to be a list of texts"));
        let text = || match &value {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.clone())),
            _ => Err(wrong("has to be a text")),
        };
        match name.as_str() {
            "included_accounts" => {
                self.included_accounts = included(list()?, is_account, left, note)
            }
            "included_users" => self.included_users = included(list()?, is_user, left, note),
            "excluded_accounts" => {
                self.excluded_accounts = excluded(list()?, is_account, left, note)
            }
            "excluded_users" => self.excluded_users = excluded(list()?, is_user, left, note),
            "excluded_scoped_actions" => {
                let actions = excluded(list()?, is_action, left, note);
                self.excluded_actions = actions.iter().filter_map(|action| pair(action)).collect();
            }
            "excluded_scoped_actions_effect" => {
                self.replaces = match text()?.as_deref() {
                    None | Some("APPEND") => false,
                    Some("REPLACE") => true,
                    Some(_) => return Err(wrong("has to be APPEND or REPLACE")),
                };
            }
            "webhooks_for_slack_notifications" => {
                self.slack = keys(&value).ok_or_else(|| wrong("has to be a map"))?;
            }
            "webhooks_for_msteams_notifications" => {
                self.teams = keys(&value).ok_or_else(|| wrong("has to be a map"))?;
            }
            "naming_prefix" => self.prefix = text()?,
            _ => self.bucket = text()?.filter(|bucket| !bucket.is_empty()),
        }
        Ok(())
    }
}

/// The texts of a list; `None` for those that only Terraform can work out.
fn texts(value: &Value) -> Option<Vec<Option<String>>> {
    let text = |item: &Value| match item {
        Value::Text(text) => Some(Some(text.clone())),
        Value::Expression => Some(None),
        Value::Bool(flag) => Some(Some(flag.to_string())),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    };
    match value {
        Value::Null => Some(Vec::new()),
        Value::List(items) => items.iter().map(text).collect(),
        _ => None,
    }
}

fn keys(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::Map(items) => Some(items.iter().map(|(name, _)| name.clone()).collect()),
        _ => None,
    }
}

/// Says what is wrong with a value, if it can mean nothing.
type Check = fn(&str) -> Result<(), &'static str>;

fn is_account(id: &str) -> Result<(), &'static str> {
    let digits = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    if digits { Ok(()) } else { Err("is no account id of twelve digits in quotes") }
}

fn is_user(name: &str) -> Result<(), &'static str> {
    if name.trim().is_empty() { Err("names nobody") } else { Ok(()) }
}

fn is_action(action: &str) -> Result<(), &'static str> {
    pair(action).map(|_| ()).ok_or("is not written as service:Action")
}

fn pair(action: &str) -> Option<(String, String)> {
    let (service, name) = action.split_once(':')?;
    let blank = |part: &str| part.trim().is_empty();
    (!blank(service) && !blank(name)).then(|| (service.to_owned(), name.to_owned()))
}

/// What to hide: whatever is unclear is left out, so that it is reported.
fn excluded(
    list: Vec<Option<String>>,
    check: Check,
    left: &mut Vec<String>,
    note: impl Fn(String) -> String,
) -> Vec<String> {
    let mut clear = Vec::new();
    for item in list {
        match item {
            None => left.push(note("one value is an expression; write it out".to_owned())),
            Some(text) => match check(&text) {
                Ok(()) if clear.contains(&text) => {}
                Ok(()) => clear.push(text),
                Err(wrong) => left.push(note(format!("'{text}' {wrong}"))),
            },
        }
    }
    clear
}

/// What to report: if anything is unclear, the whole list is left out, so that all is reported.
fn included(
    list: Vec<Option<String>>,
    check: Check,
    left: &mut Vec<String>,
    note: impl Fn(String) -> String,
) -> Vec<String> {
    let before = left.len();
    let count = list.len();
    let clear = excluded(list, check, left, &note);
    if left.len() == before {
        return clear;
    }
    left.push(note(format!(
        "not one of its {count} values is taken, so that nothing goes unreported; mend it, or write `match` by hand"
    )));
    Vec::new()
}
