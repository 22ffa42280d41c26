//! A server for the requests of an AWS SDK: HTTP/1.1, one thread a connection.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

/// A request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// With what follows the question mark.
    pub(super) path: String,
    /// By name in small letters.
    headers: HashMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The headers whose names begin like this, and the rest of their names.
    pub(super) fn headers(&self, start: &str) -> HashMap<String, String> {
        let rest = |(name, value): (&String, &String)| {
            Some((name.strip_prefix(start)?.to_owned(), value.clone()))
        };
        self.headers.iter().filter_map(rest).collect()
    }

    /// The body as the AWS JSON protocol writes it.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What the client gets.
#[derive(Debug)]
pub(super) enum Reply {
    /// A status and a body.
    Json(u16, Value),
    /// A status, headers and a body. An answer to `HEAD` has none, and is told its length.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// The first half of a body, and then the end of the connection.
    Cut(Vec<u8>),
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
    // A client that has not acknowledged the first part of an answer is sent the rest late.
    stream.set_nodelay(true)?;
    while let Some(request) = read(&mut reader, &mut stream)? {
        let head = request.method == "HEAD";
        match answer(request) {
            Reply::Whole(status, headers, body) => {
                write!(stream, "HTTP/1.1 {status} x\r\nContent-Length: {}\r\n", body.len())?;
                for (name, value) in headers {
                    write!(stream, "{name}: {value}\r\n")?;
                }
                stream.write_all(b"\r\n")?;
                if !head {
                    stream.write_all(&body)?;
                }
            }
            Reply::Cut(body) => {
                write!(stream, "HTTP/1.1 200 x\r\nContent-Length: {}\r\n\r\n", body.len())?;
                stream.write_all(&body[..body.len() / 2])?;
                return Ok(());
            }
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

fn read(
    reader: &mut BufReader<TcpStream>,
    stream: &mut TcpStream,
) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    if headers.contains_key("expect") {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request { method, path, headers, body }))
}
