//! Secrets in SSM Parameter Store.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{Trouble, write_it};
use super::{Found, Reference, SecretError, Secrets, usable};
use crate::aws::ssm::{Fault, Kind, Parameter, Ssm};

/// SSM, reached with the credentials and the region of the environment unless told otherwise.
#[derive(Debug, Default)]
pub(super) struct Parameters(Arc<Ssm>);

impl Secrets {
    /// The same, with an SSM that is reached in a way of its own.
    #[must_use]
    pub fn with_ssm(self, ssm: Arc<Ssm>) -> Self {
        Self { parameters: Parameters(ssm), ..self }
    }
}

impl Parameters {
    /// Gets parameters by name, each with its own trouble.
    pub(super) async fn get(
        &self,
        names: &[&str],
    ) -> BTreeMap<Reference, Result<Found, SecretError>> {
        let answers = self.0.parameters(names).await.into_iter();
        let found = |(name, answer)| {
            let reference = Reference::Ssm(name);
            let found = match answer {
                Ok(parameter) => secret(&reference, &parameter),
                Err(fault) => Err(SecretError::of(&reference, trouble(&reference, &fault))),
            };
            (reference, found)
        };
        answers.map(found).collect()
    }
}

fn secret(reference: &Reference, parameter: &Parameter) -> Result<Found, SecretError> {
    let found = usable(reference, parameter.value.expose())?;
    let open = || {
        format!(
            "{reference} is kept as plain text; delete it and create it with --type SecureString"
        )
    };
    Ok(Found { note: (!parameter.secure).then(open), ..found })
}

fn trouble(reference: &Reference, fault: &Fault) -> Trouble {
    let remedy = match fault.kind {
        Kind::Missing => format!(
            "{}, in the region where clickops runs, or correct the name, version or label",
            write_it(reference).replace("--overwrite ", "")
        ),
        _ => fault.remedy(),
    };
    Trouble { reason: fault.to_string(), remedy }
}
