//! SSM Parameter Store, as far as it is needed here: parameters by name.

use std::collections::BTreeMap;
use std::fmt;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::Builder;
use aws_sdk_ssm::types::{self, ParameterType};
use tokio::sync::OnceCell;

use super::Access;
use super::trouble::{self, ProvideErrorMetadata, SdkError, Trouble};
use crate::secret::Secret;

/// Most names in one request.
const BATCH: usize = 10;

/// SSM, of which a client is made when the first request is.
#[derive(Debug, Default)]
pub struct Ssm {
    access: Access,
    client: OnceCell<Client>,
}

/// A parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) value: Secret,
    /// Whether it is encrypted where it is kept.
    pub(crate) secure: bool,
}

/// Kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There is no such parameter, version or label.
    Missing,
    /// The key that it is encrypted with cannot be used.
    Undecryptable,
    /// The credentials do not allow it.
    Denied,
    /// There are no credentials, or they are no longer or not at all valid.
    Credentials,
    /// Too many requests in a second.
    Throttled,
    /// Trouble of the service or of the way to it, which passes.
    Passing,
    /// Nobody said in which region to ask.
    NoRegion,
    /// SSM does not take the request.
    Invalid,
}

/// Why a parameter cannot be had, after the SDK has repeated the request.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    message: String,
}

impl Ssm {
    /// SSM, reached like this.
    pub fn new(access: Access) -> Self {
        Self { access, client: OnceCell::new() }
    }

    async fn client(&self) -> Result<&Client, Fault> {
        let made = async || {
            let shared = self.access.config().await;
            if shared.region().is_none() {
                let message = "neither the environment nor the profile names one".to_owned();
                return Err(Fault { kind: Kind::NoRegion, message });
            }
            let mut config = Builder::from(&shared);
            config.set_retry_partition(self.access.shares_retries());
            Ok(Client::from_conf(config.build()))
        };
        self.client.get_or_try_init(made).await
    }

    /// Parameters by name or ARN, decrypted, each with its own trouble.
    pub(crate) async fn parameters(
        &self,
        names: &[&str],
    ) -> BTreeMap<String, Result<Parameter, Fault>> {
        let mut all = BTreeMap::new();
        for batch in names.chunks(BATCH) {
            let answered = self.batch(batch).await;
            let alone = match &answered {
                Err(fault) if batch.len() > 1 && fault.may_be_of_one() => batch.to_vec(),
                Err(fault) => {
                    all.extend(batch.iter().map(|name| ((*name).to_owned(), Err(fault.clone()))));
                    continue;
                }
                Ok(answers) => {
                    let silent = |name: &&str| !answers.contains_key(*name);
                    batch.iter().copied().filter(silent).collect()
                }
            };
            all.extend(answered.unwrap_or_default());
            // One that may not be read fails the whole request, which does not say which.
            for name in alone {
                let one = self.batch(&[name]).await.and_then(|mut answers| {
                    answers.remove(name).unwrap_or_else(|| Err(Fault::missing()))
                });
                all.insert(name.to_owned(), one);
            }
        }
        all
    }

    /// One request. Names that the answer does not speak of are left out.
    async fn batch(
        &self,
        names: &[&str],
    ) -> Result<BTreeMap<String, Result<Parameter, Fault>>, Fault> {
        let request = self.client().await?.get_parameters().with_decryption(true);
        let request =
            request.set_names(Some(names.iter().map(|name| (*name).to_owned()).collect()));
        let answer = request.send().await.map_err(|error| Fault::of(&error))?;
        let parameters = answer.parameters();
        let about = |name: &&&str| match (parameters, answer.invalid_parameters()) {
            ([only], []) if names.len() == 1 => Some(only),
            _ => parameters.iter().find(|one| is_called(one, name)),
        };
        let mut answers: BTreeMap<_, _> = names
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), Ok(parameter(about(&name)?)))))
            .collect();
        for missing in answer.invalid_parameters() {
            answers.insert(missing.clone(), Err(Fault::missing()));
        }
        Ok(answers)
    }
}

fn parameter(one: &types::Parameter) -> Parameter {
    Parameter {
        value: Secret::new(one.value().unwrap_or_default()),
        secure: one.r#type() == Some(&ParameterType::SecureString),
    }
}

/// Whether a parameter is the one that was asked for by this name: the answer splits the version or
/// label off, colon included, and may give the name where the ARN was asked for.
fn is_called(one: &types::Parameter, asked: &str) -> bool {
    let rest = |name: Option<&str>| asked.strip_prefix(name.filter(|name| !name.is_empty())?);
    let selector = one.selector().unwrap_or_default();
    [one.name(), one.arn()].into_iter().any(|name| rest(name) == Some(selector))
}

impl Fault {
    fn of<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let message = trouble::message(error);
        // Parameter Store asks KMS in the caller's name, and passes on what KMS says.
        let of_key = message.contains("kms:") || message.contains("KMS");
        let of_key = of_key || message.contains("ciphertext") || message.contains("master key");
        let kind = match (Trouble::of(error), error.code()) {
            (_, Some("InvalidKeyId" | "KMSInvalidStateException")) => Kind::Undecryptable,
            (Trouble::Denied | Trouble::Refused, _) if of_key => Kind::Undecryptable,
            (Trouble::Denied, _) => Kind::Denied,
            (Trouble::Credentials, _) => Kind::Credentials,
            (Trouble::Throttled, _) => Kind::Throttled,
            (Trouble::Passing, _) => Kind::Passing,
            (Trouble::Refused, _) => Kind::Invalid,
        };
        Self { kind, message }
    }

    fn missing() -> Self {
        Self { kind: Kind::Missing, message: String::new() }
    }

    /// Whether it may come from one of several names.
    fn may_be_of_one(&self) -> bool {
        matches!(self.kind, Kind::Undecryptable | Kind::Denied | Kind::Invalid)
    }

    /// What to do about it; a fragment without a full stop.
    pub(crate) fn remedy(&self) -> String {
        match self.kind {
            Kind::Missing => "correct the name",
            Kind::Undecryptable => {
                "allow kms:Decrypt on the key that the parameter is encrypted with, in the key's \
                 policy and to the role, and see that the key is enabled"
            }
            Kind::Denied => "allow ssm:GetParameters on the parameter",
            Kind::Credentials => trouble::LOG_IN,
            Kind::Throttled => {
                "run again later: the account shares 40 requests a second among all who read \
                 parameters"
            }
            Kind::Passing => "run again; if that does not help, check the network and the region",
            Kind::NoRegion => "set AWS_REGION to the region of the parameter",
            Kind::Invalid => "check how the name is written",
        }
        .to_owned()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            Kind::Missing => return f.write_str("there is no such parameter"),
            Kind::Undecryptable => "it cannot be decrypted",
            Kind::Denied => "AWS does not allow it",
            Kind::Credentials => "AWS does not accept the credentials",
            Kind::Throttled => "SSM takes no more requests for now",
            Kind::Passing => "SSM cannot be reached",
            Kind::NoRegion => "nobody said in which AWS region",
            Kind::Invalid => "SSM does not take the request",
        };
        write!(f, "{what}: {} (GetParameters)", self.message)
    }
}
