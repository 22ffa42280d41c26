//! The organisation: its accounts and regions, the people and the machines.
//!
//! Nobody here exists. Accounts are the ones AWS uses in its documentation,
//! addresses come from the ranges reserved for examples (RFC 5737, RFC 3849).

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::random::Random;

/// An account, by its id.
pub(crate) type Account = &'static str;
/// A region, by its name.
pub(crate) type Region = &'static str;

/// The organisation whose trail this is.
pub(crate) const ORGANISATION: &str = "o-exampleorg";

pub(crate) const PAYMENTS: Account = "111122223333";
pub(crate) const DATA: Account = "444455556666";
pub(crate) const NETWORK: Account = "777788889999";
pub(crate) const SANDBOX: Account = "222233334444";
pub(crate) const TOOLS: Account = "123456789012";
/// Every account, the busiest first.
pub(crate) const ACCOUNTS: [Account; 5] = [PAYMENTS, DATA, TOOLS, NETWORK, SANDBOX];

/// Where AWS records what its global services do: IAM, STS, sign-in, billing.
pub(crate) const GLOBAL: Region = "us-east-1";
pub(crate) const IRELAND: Region = "eu-west-1";
pub(crate) const FRANKFURT: Region = "eu-central-1";
/// Every region, the busiest first.
pub(crate) const REGIONS: [Region; 3] = [IRELAND, GLOBAL, FRANKFURT];

/// Somebody, at their desk.
pub(crate) struct Person {
    kind: Kind,
    pub(crate) name: &'static str,
    pub(crate) ip: &'static str,
    pub(crate) browser: &'static str,
}

enum Kind {
    /// Comes in by IAM Identity Center, with this permission set.
    IdentityCenter(&'static str),
    IamUser,
    Root,
}

pub(crate) const ANN: Person = Person {
    kind: Kind::IdentityCenter("AdministratorAccess"),
    name: "ann.smith@example.com",
    ip: "198.51.100.24",
    browser: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
};
pub(crate) const BO: Person = Person {
    kind: Kind::IdentityCenter("PowerUserAccess"),
    name: "bo.tran@example.com",
    ip: "203.0.113.77",
    browser: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
};
pub(crate) const CHIDI: Person = Person {
    kind: Kind::IdentityCenter("Support_Engineer"),
    name: "chidi.okafor@example.com",
    ip: "2001:db8:5a:17::1f",
    browser: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0",
};
pub(crate) const DANA: Person = Person {
    kind: Kind::IdentityCenter("DatabaseAdministrator"),
    name: "dana.levi@example.com",
    ip: "192.0.2.201",
    browser: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
};
pub(crate) const ELI: Person = Person {
    kind: Kind::IamUser,
    name: "eli.workshop",
    ip: "203.0.113.9",
    browser: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
};
pub(crate) const ROOT: Person =
    Person { kind: Kind::Root, name: "root", ip: "192.0.2.14", browser: ANN.browser };

/// Whose browser tabs are open all day.
pub(crate) const COLLEAGUES: [&Person; 4] = [&ANN, &BO, &CHIDI, &DANA];

/// The address that the workloads and the build runners share.
pub(crate) const EGRESS: &str = "192.0.2.66";

/// The address of a customer of the shop.
pub(crate) const SHOPPER: &str = "198.51.100.200";

/// `userIdentity`, in CloudTrail's order of fields.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_context: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoked_by: Option<&'static str>,
}

