//! A workflow of Microsoft Teams with the trigger "When a Teams webhook request is received". It is
//! stricter than Teams about what is in a card: Teams takes one that it cannot show, and nobody
//! hears of it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::{Reply, Request, Server};
use super::moods::Moods;

pub(crate) use super::moods::Fault;

mod elements;
pub(crate) mod judge;
pub(crate) mod live;

pub(crate) use judge::{Refusal, examine, judge};
pub(crate) use live::live;

/// The path of the trigger, and what its address ends in.
const FLOW: &str = "/workflows/hush/triggers/manual/paths/invoke?api-version=2016-06-01";
const SIGNATURE: &str = "&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=hush";

/// A card that is now in the channel.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) at: Instant,
    pub(crate) body: Value,
}

/// The service.
pub(crate) struct Teams {
    server: Server,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    moods: Moods,
    taken: Mutex<Vec<Taken>>,
    refused: Mutex<Vec<Refusal>>,
}

impl Teams {
    pub(crate) fn start() -> Self {
        let state = Arc::new(State::default());
        let serving = Arc::clone(&state);
        Self { server: Server::start(move |request| serving.answer(&request)), state }
    }

    /// The address of the workflow, which nobody else may learn.
    pub(crate) fn url(&self) -> String {
        format!("{}{FLOW}{SIGNATURE}", self.server.url())
    }

    /// What a shell leaves of it that was not told to take it as it is.
    pub(crate) fn url_until_ampersand(&self) -> String {
        format!("{}{FLOW}", self.server.url())
    }

    /// The next requests are answered like this, one after the other.
    pub(crate) fn fail(&self, faults: &[Fault]) {
        self.state.moods.fail(faults);
    }

    /// From now on requests are taken no faster than Teams takes them: four a second.
    pub(crate) fn limit(&self) {
        self.state.moods.limit(Duration::from_millis(250), 4);
    }

    /// What was taken since this was last asked.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        std::mem::take(&mut self.state.taken.lock().unwrap())
    }

    /// What the judge refused since this was last asked.
    pub(crate) fn refused(&self) -> Vec<Refusal> {
        std::mem::take(&mut self.state.refused.lock().unwrap())
    }
}

impl State {
    fn answer(&self, request: &Request) -> Reply {
        self.moods.answer(|| {
            let error = |status: u16, code: &str| {
                let body = format!("{{\"error\":{{\"code\":\"{code}\",\"message\":\"hush\"}}}}");
                Reply::Whole(status, Vec::new(), body.into_bytes())
            };
            match request.path.strip_prefix(FLOW) {
                None => return error(404, "WorkflowNotFound"),
                Some(SIGNATURE) => {}
                Some(_) => return error(401, "DirectApiAuthorizationRequired"),
            }
            if request.method != "POST" || request.header("content-type") != "application/json" {
                return error(400, "TriggerInputSchemaMismatch");
            }
            match examine(&String::from_utf8_lossy(&request.body)) {
                Ok(body) => {
                    self.taken.lock().unwrap().push(Taken { at: Instant::now(), body });
                    Reply::Whole(202, Vec::new(), Vec::new())
                }
                Err(refusal) => {
                    let status = if refusal.code == judge::TOO_LARGE { 413 } else { 400 };
                    let answer = error(status, refusal.code);
                    self.refused.lock().unwrap().push(refusal);
                    answer
                }
            }
        })
    }
}
