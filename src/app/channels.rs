//! The wiring of channels: what each sink is made of.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::App;
use crate::config::Channel;
use crate::secret::Secrets;
use crate::sink::Sink;
use crate::sink::slack_bot::{API_VARIABLE, SlackBot};
use crate::sink::slack_webhook::SlackWebhook;
use crate::sink::teams::Teams;
use crate::sink::terminal::Terminal;
use crate::sink::webhook::Webhook;

impl App {
    /// The same, with secrets that are looked up in a way of their own, or shared with others.
    #[must_use]
    pub fn with_secrets(self, secrets: Arc<Secrets>) -> Self {
        Self { secrets, ..self }
    }

    /// The secrets of the config.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The channels by name. Their secrets are looked up when a message goes out.
    pub fn channels(&self) -> BTreeMap<String, Box<dyn Sink>> {
        let secrets = || Arc::clone(&self.secrets);
        let sink = |channel: &Channel| -> Box<dyn Sink> {
            match channel {
                Channel::Terminal => Box::new(Terminal::stdout()),
                Channel::Slack(settings) => {
                    Box::new(SlackWebhook::new(settings.clone(), secrets()))
                }
                Channel::SlackBot(settings) => {
                    let bot = SlackBot::new(settings.clone(), secrets());
                    Box::new(match std::env::var(API_VARIABLE) {
                        Ok(api) => bot.with_api(&api),
                        Err(_) => bot,
                    })
                }
                Channel::Teams(settings) => Box::new(Teams::new(settings.clone(), secrets())),
                Channel::Webhook(settings) => Box::new(Webhook::new(settings.clone(), secrets())),
            }
        };
        self.config.channels.iter().map(|(name, channel)| (name.clone(), sink(channel))).collect()
    }

    /// The channels by name, where each only prints here what it would get.
    pub fn channels_on_trial(&self) -> BTreeMap<String, Box<dyn Sink>> {
        let sink = || -> Box<dyn Sink> { Box::new(Terminal::stdout()) };
        self.config.channels.keys().map(|name| (name.clone(), sink())).collect()
    }
}
