//! One CloudTrail record: the call, who made it, and the JSON of both.

use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cast::{Account, GLOBAL, Identity, Region};
use crate::random::Random;

/// What was asked of AWS, and what came of it.
pub(crate) struct Call {
    pub(crate) service: &'static str,
    pub(crate) action: &'static str,
    event_type: &'static str,
    read_only: bool,
    request: Value,
    response: Value,
    additional: Option<Value>,
    details: Option<Value>,
    resources: Option<Value>,
    error: Option<(&'static str, String)>,
    addendum: Option<Value>,
    shared: bool,
}

/// A call by its usual name, such as `ec2:RunInstances`. Whether it only reads
/// is told from the verb; [`Call::read_only`] is for the names that mislead.
pub(crate) fn call(name: &'static str) -> Call {
    let (service, action) = name.split_once(':').unwrap_or((name, ""));
    Call {
        service,
        action,
        event_type: "AwsApiCall",
        read_only: ["Get", "List", "Describe", "Head"].iter().any(|verb| action.starts_with(verb)),
        request: Value::Null,
        response: Value::Null,
        additional: None,
        details: None,
        resources: None,
        error: None,
        addendum: None,
        shared: false,
    }
}

impl Call {
    pub(crate) fn with(self, request: Value) -> Self {
        Self { request, ..self }
    }

    pub(crate) fn returning(self, response: Value) -> Self {
        Self { response, ..self }
    }

    pub(crate) fn failing(self, code: &'static str, message: impl Into<String>) -> Self {
        Self { error: Some((code, message.into())), ..self }
    }

    pub(crate) fn read_only(self, read_only: bool) -> Self {
        Self { read_only, ..self }
    }

    /// The resource, for the services that name it beside the request.
    pub(crate) fn on(self, account: Account, kind: &str, arn: String) -> Self {
        let resources = json!([{ "accountId": account, "type": kind, "ARN": arn }]);
        Self { resources: Some(resources), ..self }
    }

    /// Not an API call, but something done on a page: billing, mostly.
    pub(crate) fn console_action(self) -> Self {
        Self { event_type: "AwsConsoleAction", ..self }
    }

    pub(crate) fn sign_in(self, additional: Value) -> Self {
        Self { event_type: "AwsConsoleSignIn", additional: Some(additional), ..self }
    }

    /// Something that a service did by itself, and tells the account about.
    pub(crate) fn service_event(self, details: Value) -> Self {
        Self { event_type: "AwsServiceEvent", details: Some(details), ..self }
    }

    /// Marks the record as one account's copy of what several get to see.
    pub(crate) fn shared(self) -> Self {
        Self { shared: true, ..self }
    }

    /// Marks the record as one that CloudTrail knows it delivered late.
    pub(crate) fn delayed(self) -> Self {
        Self { addendum: Some(json!({ "reason": "DELIVERY_DELAY" })), ..self }
    }
}

/// Who calls, and the marks that their way of calling leaves.
pub(crate) struct Caller {
    pub(crate) identity: Identity,
    pub(crate) address: String,
    pub(crate) user_agent: Option<String>,
    pub(crate) external: bool,
    pub(crate) flagged: bool,
}

/// The region whose log gets the event: global services have one for all.
pub(crate) fn logged_in(service: &str, region: Region) -> Region {
    match service {
        "account" | "billingconsole" | "cloudfront" | "iam" | "organizations" | "route53"
        | "signin" | "sso" | "sts" | "support" => GLOBAL,
        _ => region,
    }
}

/// The record as CloudTrail writes it, its fields in CloudTrail's order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    event_version: &'static str,
    user_identity: &'a Identity,
    event_time: String,
    event_source: String,
    event_name: &'static str,
    aws_region: Region,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    request_parameters: &'a Value,
    response_elements: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_event_data: Option<&'a Value>,
    #[serde(rename = "requestID", skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(rename = "eventID")]
    event_id: &'a str,
    read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<&'a Value>,
    event_type: &'static str,
    management_event: bool,
    recipient_account_id: Account,
    #[serde(rename = "sharedEventID", skip_serializing_if = "Option::is_none")]
    shared_event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_event_details: Option<&'a Value>,
    event_category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    addendum: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_details: Option<TlsDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_credential_from_console: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TlsDetails {
    tls_version: &'static str,
    cipher_suite: &'static str,
    client_provided_host_header: String,
}

/// The JSON of one call's record, in the account that gets to see it.
pub(crate) fn record(
    caller: &Caller,
    call: &Call,
    event_id: &str,
    account: Account,
    region: Region,
    time: DateTime<Utc>,
    random: &mut Random,
) -> Result<String> {
    // A failed call returns nothing, whatever it would have returned.
    let response = if call.error.is_some() { &Value::Null } else { &call.response };
    let record = Record {
        event_version: "1.11",
        user_identity: &caller.identity,
        event_time: time.to_rfc3339_opts(SecondsFormat::Secs, true),
        event_source: format!("{}.amazonaws.com", call.service),
        event_name: call.action,
        aws_region: region,
        source_ip_address: &caller.address,
        user_agent: caller.user_agent.as_deref(),
        error_code: call.error.as_ref().map(|(code, _)| *code),
        error_message: call.error.as_ref().map(|(_, message)| message.as_str()),
        request_parameters: &call.request,
        response_elements: response,
        additional_event_data: call.additional.as_ref(),
        request_id: (call.event_type == "AwsApiCall").then(|| random.uuid()),
        event_id,
        read_only: call.read_only,
        resources: call.resources.as_ref(),
        event_type: call.event_type,
        management_event: true,
        recipient_account_id: account,
        shared_event_id: call.shared.then(|| random.uuid()),
        service_event_details: call.details.as_ref(),
        event_category: "Management",
        addendum: call.addendum.as_ref(),
        tls_details: caller.external.then(|| TlsDetails {
            tls_version: "TLSv1.3",
            cipher_suite: "TLS_AES_128_GCM_SHA256",
            client_provided_host_header: host(call.service, region),
        }),
        session_credential_from_console: caller.flagged.then_some("true"),
    };
    Ok(serde_json::to_string(&record)?)
}

/// The name under which a client finds a service.
fn host(service: &str, region: Region) -> String {
    match service {
        "iam" | "organizations" | "route53" => format!("{service}.amazonaws.com"),
        "signin" => "signin.aws.amazon.com".to_owned(),
        _ => format!("{service}.{region}.amazonaws.com"),
    }
}
