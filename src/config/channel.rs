//! `[[channel]]`: where messages go.

use std::collections::BTreeMap;

use super::ConfigError;
use super::file::{self, File};
use crate::secret::Reference;

/// The kind of service behind a channel, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channel {
    /// Standard output.
    Terminal,
    /// A service that takes JSON.
    Webhook(Webhook),
}

/// A service that takes JSON, by HTTPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its address, which whoever has it can write to.
    pub url: Reference,
    /// The key that messages are signed with; without one they are not.
    pub key: Option<Reference>,
}

impl Channel {
    /// The secrets that it needs.
    pub fn secrets(&self) -> Vec<&Reference> {
        match self {
            Self::Terminal => Vec::new(),
            Self::Webhook(webhook) => {
                [Some(&webhook.url), webhook.key.as_ref()].into_iter().flatten().collect()
            }
        }
    }
}

/// The channels of a file, and the terminal.
pub(super) fn channels(file: &File) -> Result<BTreeMap<String, Channel>, ConfigError> {
    let mut channels = BTreeMap::from([("terminal".to_owned(), Channel::Terminal)]);
    for written in &file.channel {
        let channel = channel(written)?;
        if channels.insert(written.name.clone(), channel).is_some() && written.name != "terminal" {
            return Err(ConfigError::Value {
                key: "channel.name".to_owned(),
                reason: format!("'{}' is there twice", written.name),
                hint: "Give every [[channel]] a name of its own.".to_owned(),
            });
        }
    }
    Ok(channels)
}

/// The channel that hears what no report shows: the one marked so, else the first one written, else
/// the terminal.
pub(super) fn default(written: &[file::Channel]) -> Result<String, ConfigError> {
    let mut marked = written.iter().filter(|channel| channel.default);
    let first = marked.next();
    if let (Some(first), Some(second)) = (first, marked.next()) {
        return Err(ConfigError::Value {
            key: format!("channel.{}.default", second.name),
            reason: format!("'{}' is the default already", first.name),
            hint: "Leave `default = true` at one [[channel]].".to_owned(),
        });
    }
    let channel = first.or(written.first());
    Ok(channel.map_or("terminal", |channel| &channel.name).to_owned())
}

fn channel(written: &file::Channel) -> Result<Channel, ConfigError> {
    let wrong = |key: &str, reason: String, hint: &str| ConfigError::Value {
        key: format!("channel.{}.{key}", written.name),
        reason,
        hint: hint.to_owned(),
    };
    let reference = |key: &str, text: &str| {
        text.parse::<Reference>().map_err(|error| wrong(key, error.to_string(), error.hint()))
    };
    match written.sink.as_str() {
        "terminal" => {
            let set = [("url", &written.url), ("secret", &written.secret)];
            match set.into_iter().find(|(_, text)| text.is_some()) {
                Some((key, _)) => {
                    let reason = "means nothing for a terminal".to_owned();
                    Err(wrong(key, reason, "Leave it out, or write sink = \"webhook\"."))
                }
                None => Ok(Channel::Terminal),
            }
        }
        "webhook" => {
            let url = written.url.as_deref().ok_or_else(|| {
                let hint = "Say where its address is kept, as in url = \"ssm:/clickops/webhook\".";
                wrong("url", "is missing".to_owned(), hint)
            })?;
            let key = written.secret.as_deref();
            Ok(Channel::Webhook(Webhook {
                url: reference("url", url)?,
                key: key.map(|text| reference("secret", text)).transpose()?,
            }))
        }
        other => Err(wrong(
            "sink",
            format!("'{}' is no kind of sink", other.escape_debug()),
            "There are: terminal, webhook.",
        )),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::Config;
    use super::*;

    fn load(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clickops.toml");
        std::fs::write(&path, text).unwrap();
        let config = Config::load(Some(&path), []);
        config.map_err(|error| format!("{error} {}", error.hint().unwrap_or_default()))
    }

    fn webhook(keys: &str) -> Result<Channel, String> {
        let config = load(&format!("[[channel]]\nname = 'x'\nsink = 'webhook'\n{keys}"))?;
        Ok(config.channels["x"].clone())
    }

    #[test]
    fn a_webhook_names_its_secrets() {
        let channel = webhook("url = 'ssm:/a/url'\nsecret = 'env:KEY'").unwrap();
        let secrets: Vec<_> = channel.secrets().into_iter().map(ToString::to_string).collect();
        assert_eq!(secrets, ["ssm:/a/url", "env:KEY"]);
    }

    #[test]
    fn a_file_is_meant_from_where_the_config_lies() {
        for (written, inside) in [("file:url", true), ("file:/run/url", false)] {
            let Channel::Webhook(webhook) = webhook(&format!("url = '{written}'")).unwrap() else {
                panic!("{written} makes no webhook")
            };
            let Reference::File(path) = webhook.url else { panic!("{written} is no file") };
            assert_eq!(path != std::path::Path::new("/run/url"), inside, "{path:?}");
            assert!(path.is_absolute() && path.ends_with("url"), "{path:?}");
        }
    }

    #[test]
    fn a_secret_itself_is_refused_without_a_word_of_it() {
        for (keys, key) in [
            ("url = 'https://hooks.example.com/hush'", "channel.x.url: "),
            ("url = 'ssm:/a'\nsecret = 'hush'", "channel.x.secret: "),
            ("url = 'file:'", "channel.x.url: "),
            ("", "channel.x.url: is missing"),
        ] {
            let error = webhook(keys).unwrap_err();
            assert!(error.starts_with(key), "{keys}: {error}");
            assert!(!error.contains("hush"), "{error}");
        }
    }

    #[test]
    fn a_line_that_the_reader_of_toml_shows_holds_no_secret() {
        for keys in [
            "ulr = 'https://hooks.example.com/hush'",
            "url = 'https://hooks.example.com/hush' x",
            "url = ['https://hooks.example.com/hush', \"http://b/hush\"]",
            "secrte = 'hush'",
            "secret = hush",
            "url = 'env:X'\nsecret = 'hush' 'hush' = hush",
            "[[report]]\nwebhook = 'https://hooks.example.com/hush'",
        ] {
            let error = webhook(keys).unwrap_err();
            assert!(error.contains(" | ") && error.contains('…'), "{error}");
            assert!(!error.contains("hush"), "{error}");
        }
        let error = load("[store]\nta = 's3://bucket/x'").unwrap_err();
        assert!(error.contains("'s3://bucket/x'"), "{error}");
    }

    #[test]
    fn a_terminal_has_no_address() {
        let error = load("[[channel]]\nname = 'x'\nsink = 'terminal'\nurl = 'env:X'").unwrap_err();
        assert!(error.starts_with("channel.x.url: means nothing"), "{error}");
        let error = load("[[channel]]\nname = 'x'\nsink = 'pager'").unwrap_err();
        assert!(error.contains("There are: terminal, webhook."), "{error}");
    }
}
