//! Athena as far as clickops uses it: the real protocol, with statements run by the embedded engine
//! over a folder that is laid out like the bucket. Faults, queues and endings can be ordered.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clickops::table::TableShape;
use serde_json::{Value, json};

use self::bucket::Bucket;
use self::catalogue::{Catalogue, Entry};
use self::execution::Execution;
pub(crate) use self::execution::{End, Failed};
use self::saved::Saved;
use super::http::{Reply, Request, Server};

mod bucket;
mod catalogue;
mod execution;
mod metadata;
mod saved;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Too many requests in a second.
    Throttled,
    /// No place in the queue.
    QueueFull,
    /// A 500.
    Server,
    /// A 503 without a word.
    Unavailable,
    /// No answer, for longer than a client waits.
    Silence,
    /// The connection ends.
    Hangup,
    /// The request is carried out, and the answer is lost.
    LostAnswer,
    /// The credentials do not allow it.
    Denied,
    /// Glue, whom Athena asks, does not allow it.
    GlueDenied,
    /// The credentials are no longer valid.
    Expired,
}

impl Fault {
    fn reply(self) -> Reply {
        let error = |status, code: &str, message: &str| {
            Reply::Json(status, json!({"__type": code, "Message": message, "message": message}))
        };
        match self {
            Self::Throttled => error(400, "ThrottlingException", "Rate exceeded"),
            Self::QueueFull => Reply::Json(
                400,
                json!({
                    "__type": "com.amazonaws.athena#TooManyRequestsException",
                    "Message": "You have exceeded the limit for the number of queries you can run concurrently",
                    "Reason": "CONCURRENT_QUERY_LIMIT_EXCEEDED",
                }),
            ),
            Self::Server => error(500, "InternalServerException", "try again"),
            Self::Unavailable => Reply::Json(503, json!({})),
            Self::Silence => Reply::Silence(Duration::from_secs(3)),
            Self::Hangup | Self::LostAnswer => Reply::Hangup,
            Self::Denied => error(
                400,
                "AccessDeniedException",
                "User: arn:aws:iam::111122223333:role/x is not authorized to perform this",
            ),
            Self::GlueDenied => error(
                400,
                "MetadataException",
                "User is not authorized to perform: glue:GetTable (Service: AmazonDataCatalog; \
                 Status Code: 400; Error Code: AccessDeniedException; Request ID: 0; Proxy: null)",
            ),
            Self::Expired => error(
                400,
                "ExpiredTokenException",
                "The security token included in the request is expired",
            ),
        }
    }
}

/// How an execution goes: polls that find it queued, then running, then its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Course {
    pub(crate) queued: u32,
    pub(crate) running: u32,
    /// An end of its own; without one, what the statement comes to.
    pub(crate) end: Option<End>,
}

/// The service.
pub(crate) struct Athena {
    server: Server,
    state: Arc<State>,
}

struct State {
    bucket: Arc<Bucket>,
    catalogue: Arc<Catalogue>,
    saved: Saved,
    executions: Mutex<Vec<Execution>>,
    /// Requests by their token, and the number of the execution.
    tokens: Mutex<HashMap<String, (Value, usize)>>,
    faults: Mutex<VecDeque<(String, Fault)>>,
    courses: Mutex<VecDeque<Course>>,
    workgroup: Mutex<Value>,
    requests: Mutex<Vec<(String, Value)>>,
}

impl Athena {
    /// A service whose log table lies in a folder, and has the shape of the shipped one.
    pub(crate) fn over(folder: &Path) -> Self {
        let service = Self::empty(folder);
        let table = TableShape::cloudtrail(None);
        service.state.catalogue.add(&table.name.clone(), Entry::Table(table.into()));
        service
    }

    /// A service with a table for this statement, whose logs lie in a folder.
    pub(crate) fn with_table(folder: &Path, statement: &str) -> Self {
        let service = Self::empty(folder);
        service.add_table(statement);
        service
    }

    /// One more table.
    pub(crate) fn add_table(&self, statement: &str) {
        let table = catalogue::table(statement);
        self.state.catalogue.add(&table.name.clone(), Entry::Table(table));
    }

