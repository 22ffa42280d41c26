//! Who asks AWS, as far as can be told without asking it.

use aws_sdk_s3::config::ProvideCredentials as _;

use super::{Access, chain};

/// Whose credentials requests are signed with, and where they go.
#[derive(Debug)]
pub(crate) struct Identity {
    /// The access key's id, which is no secret.
    pub(crate) key: String,
    /// The account, where the credentials tell.
    pub(crate) account: Option<String>,
    /// The region.
    pub(crate) region: Option<String>,
}

impl Access {
    /// Gets credentials as a client would.
    ///
    /// # Errors
    /// Why there are none.
    pub(crate) async fn identity(&self) -> Result<Identity, String> {
        let shared = self.config().await;
        let nowhere = || "no place is known where they could be".to_owned();
        let provider = shared.credentials_provider().ok_or_else(nowhere)?;
        let found = provider.provide_credentials().await.map_err(|error| chain(&error))?;
        Ok(Identity {
            key: found.access_key_id().to_owned(),
            account: found.account_id().map(|id| id.as_str().to_owned()),
            region: shared.region().map(ToString::to_string),
        })
    }
}
