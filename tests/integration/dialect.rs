//! The embedded engine against Athena's dialect: the cases in `tests/dialect/`, whose answers were
//! taken from a Trino server. With `TRINO_URL` that server is asked too.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clickops::engine::local::LocalEngine;
use clickops::engine::{Engine, EngineError};
use clickops::logs::Log;
use clickops::query::BoundQuery;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

use self::case::{Case, Outcome};
use self::server::Server;
use crate::program::project;

mod case;
mod events;
mod fixture;
mod queries;
mod server;
mod shipped;
mod text;
mod trace;

/// Statements that are with an engine at a time.
const AT_A_TIME: usize = 4;

/// A statement that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(300);

#[test]
fn every_case_has_the_answer_that_it_has_on_athena() {
    let mut cases = cases();
    let mut failures = Failures::default();
    if let Some(server) = Server::named() {
        fixture::load(&server);
        let outcomes = asked(&server, &cases);
        if std::env::var_os("DIALECT_FILL").is_some() {
            fill(&cases, &outcomes);
            cases = self::cases();
        }
        for (case, outcome) in cases.iter().zip(&outcomes) {
            if let Some(outcome) = outcome {
                failures.check("Trino", case, outcome);
            }
        }
    }
    let embedded = embedded(cases.iter().map(|case| (case.sql.clone(), fixture::logs())).collect());
    for (case, outcome) in cases.iter().zip(&embedded) {
        failures.check("the embedded engine", case, outcome);
    }
    failures.report(&cases);
}

/// What failed, and how much did not, by topic and engine.
#[derive(Default)]
struct Failures {
    complaints: Vec<String>,
    /// Cases that are right, and all.
    counts: BTreeMap<(&'static str, String), (usize, usize)>,
}

impl Failures {
    fn check(&mut self, engine: &'static str, case: &Case, outcome: &Outcome) {
        let (right, all) = self.counts.entry((engine, case.topic.clone())).or_default();
        *all += 1;
        if case.accepts(outcome) {
            *right += 1;
        } else {
            self.complaints.push(case.complaint(engine, outcome));
        }
    }

    /// Prints the counts and fails the test; with `DIALECT_REPORT` it passes all the same, and
    /// what failed goes into `target/dialect.txt`.
    fn report(&self, cases: &[Case]) {
        let features: BTreeSet<_> = cases.iter().map(|case| &case.feature).collect();
        let mut text = format!(
            "dialect: {} functions, {} syntax features, {} cases\n",
            functions_called(cases).len(),
            features.len(),
            cases.len()
        );
        let lenient = std::env::var_os("DIALECT_REPORT").is_some();
        if lenient {
            for ((engine, topic), (right, all)) in &self.counts {
                let _ = writeln!(text, "{right:>5} of {all:>3} right: {topic}, {engine}");
            }
            let path = project("target/dialect.txt");
            fs::write(&path, self.complaints.join("\n")).unwrap();
            let _ = writeln!(text, "{} failures: {}", self.complaints.len(), path.display());
        }
        // Past the harness, which keeps what passing tests print to itself.
        std::io::stdout().write_all(text.as_bytes()).unwrap();
        let failed = !self.complaints.is_empty() && !lenient;
        assert!(!failed, "{} failures\n{}", self.complaints.len(), self.complaints.join("\n"));
    }
}

/// The case files; `DIALECT_ONLY` picks those whose names hold its text.
fn files() -> Vec<PathBuf> {
    let only = std::env::var("DIALECT_ONLY").unwrap_or_default();
    let files = crate::program::files(&project("tests/dialect")).into_iter();
    let mut files: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "test"))
        .filter(|file| file.file_stem().unwrap().to_str().unwrap().contains(&only))
        .collect();
    files.sort();
    files
}

fn cases() -> Vec<Case> {
    files().iter().flat_map(|file| case::read(file)).collect()
}

/// The functions of `functions.txt` that are called somewhere.
fn functions_called(cases: &[Case]) -> BTreeSet<String> {
    let text = fs::read_to_string(project("tests/dialect/functions.txt")).unwrap();
    let names = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    let statements: Vec<_> = cases.iter().map(|case| case.sql.to_lowercase()).collect();
    let called = |name: &&str| statements.iter().any(|sql| calls(sql, name));
    names.filter(called).map(str::to_owned).collect()
}

