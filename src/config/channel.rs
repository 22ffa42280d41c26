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
    /// An incoming webhook of Slack.
    Slack(SlackWebhook),
    /// A bot of a Slack app.
    SlackBot(SlackBot),
    /// A workflow of Microsoft Teams.
    Teams(Teams),
    /// A service that takes JSON.
    Webhook(Webhook),
}

/// An incoming webhook of Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackWebhook {
    /// Its address, which whoever has it can write to.
    pub url: Reference,
}

/// A bot of a Slack app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackBot {
    /// Its token.
    pub token: Reference,
    /// The channel that it writes into: an id such as `C0123ABC`, or a name such as `#platform`.
    pub channel: String,
}

/// A workflow of Microsoft Teams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teams {
    /// Its address, which whoever has it can write to.
    pub url: Reference,
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
            Self::Slack(slack) => vec![&slack.url],
            Self::SlackBot(bot) => vec![&bot.token],
            Self::Teams(teams) => vec![&teams.url],
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

/// The name of the channel that is marked as the default, else of the first one, else of the
/// terminal.
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

/// The kinds of sinks, and the keys that each takes besides those of every channel.
const SINKS: [(&str, &[&str]); 5] = [
    ("terminal", &[]),
    ("slack", &["url"]),
    ("slack-bot", &["token", "channel"]),
    ("teams", &["url"]),
    ("webhook", &["url", "secret"]),
];

/// A channel as it is written, and what is wrong with its keys.
struct Keys<'a>(&'a file::Channel);

impl Keys<'_> {
    fn wrong(&self, key: &str, reason: impl Into<String>, hint: impl Into<String>) -> ConfigError {
        let key = format!("channel.{}.{key}", self.0.name);
        ConfigError::Value { key, reason: reason.into(), hint: hint.into() }
    }

    /// There is no key that means nothing for such a sink.
    fn only(&self, keys: &[&str]) -> Result<(), ConfigError> {
        let Self(written) = self;
        let set = [
            ("url", &written.url),
            ("secret", &written.secret),
            ("token", &written.token),
            ("channel", &written.channel),
        ];
        let Some((key, _)) =
            set.into_iter().find(|(key, value)| value.is_some() && !keys.contains(key))
        else {
            return Ok(());
        };
        let takers = SINKS.iter().filter(|(_, keys)| keys.contains(&key));
        let takers: Vec<_> = takers.map(|(sink, _)| format!("sink = \"{sink}\"")).collect();
        let reason = format!("means nothing for sink = \"{}\"", written.sink);
        Err(self.wrong(key, reason, format!("Leave it out, or write {}.", takers.join(" or "))))
    }

    fn secret(&self, key: &str, text: &str) -> Result<Reference, ConfigError> {
        text.parse::<Reference>().map_err(|error| self.wrong(key, error.to_string(), error.hint()))
    }

    fn needed(&self, key: &str, text: Option<&str>) -> Result<Reference, ConfigError> {
        match text {
            Some(text) => self.secret(key, text),
            None => {
                let hint = format!("Say where it is kept, as in {key} = \"ssm:/clickops/{key}\".");
                Err(self.wrong(key, "is missing", hint))
            }
        }
    }

    /// The id or the name of a Slack channel; what else somebody wrote may be a secret.
    fn channel(&self) -> Result<String, ConfigError> {
        let hint = "Write its id, \"C0123ABC\" (at the end of the channel's details in Slack), or \
                    its name, \"#platform\".";
        match self.0.channel.as_deref() {
            None => Err(self.wrong("channel", "is missing", hint)),
            Some(text) if is_slack_channel(text) => Ok(text.to_owned()),
            Some(_) => Err(self.wrong("channel", "names no channel of Slack", hint)),
        }
    }
}

/// Slack's rules for names of channels; ids are within them, and tokens would be.
fn is_slack_channel(text: &str) -> bool {
    let name = text.strip_prefix('#').unwrap_or(text);
    let good = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=80).contains(&name.chars().count())
        && name.chars().all(good)
        && !["xox", "xapp-"].iter().any(|start| name.to_lowercase().starts_with(start))
}

