//! A Trino server, through its HTTP protocol.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use super::case::Outcome;
use super::text;

/// A server on this machine.
pub(super) struct Server {
    /// `127.0.0.1:18080`.
    host: String,
}

impl Server {
    /// The server that `TRINO_URL` names.
    pub(super) fn named() -> Option<Self> {
        let url = std::env::var("TRINO_URL").ok().filter(|url| !url.is_empty())?;
        let host = url.strip_prefix("http://");
        let host = host.unwrap_or_else(|| panic!("TRINO_URL is {url}, no http://host:port"));
        Some(Self { host: host.trim_end_matches('/').to_owned() })
    }

    /// What comes of a statement.
    pub(super) fn answer(&self, sql: &str) -> Outcome {
        let mut state = self.exchange("POST", "/v1/statement", sql);
        let mut columns = Value::Null;
        let mut rows = Vec::new();
        loop {
            if let Some(error) = state.get("error") {
                let text = |key: &str| error[key].as_str().unwrap_or_default();
                return Outcome::Error(format!("{}: {}", text("errorName"), text("message")));
            }
            if state["columns"].is_array() {
                columns = state["columns"].take();
            }
            for row in state["data"].as_array().into_iter().flatten() {
                let cells = row.as_array().unwrap().iter().zip(columns.as_array().unwrap());
                let text = |(cell, column): (&Value, &Value)| {
                    (!cell.is_null()).then(|| text::of(cell, &column["typeSignature"]))
                };
                rows.push(cells.map(text).collect());
            }
            let Some(next) = state["nextUri"].as_str() else {
                break;
            };
            let path =
                next.split_once("//").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
            state = self.exchange("GET", path.unwrap(), "");
        }
        let names = columns.as_array().into_iter().flatten();
        Outcome::Rows {
            columns: names.map(|column| column["name"].as_str().unwrap().to_owned()).collect(),
            rows,
        }
    }

    /// Runs a statement that has to succeed.
    pub(super) fn run(&self, sql: &str) {
        if let Outcome::Error(error) = self.answer(sql) {
            panic!("{error}\n{}", sql.chars().take(200).collect::<String>());
        }
    }

    /// HTTP/1.0: the answer ends where the connection does, and is never chunked.
    fn exchange(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(&self.host)
            .unwrap_or_else(|error| panic!("TRINO_URL names {}: {error}", self.host));
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nContent-Length: {}\r\nX-Trino-User: test\r\n\
             X-Trino-Catalog: awsdatacatalog\r\nX-Trino-Schema: default\r\n\
             X-Trino-Time-Zone: UTC\r\n\r\n{body}",
            self.host,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(" 200 "), "{method} {path}: {answer}");
        serde_json::from_str(body).unwrap()
    }
}