impl Identity {
    /// A person whose session began at `since`. A console session keeps that
    /// time through the day, but mints a new access key for every request.
    pub(crate) fn person(
        person: &Person,
        account: Account,
        since: DateTime<Utc>,
        random: &mut Random,
    ) -> Self {
        let attributes = json!({
            "creationDate": since.to_rfc3339_opts(SecondsFormat::Secs, true),
            "mfaAuthenticated": if matches!(person.kind, Kind::IdentityCenter(_)) { "false" } else { "true" },
        });
        let key = Some(random.example_id("ASIA"));
        match person.kind {
            Kind::IdentityCenter(permission_set) => {
                let suffix = Random::named(&format!("{account}/{permission_set}")).hex(16);
                let role = format!("AWSReservedSSO_{permission_set}_{suffix}");
                let path = "/aws-reserved/sso.amazonaws.com/";
                Self {
                    access_key_id: key,
                    ..Self::role(account, path, &role, person.name, attributes)
                }
            }
            Kind::IamUser => Self {
                kind: Some("IAMUser"),
                principal_id: Some(
                    Random::named(&format!("{account}/{}", person.name)).example_id("AIDA"),
                ),
                arn: Some(format!("arn:aws:iam::{account}:user/{}", person.name)),
                account_id: Some(account),
                access_key_id: key,
                user_name: Some(person.name),
                session_context: Some(json!({ "attributes": attributes })),
                invoked_by: None,
            },
            Kind::Root => Self {
                kind: Some("Root"),
                principal_id: Some(account.to_owned()),
                arn: Some(format!("arn:aws:iam::{account}:root")),
                account_id: Some(account),
                access_key_id: key,
                session_context: Some(json!({ "attributes": attributes })),
                ..Self::default()
            },
        }
    }

    /// A workload or a pipeline, in a role of its own.
    pub(crate) fn machine(
        account: Account,
        role: &str,
        session: &str,
        since: DateTime<Utc>,
        random: &mut Random,
    ) -> Self {
        Self {
            access_key_id: Some(random.example_id("ASIA")),
            ..Self::role(account, "/", role, session, machine_attributes(since))
        }
    }

    /// An AWS service in the role that the account keeps for it. Such a record
    /// carries no access key.
    pub(crate) fn service_linked(
        account: Account,
        role: &str,
        service: &'static str,
        since: DateTime<Utc>,
    ) -> Self {
        let path = format!("/aws-service-role/{service}/");
        let session = service.split('.').next().unwrap_or(service);
        Self {
            invoked_by: Some(service),
            ..Self::role(account, &path, role, session, machine_attributes(since))
        }
    }

    /// An AWS service in its own name: no account, no ARN, nothing to follow.
    pub(crate) fn service(service: &'static str) -> Self {
        Self { kind: Some("AWSService"), invoked_by: Some(service), ..Self::default() }
    }

    /// The app user behind a browser whom Cognito gave a role. Looks like the
    /// console until one sees who federated the session.
    pub(crate) fn app_user(
        account: Account,
        pool: &str,
        since: DateTime<Utc>,
        random: &mut Random,
    ) -> Self {
        let mut identity =
            Self::machine(account, "shop-app-users", "CognitoIdentityCredentials", since, random);
        if let Some(context) = &mut identity.session_context {
            context["webIdFederationData"] = json!({
                "federatedProvider": "cognito-identity.amazonaws.com",
                "attributes": { "cognito-identity.amazonaws.com:aud": pool },
            });
        }
        identity
    }

    /// The account and no more, which is how service events and billing pages
    /// name whoever it was.
    pub(crate) fn unnamed(account: Account) -> Self {
        Self { account_id: Some(account), ..Self::default() }
    }

    /// A caller who did not sign the request.
    pub(crate) fn unknown(account: Account) -> Self {
        Self { kind: Some("Unknown"), ..Self::unnamed(account) }
    }

    /// The same identity, as a service carries it on in the caller's name.
    pub(crate) fn through(self, service: &'static str) -> Self {
        Self { invoked_by: Some(service), ..self }
    }

    fn role(account: Account, path: &str, role: &str, session: &str, attributes: Value) -> Self {
        let id = Random::named(&format!("{account}/{role}")).example_id("AROA");
        Self {
            kind: Some("AssumedRole"),
            principal_id: Some(format!("{id}:{session}")),
            arn: Some(format!("arn:aws:sts::{account}:assumed-role/{role}/{session}")),
            account_id: Some(account),
            session_context: Some(json!({
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": id,
                    "arn": format!("arn:aws:iam::{account}:role{path}{role}"),
                    "accountId": account,
                    "userName": role,
                },
                "attributes": attributes,
            })),
            ..Self::default()
        }
    }
}

fn machine_attributes(since: DateTime<Utc>) -> Value {
    json!({
        "creationDate": since.to_rfc3339_opts(SecondsFormat::Secs, true),
        "mfaAuthenticated": "false",
    })
}