    /// One more view, which holds nothing.
    pub(crate) fn add_view(&self, name: &str) {
        let statement = "SELECT 1".to_owned();
        self.state.catalogue.add(&name.parse().unwrap(), Entry::View(statement));
    }

    /// A property of a table.
    pub(crate) fn property(&self, name: &str, key: &str) -> String {
        self.state.catalogue.property(name, key)
    }

    fn empty(folder: &Path) -> Self {
        let state = Arc::new(State {
            bucket: Arc::new(Bucket::of(folder)),
            catalogue: Arc::default(),
            saved: Saved::default(),
            executions: Mutex::default(),
            tokens: Mutex::default(),
            faults: Mutex::default(),
            courses: Mutex::default(),
            workgroup: Mutex::new(workgroup()),
            requests: Mutex::default(),
        });
        let serving = Arc::clone(&state);
        Self { server: Server::start(move |request| serving.answer(request)), state }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// The folder of the bucket, and what it is called in S3.
    pub(crate) fn bucket(&self) -> &Bucket {
        &self.state.bucket
    }

    /// The next requests for this operation go wrong like this, one after the other.
    pub(crate) fn fail(&self, operation: &str, faults: &[Fault]) {
        let faults = faults.iter().map(|fault| (operation.to_owned(), *fault));
        self.state.faults.lock().unwrap().extend(faults);
    }

    /// No further request goes wrong.
    pub(crate) fn well(&self) {
        self.state.faults.lock().unwrap().clear();
    }

    /// No further execution goes in a way of its own.
    pub(crate) fn mend(&self) {
        self.state.courses.lock().unwrap().clear();
    }

    /// The next execution goes like this.
    pub(crate) fn next(&self, course: Course) {
        self.state.courses.lock().unwrap().push_back(course);
    }

    /// Every work group is like this.
    pub(crate) fn set_workgroup(&self, group: Value) {
        *self.state.workgroup.lock().unwrap() = group;
    }

    /// What runs is done at once.
    pub(crate) fn settle(&self) {
        self.state.executions.lock().unwrap().iter_mut().for_each(Execution::settle);
    }

    /// The bodies of the requests for an operation, those that went wrong included.
    pub(crate) fn requests(&self, operation: &str) -> Vec<Value> {
        let requests = self.state.requests.lock().unwrap();
        requests
            .iter()
            .filter(|(name, _)| name == operation)
            .map(|(_, body)| body.clone())
            .collect()
    }

    /// How many statements were taken.
    pub(crate) fn executions(&self) -> usize {
        self.state.executions.lock().unwrap().len()
    }

    /// Waits for a request for an operation.
    pub(crate) fn await_request(&self, operation: &str) {
        let begun = Instant::now();
        while self.requests(operation).is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(20), "no {operation}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl State {
    fn answer(&self, request: Request) -> Reply {
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/"));
        let target = request.header("x-amz-target");
        let operation = target.strip_prefix("AmazonAthena.").unwrap().to_owned();
        let authorization = request.header("authorization");
        assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential="));
        assert!(authorization.contains("/eu-west-1/athena/aws4_request"));
        let body = request.json();
        self.requests.lock().unwrap().push((operation.clone(), body.clone()));
        let fault = {
            let mut faults = self.faults.lock().unwrap();
            let at = faults.iter().position(|(name, _)| *name == operation);
            at.and_then(|at| faults.remove(at)).map(|(_, fault)| fault)
        };
        if let Some(fault) = fault.filter(|fault| *fault != Fault::LostAnswer) {
            return fault.reply();
        }
        let answer = match operation.as_str() {
            "GetWorkGroup" => {
                let mut group = self.workgroup.lock().unwrap().clone();
                group["Name"] = body["WorkGroup"].clone();
                Ok(json!({ "WorkGroup": group }))
            }
            "ListNamedQueries" => Ok(self.saved.list(&body)),
            "BatchGetNamedQuery" => Ok(self.saved.get(&body)),
            "CreateNamedQuery" => Ok(self.saved.create(&body)),
            "UpdateNamedQuery" => Ok(self.saved.update(&body)),
            "GetTableMetadata" => self.catalogue.get(&body),
            "ListTableMetadata" => self.catalogue.list(&body),
            "StartQueryExecution" => self.start(&body),
            "GetQueryExecution" => self.with(&body, |id, one| Ok(one.polled(id))),
            "GetQueryResults" => self.with(&body, |_, one| one.page(&body)),
            "StopQueryExecution" => self.with(&body, |_, one| {
                one.stop();
                Ok(json!({}))
            }),
            other => panic!("{other} is no operation here"),
        };
        match (answer, fault) {
            (_, Some(fault)) => fault.reply(),
            (Ok(body), None) => Reply::Json(200, body),
            (Err(message), None) if operation.ends_with("TableMetadata") => {
                Reply::Json(400, json!({"__type": "MetadataException", "Message": message}))
            }
            (Err(message), None) => Reply::Json(
                400,
                json!({"__type": "InvalidRequestException", "Message": message,
                       "AthenaErrorCode": "INVALID_INPUT"}),
            ),
        }
    }

    fn start(&self, body: &Value) -> Result<Value, String> {
        let text = |key: &str| body[key].as_str().unwrap_or_default();
        let token = text("ClientRequestToken").to_owned();
        if !(32..=128).contains(&token.len()) {
            return Err("ClientRequestToken has 32 to 128 characters".to_owned());
        }
        if !(1..=262_144).contains(&text("QueryString").len()) {
            return Err("QueryString has 1 to 262144 bytes".to_owned());
        }
        if text("WorkGroup").is_empty() && body["ResultConfiguration"]["OutputLocation"].is_null() {
            return Err("No output location provided".to_owned());
        }
        assert!(body.get("ResultReuseConfiguration").is_none(), "results are never reused");
        let parameters = match &body["ExecutionParameters"] {
            Value::Null => Vec::new(),
            Value::Array(values) if !values.is_empty() => {
                values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
            }
            other => return Err(format!("ExecutionParameters cannot be {other}")),
        };
        if parameters.iter().any(|value| !(1..=1024).contains(&value.chars().count())) {
            return Err("an execution parameter has 1 to 1024 characters".to_owned());
        }

        let mut tokens = self.tokens.lock().unwrap();
        if let Some((before, number)) = tokens.get(&token) {
            return match before == body {
                true => Ok(json!({"QueryExecutionId": id(*number)})),
                false => Err("the token was used for another request".to_owned()),
            };
        }
        let course = self.courses.lock().unwrap().pop_front().unwrap_or_default();
        let mut executions = self.executions.lock().unwrap();
        let number = executions.len();
        let (bucket, catalogue) = (&self.bucket, &self.catalogue);
        executions.push(Execution::start(
            course,
            bucket,
            (catalogue, body["QueryExecutionContext"]["Database"].as_str().unwrap_or("default")),
            text("QueryString"),
            parameters,
        ));
        tokens.insert(token, (body.clone(), number));
        Ok(json!({"QueryExecutionId": id(number)}))
    }

    fn with(
        &self,
        body: &Value,
        act: impl FnOnce(&str, &mut Execution) -> Result<Value, String>,
    ) -> Result<Value, String> {
        let asked = body["QueryExecutionId"].as_str().unwrap();
        let mut executions = self.executions.lock().unwrap();
        let number = (0..executions.len()).find(|number| id(*number) == asked);
        let number = number.ok_or_else(|| format!("QueryExecution {asked} was not found"))?;
        act(asked, &mut executions[number])
    }
}

/// A work group as it should be.
pub(crate) fn workgroup() -> Value {
    json!({
        "State": "ENABLED",
        "Configuration": {
            "EnforceWorkGroupConfiguration": true,
            "ResultConfiguration": {"OutputLocation": "s3://athena-results/clickops/"},
            "BytesScannedCutoffPerQuery": 10_000_000_000_u64,
            "EngineVersion": {
                "SelectedEngineVersion": "AUTO",
                "EffectiveEngineVersion": "Athena engine version 3",
            },
        },
    })
}

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}