/// Whether a statement in small letters calls a function, or names one that takes no parentheses.
fn calls(sql: &str, name: &str) -> bool {
    let part_of_name = |char: char| char.is_alphanumeric() || char == '_';
    sql.match_indices(name).any(|(at, _)| {
        let after = &sql[at + name.len()..];
        let alone = !sql[..at].ends_with(part_of_name);
        let plain = name.starts_with("current_") || name.starts_with("local");
        alone
            && (after.trim_start_matches('"').starts_with('(')
                || plain && !after.starts_with(part_of_name))
    })
}

#[test]
fn every_function_of_the_list_is_called() {
    if std::env::var_os("DIALECT_ONLY").is_some() {
        return;
    }
    let called = functions_called(&cases());
    let text = fs::read_to_string(project("tests/dialect/functions.txt")).unwrap();
    let names = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    let missing: Vec<_> = names.filter(|name| !called.contains(*name)).collect();
    assert!(missing.is_empty(), "no case calls {}", missing.join(", "));
}

/// What the embedded engine answers to each statement over its logs.
fn embedded(statements: Vec<(String, Arc<[Log]>)>) -> Vec<Outcome> {
    let permits = Arc::new(Semaphore::new(AT_A_TIME));
    runtime().block_on(async {
        let tasks: Vec<_> = statements
            .into_iter()
            .map(|(sql, logs)| {
                let permits = Arc::clone(&permits);
                tokio::spawn(async move {
                    let _permit = permits.acquire().await.unwrap();
                    let answer = tokio::time::timeout(LONGEST, local(sql, logs)).await;
                    answer.unwrap_or_else(|_| Outcome::Error("it hangs".to_owned()))
                })
            })
            .collect();
        let mut outcomes = Vec::with_capacity(tasks.len());
        for task in tasks {
            outcomes.push(task.await.unwrap_or_else(|panic| Outcome::Error(panic.to_string())));
        }
        outcomes
    })
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().enable_all().thread_stack_size(8 * 1024 * 1024).build().unwrap()
}

/// One statement on the embedded engine.
async fn local(sql: String, logs: Arc<[Log]>) -> Outcome {
    let query = BoundQuery::of_sql("case", sql, logs);
    let answer = async {
        let mut rows = LocalEngine::new().with_partitions(2).rows(&query).await?;
        let all = rows.all().await?;
        Ok(Outcome::Rows { columns: rows.columns, rows: all })
    };
    answer.await.unwrap_or_else(|error: EngineError| {
        let code = error.code.map(|code| format!("{code}: ")).unwrap_or_default();
        let at = error.at.map(|(line, column)| format!("line {line}:{column}: "));
        Outcome::Error(format!("{code}{}{}", at.unwrap_or_default(), error.message))
    })
}

/// What the server answers to each case; nothing to those that are Athena's alone.
fn asked(server: &Server, cases: &[Case]) -> Vec<Option<Outcome>> {
    let next = AtomicUsize::new(0);
    let answer = |case: &Case| (!case.athena).then(|| server.answer(&case.sql));
    let mut outcomes: Vec<_> = std::thread::scope(|scope| {
        let ask = || {
            let mine = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)));
            let mine = mine.take_while(|at| *at < cases.len());
            mine.map(|at| (at, answer(&cases[at]))).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..AT_A_TIME).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    outcomes.sort_by_key(|(at, _)| *at);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Writes the server's answers under the cases that have none.
fn fill(cases: &[Case], outcomes: &[Option<Outcome>]) {
    for file in files() {
        let topic = file.file_stem().unwrap().to_str().unwrap();
        let of_file = cases.iter().zip(outcomes).filter(|(case, _)| case.topic == topic);
        let answer = |(case, outcome): (&Case, &Option<Outcome>)| {
            let unknown = outcome.as_ref().filter(|_| case.answers.is_empty())?;
            Some((case.line, shortened(unknown.lines())))
        };
        let answers: Vec<_> = of_file.filter_map(answer).collect();
        if !answers.is_empty() {
            case::fill(&file, &answers);
        }
    }
}

/// Without what no two versions of a server say alike: the end of an error that lists all that
/// would have been right.
fn shortened(mut lines: Vec<String>) -> Vec<String> {
    if let Some(error) = lines.first_mut().filter(|line| line.starts_with("! ")) {
        for list in [". Expecting: ", ". Expected: "] {
            if let Some(at) = error.find(list) {
                error.truncate(at);
            }
        }
    }
    lines
}
