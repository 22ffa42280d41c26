//! In the place of SSM, for builds without AWS.

use std::collections::BTreeMap;

use super::error::Trouble;
use super::{Found, Reference, SecretError};

/// No parameters.
#[derive(Debug, Default)]
pub(super) struct Parameters;

impl Parameters {
    pub(super) async fn get(
        &self,
        names: &[&str],
    ) -> BTreeMap<Reference, Result<Found, SecretError>> {
        let without = |name: &&str| {
            let reference = Reference::Ssm((*name).to_owned());
            let trouble = Trouble {
                reason: "this build cannot talk to SSM".to_owned(),
                remedy: "use env: or file:, or build it with the feature `aws`".to_owned(),
            };
            (reference.clone(), Err(SecretError::of(&reference, trouble)))
        };
        names.iter().map(without).collect()
    }
}
