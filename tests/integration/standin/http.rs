//! A server for the requests of an AWS SDK: HTTP/1.1, one thread a connection.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

/// A request as the AWS JSON protocol makes it.
#[derive(Debug)]
pub(super) struct Request {
    /// `AmazonAthena.StartQueryExecution`.
    pub(super) target: String,
    pub(super) authorization: String,
    pub(super) body: Value,
}

/// What the client gets.
#[derive(Debug)]
pub(super) enum Reply {
    /// A status and a body.
    Json(u16, Value),
    /// Nothing, for so long.
    Silence(Duration),
    /// The end of the connection.
    Hangup,
}

/// A server that is gone when this is dropped.
pub(super) struct Server {
    address: SocketAddr,
    closed: Arc<AtomicBool>,
}

impl Server {
    pub(super) fn start(answer: impl Fn(Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (closed, answer) = (Arc::new(AtomicBool::new(false)), Arc::new(answer));
        let closing = Arc::clone(&closed);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if closing.load(Ordering::Relaxed) {
                    return;
                }
                let answer = Arc::clone(&answer);
                // A client may leave at any moment.
                std::thread::spawn(move || drop(serve(stream.unwrap(), answer.as_ref())));
            }
        });
        Self { address, closed }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        // It waits for a connection.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, answer: &dyn Fn(Request) -> Reply) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    while let Some(request) = read(&mut reader)? {
        match answer(request) {
            Reply::Json(status, body) => {
                let body = body.to_string();
                write!(
                    stream,
                    "HTTP/1.1 {status} x\r\nContent-Type: application/x-amz-json-1.1\r\n\
                     Content-Length: {}\r\n\r\n{body}",
                    body.len()
                )?;
            }
            Reply::Silence(time) => std::thread::sleep(time),
            Reply::Hangup => return Ok(()),
        }
    }
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    assert!(line.starts_with("POST / "), "{line}");
    let (mut target, mut authorization, mut length) = (String::new(), String::new(), 0);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "x-amz-target" => target = value.to_owned(),
            "authorization" => authorization = value.to_owned(),
            "content-length" => length = value.parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request { target, authorization, body: serde_json::from_slice(&body).unwrap() }))
}