fn channel(written: &file::Channel) -> Result<Channel, ConfigError> {
    let keys = Keys(written);
    let Some((sink, taken)) = SINKS.iter().find(|(name, _)| *name == written.sink) else {
        let names = SINKS.map(|(name, _)| name);
        let mut hint = format!("There are: {}.", names.join(", "));
        if let Some(near) = crate::nearest(&written.sink, &names) {
            hint.push_str(&format!(" Did you mean '{near}'?"));
        }
        // Without a word of it: somebody may have written an address there.
        return Err(keys.wrong("sink", "names no kind of sink", hint));
    };
    keys.only(taken)?;
    let url = || keys.needed("url", written.url.as_deref());
    match *sink {
        "slack" => Ok(Channel::Slack(SlackWebhook { url: url()? })),
        "slack-bot" => Ok(Channel::SlackBot(SlackBot {
            token: keys.needed("token", written.token.as_deref())?,
            channel: keys.channel()?,
        })),
        "teams" => Ok(Channel::Teams(Teams { url: url()? })),
        "webhook" => Ok(Channel::Webhook(Webhook {
            url: url()?,
            key: written.secret.as_deref().map(|text| keys.secret("secret", text)).transpose()?,
        })),
        _ => Ok(Channel::Terminal),
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

    fn channel(keys: &str) -> Result<Channel, String> {
        let config = load(&format!("[[channel]]\nname = 'x'\n{keys}"))?;
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
    fn each_sink_takes_its_own_keys() {
        let written = [
            ("url", "url = 'env:U'"),
            ("secret", "secret = 'env:S'"),
            ("token", "token = 'env:T'"),
            ("channel", "channel = '#platform'"),
        ];
        let line = |key: &str| written.iter().find(|(name, _)| *name == key).unwrap().1;
        for (sink, keys) in SINKS {
            let good: Vec<_> = keys.iter().map(|key| line(key)).collect();
            let good = format!("sink = '{sink}'\n{}", good.join("\n"));
            let secrets = keys.iter().filter(|key| **key != "channel").count();
            assert_eq!(channel(&good).unwrap().secrets().len(), secrets, "{good}");
            for (key, line) in written.iter().filter(|(key, _)| !keys.contains(key)) {
                let error = channel(&format!("{good}\n{line}")).unwrap_err();
                assert!(error.starts_with(&format!("channel.x.{key}: means nothing")), "{error}");
                assert!(error.contains(sink), "{error}");
            }
            for key in keys.iter().filter(|key| **key != "secret") {
                let error = channel(&good.replace(line(key), "")).unwrap_err();
                assert!(error.starts_with(&format!("channel.x.{key}: is missing")), "{error}");
            }
        }
    }

    #[test]
    fn a_sink_that_is_none_is_told_what_there_is() {
        let error = channel("sink = 'slakc'").unwrap_err();
        assert!(error.contains("terminal, slack, slack-bot, teams, webhook."), "{error}");
        assert!(error.contains("Did you mean 'slack'?"), "{error}");
        let error = channel("sink = 'https://hooks.slack.com/hush'").unwrap_err();
        assert!(error.starts_with("channel.x.sink: ") && !error.contains("hush"), "{error}");
    }

    #[test]
    fn a_bot_writes_into_a_channel_and_its_token_is_elsewhere() {
        let bot = |channel: &str, token: &str| {
            let keys = format!("sink = 'slack-bot'\nchannel = '{channel}'\ntoken = '{token}'");
            self::channel(&keys)
        };
        for name in ["C0123ABC", "#platform", "#équipe-cloud_2", "platform"] {
            let Channel::SlackBot(bot) = bot(name, "ssm:/a").unwrap() else { panic!("{name}") };
            assert_eq!(bot.channel, name);
        }
        for (name, token, key) in [
            ("xoxb-1-hush", "ssm:/a", "channel"),
            ("xoxe.xoxb-hush", "ssm:/a", "channel"),
            ("XAPP-hush", "ssm:/a", "channel"),
            ("https://hooks.slack.com/services/hush", "ssm:/a", "channel"),
            ("#", "ssm:/a", "channel"),
            ("two hush", "ssm:/a", "channel"),
            ("#a", "xoxb-1-hush", "token"),
        ] {
            let error = bot(name, token).unwrap_err();
            assert!(error.starts_with(&format!("channel.x.{key}: ")), "{error}");
            assert!(!error.to_lowercase().contains("hush"), "{error}");
        }
        let error = load("[[channel]]\nname = 'x'\ntoken = 'xoxb-hush' 'hush'").unwrap_err();
        assert!(error.contains('…') && !error.contains("hush"), "{error}");
    }

    #[test]
    fn one_channel_is_the_default() {
        let names = |text: &str| load(text).map(|config| config.default_channel);
        let a = "[[channel]]\nname = 'a'\nsink = 'terminal'\n";
        let b = "[[channel]]\nname = 'b'\nsink = 'terminal'\n";
        let marked = "default = true\n";
        for (text, expected) in [
            (String::new(), "terminal"),
            (format!("{b}{a}"), "b"),
            (format!("{b}{a}{marked}"), "a"),
            (format!("{b}default = false\n{a}"), "b"),
        ] {
            assert_eq!(names(&text).as_deref(), Ok(expected), "{text}");
        }
        let error = names(&format!("{a}{marked}{b}{marked}")).unwrap_err();
        assert!(error.starts_with("channel.b.default: 'a' is the default already"), "{error}");
    }
}
