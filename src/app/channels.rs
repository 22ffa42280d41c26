//! The wiring of channels: what each sink is made of.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::App;
use crate::config::Channel;
use crate::secret::Secrets;
use crate::sink::Sink;
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
        let sink = |channel: &Channel| -> Box<dyn Sink> {
            match channel {
                Channel::Terminal => Box::new(Terminal::stdout()),
                Channel::Webhook(settings) => {
                    Box::new(Webhook::new(settings.clone(), Arc::clone(&self.secrets)))
                }
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
