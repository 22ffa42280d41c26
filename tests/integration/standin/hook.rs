//! A service that takes messages as a webhook: it answers as it is told, and remembers what it got.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::http::{Reply, Request, Server};

/// How a request is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// With a status and headers.
    Status(u16, Vec<(&'static str, String)>),
    /// Not at all: the connection ends.
    Hangup,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        Self::Status(status, Vec::new())
    }
}

/// What came in a request.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Posted {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The service.
pub(crate) struct Hook {
    server: Server,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    answers: Mutex<VecDeque<Answer>>,
    posted: Mutex<Vec<Posted>>,
}

impl Hook {
    pub(crate) fn start() -> Self {
        let state = Arc::new(State::default());
        let serving = Arc::clone(&state);
        Self { server: Server::start(move |request| serving.answer(&request)), state }
    }

    /// The address, which nobody else may learn.
    pub(crate) fn url(&self) -> String {
        format!("{}/hush?sig=hush", self.server.url())
    }

    /// The next requests are answered like this, one after the other; later ones with 200.
    pub(crate) fn answer(&self, answers: &[Answer]) {
        self.state.answers.lock().unwrap().extend(answers.iter().cloned());
    }

    /// What came since this was last asked, however it was answered.
    pub(crate) fn posted(&self) -> Vec<Posted> {
        std::mem::take(&mut self.state.posted.lock().unwrap())
    }
}

impl State {
    fn answer(&self, request: &Request) -> Reply {
        assert_eq!(request.method, "POST");
        self.posted.lock().unwrap().push(Posted {
            path: request.path.clone(),
            headers: request.headers(""),
            body: String::from_utf8(request.body.clone()).unwrap(),
        });
        match self.answers.lock().unwrap().pop_front() {
            None => Reply::Whole(200, Vec::new(), b"hush".to_vec()),
            Some(Answer::Status(status, headers)) => {
                Reply::Whole(status, headers, b"hush".to_vec())
            }
            Some(Answer::Hangup) => Reply::Hangup,
        }
    }
}
