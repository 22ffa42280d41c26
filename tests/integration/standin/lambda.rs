//! Lambda: the built function, and the runtime API through which it is invoked.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use super::http::{Reply, Request, Server};

/// Nobody waits longer for a function.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came of an invocation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Answer(Value),
    Error(Value),
    /// The process ended.
    Died(ExitStatus),
}

impl Outcome {
    /// The answer of an invocation that has to have gone well.
    pub(crate) fn answer(self) -> Value {
        match self {
            Self::Answer(answer) => answer,
            other => panic!("no answer but {other:?}"),
        }
    }

    /// The error of an invocation that has to have failed.
    pub(crate) fn error(self) -> Value {
        match self {
            Self::Error(error) => error,
            other => panic!("no error but {other:?}"),
        }
    }
}

/// The name of an invocation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RequestId(String);

#[derive(Default)]
struct State {
    api: Mutex<Api>,
    changed: Condvar,
}

#[derive(Default)]
struct Api {
    begun: usize,
    waiting: VecDeque<(RequestId, Value, SystemTime)>,
    ended: BTreeMap<RequestId, Outcome>,
    /// Whether the function has asked for work.
    started: bool,
    closed: bool,
}

/// A function that runs. It is killed when this is dropped.
pub(crate) struct Function {
    _server: Server,
    state: Arc<State>,
    process: Child,
    output: Arc<Mutex<Vec<String>>>,
}

impl Function {
    /// Starts `command` as Lambda starts a function.
    pub(crate) fn start(mut command: Command) -> Self {
        let state = Arc::new(State::default());
        let serving = Arc::clone(&state);
        let server = Server::start(move |request| serving.reply(&request));
        let host = server.url().replace("http://", "");
        command
            .env("AWS_LAMBDA_RUNTIME_API", host)
            .env("AWS_LAMBDA_FUNCTION_NAME", "clickops")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let output: Arc<Mutex<Vec<String>>> = Arc::default();
        let (lines, written) = (BufReader::new(process.stdout.take().unwrap()), output.clone());
        std::thread::spawn(move || {
            for line in lines.lines() {
                written.lock().unwrap().push(line.unwrap());
            }
        });
        Self { _server: server, state, process, output }
    }

    /// Waits until the function asks for work; its start is over then.
    pub(crate) fn await_start(&mut self) {
        self.wait(|api| api.started.then_some(())).unwrap();
    }

    /// Invokes it, and waits for what comes of that.
    pub(crate) fn invoke(&mut self, event: Value) -> Outcome {
        let id = self.begin(event, Duration::from_secs(300));
        self.end(&id)
    }

    /// Invokes a function that is killed after `time`.
    pub(crate) fn begin(&self, event: Value, time: Duration) -> RequestId {
        let mut api = self.state.api.lock().unwrap();
        api.begun += 1;
        let id = RequestId(format!("{:08}-0000-4000-8000-000000000000", api.begun));
        api.waiting.push_back((id.clone(), event, SystemTime::now() + time));
        self.state.changed.notify_all();
        id
    }

    /// How often it was invoked.
    pub(crate) fn invocations(&self) -> usize {
        self.state.api.lock().unwrap().begun
    }

    /// What came of an invocation, once it is over.
    pub(crate) fn end(&mut self, id: &RequestId) -> Outcome {
        let ended = self.wait(|api| api.ended.remove(id));
        ended.unwrap_or_else(Outcome::Died)
    }

    /// Waits for something, or the end of the process.
    fn wait<T>(&mut self, mut look: impl FnMut(&mut Api) -> Option<T>) -> Result<T, ExitStatus> {
        let begun = Instant::now();
        let mut api = self.state.api.lock().unwrap();
        loop {
            if let Some(seen) = look(&mut api) {
                return Ok(seen);
            }
            if let Some(status) = self.process.try_wait().unwrap() {
                return Err(status);
            }
            assert!(begun.elapsed() < PATIENCE, "the function does nothing: {:?}", self.output);
            api = self.state.changed.wait_timeout(api, Duration::from_millis(10)).unwrap().0;
        }
    }

    /// Ends the process as Lambda ends one that takes too long.
    pub(crate) fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// The name of its process.
    #[allow(dead_code, reason = "benches/lambda.rs looks at its memory")]
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// What it has printed: log lines and metrics.
    pub(crate) fn output(&self) -> Vec<String> {
        self.output.lock().unwrap().clone()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.kill();
        self.state.api.lock().unwrap().closed = true;
        self.state.changed.notify_all();
    }
}

impl State {
    fn reply(&self, request: &Request) -> Reply {
        let path = request.path.strip_prefix("/2018-06-01/runtime/invocation/").unwrap();
        if path == "next" {
            assert_eq!(request.method, "GET");
            return self.next();
        }
        assert_eq!(request.method, "POST");
        let (id, what) = path.split_once('/').unwrap();
        let outcome = match what {
            "response" => Outcome::Answer(request.json()),
            "error" => Outcome::Error(request.json()),
            other => panic!("{other} is nothing to tell the runtime"),
        };
        let ended = self.api.lock().unwrap().ended.insert(RequestId(id.to_owned()), outcome);
        assert!(ended.is_none(), "{id} ended twice");
        self.changed.notify_all();
        Reply::Whole(202, Vec::new(), Vec::new())
    }

    /// The next invocation, once there is one.
    fn next(&self) -> Reply {
        let mut api = self.api.lock().unwrap();
        api.started = true;
        self.changed.notify_all();
        loop {
            if let Some((RequestId(id), event, deadline)) = api.waiting.pop_front() {
                let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap();
                let arn = "arn:aws:lambda:eu-west-1:111122223333:function:clickops";
                let headers = vec![
                    ("Lambda-Runtime-Aws-Request-Id", id),
                    ("Lambda-Runtime-Deadline-Ms", deadline.as_millis().to_string()),
                    ("Lambda-Runtime-Invoked-Function-Arn", arn.to_owned()),
                    ("Content-Type", "application/json".to_owned()),
                ];
                return Reply::Whole(200, headers, event.to_string().into_bytes());
            }
            if api.closed {
                return Reply::Hangup;
            }
            api = self.changed.wait(api).unwrap();
        }
    }
}
