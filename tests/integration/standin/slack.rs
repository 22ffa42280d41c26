//! Slack: an incoming webhook, and the two methods of the Web API that a bot needs to write into a
//! channel. It is stricter than Slack about what is in a message.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::{Reply, Request, Server};
use super::moods::Moods;

pub(crate) use super::moods::Fault;

pub(crate) mod judge;
pub(crate) mod live;
mod objects;

pub(crate) use judge::{Refusal, examine, judge};
pub(crate) use live::live;

/// The bot's token.
pub(crate) const TOKEN: &str = "xoxb-1-hush";

/// The channel that the bot is in, by its id and its name.
pub(crate) const CHANNEL: (&str, &str) = ("C0123ABC", "#platform");

const HOOK: &str = "/services/T0HUSH/B0HUSH/hush";

/// A message that is now in the channel.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) at: Instant,
    pub(crate) body: Value,
    /// The message that it is under.
    pub(crate) under: Option<String>,
    /// Its name, which the bot is told and a webhook is not.
    pub(crate) ts: String,
}

/// The service.
pub(crate) struct Slack {
    server: Server,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    moods: Moods,
    taken: Mutex<Vec<Taken>>,
    refused: Mutex<Vec<Refusal>>,
    /// Messages that others can be under.
    threads: Mutex<Vec<String>>,
    scopes: Mutex<Option<&'static str>>,
    number: AtomicU32,
}

impl Fault {
    /// What an incoming webhook answers, by its word for it.
    pub(crate) fn hook(code: &str) -> Self {
        Self::Status(status(code), Vec::new(), code.to_owned())
    }

    /// What the Web API answers, by its word for it.
    pub(crate) fn api(code: &str) -> Self {
        Self::Status(200, Vec::new(), json!({ "ok": false, "error": code }).to_string())
    }
}

/// <https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>
fn status(code: &str) -> u16 {
    match code {
        "action_prohibited"
        | "invalid_token"
        | "posting_to_general_channel_denied"
        | "team_disabled" => 403,
        "channel_not_found" | "no_active_hooks" | "no_service" | "no_service_id" | "no_team" => 404,
        "channel_is_archived" => 410,
        "rollup_error" => 500,
        _ => 400,
    }
}

impl Slack {
    pub(crate) fn start() -> Self {
        let state = Arc::new(State::default());
        let serving = Arc::clone(&state);
        Self { server: Server::start(move |request| serving.answer(&request)), state }
    }

    /// The address of the webhook, which nobody else may learn.
    pub(crate) fn hook_url(&self) -> String {
        format!("{}{HOOK}", self.server.url())
    }

    /// Where the methods of the Web API are.
    pub(crate) fn api_url(&self) -> String {
        format!("{}/api/", self.server.url())
    }

    /// The next requests are answered like this, one after the other.
    pub(crate) fn fail(&self, faults: &[Fault]) {
        self.state.moods.fail(faults);
    }

    /// From now on one request is taken each such time, and so many at once.
    pub(crate) fn limit(&self, every: Duration, burst: u32) {
        self.state.moods.limit(every, burst);
    }

    /// Somebody deletes a message: no other can be under it any more.
    pub(crate) fn delete(&self, ts: &str) {
        self.state.threads.lock().unwrap().retain(|one| one != ts);
    }

    /// What the token is for, in place of all that is needed.
    pub(crate) fn scopes(&self, scopes: &'static str) {
        *self.state.scopes.lock().unwrap() = Some(scopes);
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
        self.moods.answer(|| match request.path.as_str() {
            HOOK => match self.hook(request) {
                Ok(()) => Reply::Whole(200, Vec::new(), b"ok".to_vec()),
                Err(code) => Reply::Whole(status(code), Vec::new(), code.into()),
            },
            path => {
                let answer = match path {
                    "/api/chat.postMessage" => self.post(request),
                    "/api/auth.test" => self.authorized(request).map(|()| json!({})),
                    _ => return Reply::Whole(404, Vec::new(), b"no_service".to_vec()),
                };
                self.method(answer)
            }
        })
    }

    fn method(&self, answer: Result<Value, &'static str>) -> Reply {
        let answer = match answer {
            Ok(mut value) => {
                value["ok"] = true.into();
                value
            }
            Err(code) => json!({ "ok": false, "error": code }),
        };
        let scopes = self.scopes.lock().unwrap().unwrap_or("chat:write,chat:write.public");
        let headers = vec![
            ("Content-Type", "application/json; charset=utf-8".to_owned()),
            ("X-OAuth-Scopes", scopes.to_owned()),
        ];
        Reply::Whole(200, headers, answer.to_string().into_bytes())
    }

    fn hook(&self, request: &Request) -> Result<(), &'static str> {
        let body = self.message(request, &[]).map_err(|refusal| refusal.code)?;
        self.take(body, None);
        Ok(())
    }

    fn authorized(&self, request: &Request) -> Result<(), &'static str> {
        match request.header("authorization").strip_prefix("Bearer ") {
            _ if request.method != "POST" => Err("method_not_supported"),
            None => Err("not_authed"),
            Some(TOKEN) => Ok(()),
            Some(_) => Err("invalid_auth"),
        }
    }

    fn post(&self, request: &Request) -> Result<Value, &'static str> {
        self.authorized(request)?;
        let own = ["channel", "thread_ts", "reply_broadcast"];
        let body = self.message(request, &own).map_err(|refusal| refusal.code)?;
        match body["channel"].as_str() {
            Some(channel) if channel == CHANNEL.0 || channel == CHANNEL.1 => {}
            _ => return Err("channel_not_found"),
        }
        let under = body["thread_ts"].as_str().map(str::to_owned);
        if let Some(ts) = &under
            && !self.threads.lock().unwrap().contains(ts)
        {
            return Err("thread_not_found");
        }
        let ts = self.take(body.clone(), under);
        // All of it, as Slack has it.
        Ok(json!({ "message": body, "channel": CHANNEL.0, "ts": ts }))
    }

    /// The message in a request, if it is one that Slack takes.
    fn message(&self, request: &Request, own: &[&str]) -> Result<Value, Refusal> {
        let judged = match request.header("content-type").starts_with("application/json") {
            true => examine(&String::from_utf8_lossy(&request.body), own),
            false => {
                let why = request.header("content-type").to_owned();
                Err(Refusal { code: "invalid_payload", why })
            }
        };
        judged.inspect_err(|Refusal { code, why }| {
            self.refused.lock().unwrap().push(Refusal { code, why: why.clone() });
        })
    }

    fn take(&self, body: Value, under: Option<String>) -> String {
        let ts = format!("1764000000.{:06}", self.number.fetch_add(1, Ordering::Relaxed));
        self.threads.lock().unwrap().push(ts.clone());
        let taken = Taken { at: Instant::now(), body, under, ts: ts.clone() };
        self.taken.lock().unwrap().push(taken);
        ts
    }
}
