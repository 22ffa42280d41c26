//! SSM as far as clickops uses it: parameters in memory behind the real protocol, with keys and
//! permissions that can be taken away, and faults at any request.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::http::{Reply, Request, Server};

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Too many requests in a second.
    Throttled,
    /// A 500.
    Server,
    /// No answer, for longer than a client waits.
    Silence,
    /// The connection ends.
    Hangup,
    /// The credentials are no longer valid.
    Expired,
}

impl Fault {
    fn reply(self) -> Reply {
        match self {
            Self::Throttled => error(400, "ThrottlingException", "Rate exceeded"),
            Self::Server => error(500, "InternalServerError", "try again"),
            Self::Silence => Reply::Silence(Duration::from_secs(2)),
            Self::Hangup => Reply::Hangup,
            Self::Expired => error(
                400,
                "ExpiredTokenException",
                "The security token included in the request is expired",
            ),
        }
    }
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::Json(status, json!({"__type": code, "message": message}))
}

/// What stands between a client and a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// No policy allows it.
    Policy,
    /// The policy of its key does not allow it.
    Key,
    /// Its key is gone.
    NoKey,
}

#[derive(Debug)]
struct Parameter {
    kind: &'static str,
    /// From version 1 on.
    values: Vec<String>,
    label: Option<(&'static str, usize)>,
    lock: Option<Lock>,
}

/// The service.
pub(crate) struct Ssm {
    server: Server,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    parameters: Mutex<BTreeMap<String, Parameter>>,
    faults: Mutex<VecDeque<Fault>>,
    requests: Mutex<Vec<Vec<String>>>,
}

const ARN: &str = "arn:aws:ssm:eu-west-1:111122223333:parameter/";

impl Ssm {
    pub(crate) fn start() -> Self {
        let state = Arc::new(State::default());
        let serving = Arc::clone(&state);
        Self { server: Server::start(move |request| serving.answer(&request)), state }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Writes a `SecureString`, or its next version.
    pub(crate) fn put(&self, name: &str, value: &str) {
        self.put_kind(name, value, "SecureString");
    }

    /// Writes a parameter of another kind.
    pub(crate) fn put_kind(&self, name: &str, value: &str, kind: &'static str) {
        let mut parameters = self.state.parameters.lock().unwrap();
        let empty = || Parameter { kind, values: Vec::new(), label: None, lock: None };
        parameters.entry(name.to_owned()).or_insert_with(empty).values.push(value.to_owned());
    }

    /// Puts a label on a version.
    pub(crate) fn label(&self, name: &str, label: &'static str, version: usize) {
        self.with(name, |parameter| parameter.label = Some((label, version)));
    }

    /// Locks a parameter, or unlocks it.
    pub(crate) fn lock(&self, name: &str, lock: Option<Lock>) {
        self.with(name, |parameter| parameter.lock = lock);
    }

    pub(crate) fn remove(&self, name: &str) {
        self.state.parameters.lock().unwrap().remove(name);
    }

    /// The next requests go wrong like this, one after the other.
    pub(crate) fn fail(&self, faults: &[Fault]) {
        self.state.faults.lock().unwrap().extend(faults);
    }

    /// The names in each request since this was last asked.
    pub(crate) fn requests(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut self.state.requests.lock().unwrap())
    }

    fn with(&self, name: &str, act: impl FnOnce(&mut Parameter)) {
        act(self.state.parameters.lock().unwrap().get_mut(name).unwrap());
    }
}

impl State {
    fn answer(&self, request: &Request) -> Reply {
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/"));
        assert_eq!(request.header("x-amz-target"), "AmazonSSM.GetParameters");
        assert!(request.header("authorization").contains("/eu-west-1/ssm/aws4_request"));
        let body = request.json();
        assert_eq!(body["WithDecryption"], true, "ciphertext is no secret");
        let names = body["Names"].as_array().unwrap().iter();
        let names: Vec<_> = names.map(|name| name.as_str().unwrap().to_owned()).collect();
        self.requests.lock().unwrap().push(names.clone());
        if let Some(fault) = self.faults.lock().unwrap().pop_front() {
            return fault.reply();
        }
        let different: BTreeSet<_> = names.iter().collect();
        if !(1..=10).contains(&names.len()) || different.len() != names.len() {
            return error(400, "ValidationException", "Names has 1 to 10 different members");
        }
        let parameters = self.parameters.lock().unwrap();
        let (mut found, mut invalid) = (Vec::new(), Vec::new());
        for asked in &names {
            let (name, selector) = split(asked);
            let Some(parameter) = parameters.get(name) else {
                invalid.push(asked.clone());
                continue;
            };
            match parameter.lock {
                None => {}
                Some(Lock::Policy) => {
                    return error(
                        400,
                        "AccessDeniedException",
                        "User: arn:aws:sts::111122223333:assumed-role/x/y is not authorized to \
                         perform: ssm:GetParameters on resource",
                    );
                }
                Some(Lock::Key) => {
                    return error(
                        400,
                        "AccessDeniedException",
                        "The ciphertext refers to a customer master key that does not exist, does \
                         not exist in this region, or you are not allowed to access.",
                    );
                }
                Some(Lock::NoKey) => return error(400, "InvalidKeyId", "key is disabled"),
            }
            match version(parameter, selector) {
                Some(version) => found.push(shown(name, selector, parameter, version)),
                None => invalid.push(asked.clone()),
            }
        }
        Reply::Json(200, json!({"Parameters": found, "InvalidParameters": invalid}))
    }
}

/// A name without its ARN, and the version or label behind it.
fn split(asked: &str) -> (&str, Option<&str>) {
    let name = asked.strip_prefix(ARN.trim_end_matches('/')).unwrap_or(asked);
    name.split_once(':').map_or((name, None), |(name, selector)| (name, Some(selector)))
}

fn version(parameter: &Parameter, selector: Option<&str>) -> Option<usize> {
    let version = match (selector, parameter.label) {
        (None, _) => parameter.values.len(),
        (Some(text), Some((label, version))) if text == label => version,
        (Some(text), _) => text.parse().ok()?,
    };
    (1..=parameter.values.len()).contains(&version).then_some(version)
}

fn shown(name: &str, selector: Option<&str>, parameter: &Parameter, version: usize) -> Value {
    let mut shown = json!({
        "Name": name,
        "ARN": format!("{ARN}{}", name.trim_start_matches('/')),
        "Type": parameter.kind,
        "Value": parameter.values[version - 1],
        "Version": version,
        "DataType": "text",
    });
    if let Some(selector) = selector {
        shown["Selector"] = format!(":{selector}").into();
    }
    shown
}
