//! The terminal sink: writes messages to standard output, or to any other writer.

use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{Receipt, Sink, SinkError};
use crate::message::{Form, Message};

/// Columns of the terminal behind standard output; where it is none, what `COLUMNS` says.
pub fn width() -> Option<u16> {
    let told = || std::env::var("COLUMNS").ok()?.trim().parse().ok();
    comfy_table::Table::new().width().or_else(told).filter(|width| *width > 0)
}

/// Writes each message and a line end. Also the sink of `--dry-run` and of tests.
pub struct Terminal {
    // A lock, because two messages must not mix their lines.
    out: Mutex<Box<dyn Write + Send>>,
}

impl Terminal {
    /// A sink that writes to standard output.
    pub fn stdout() -> Self {
        Self::to(io::stdout())
    }

    /// A sink that writes to `out`.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        Self { out: Mutex::new(Box::new(out)) }
    }

    fn write(&self, message: &Message) -> io::Result<()> {
        // A panic in another message's write leaves nothing here that could be half done.
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(message.body.as_bytes())?;
        if !message.body.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()
    }
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").finish_non_exhaustive()
    }
}

#[async_trait]
impl Sink for Terminal {
    fn form(&self) -> Form {
        Form::Text
    }

    async fn deliver(&self, message: &Message, _: Option<&str>) -> Result<Receipt, SinkError> {
        match self.write(message) {
            Ok(()) => Ok(Receipt::default()),
            // `clickops run | head`: the reader has seen enough, which is no failure.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Receipt {
                note: Some("the reader closed the pipe".to_owned()),
                ..Receipt::default()
            }),
            Err(error) => Err(SinkError::Broken {
                reason: format!("cannot write to the terminal: {error}"),
                remedy: "check where standard output goes, and that its disk is not full"
                    .to_owned(),
            }),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn message(body: &str) -> Message {
        Message {
            form: Form::Text,
            title: "t".to_owned(),
            body: body.to_owned(),
            key: String::new(),
        }
    }

    #[tokio::test]
    async fn messages_come_out_unchanged_and_end_in_one_line_end() {
        let page = Page::default();
        let sink = Terminal::to(page.clone());
        sink.deliver(&message("one"), None).await.unwrap();
        sink.deliver(&message("two\n"), None).await.unwrap();
        assert_eq!(&*page.0.lock().unwrap(), b"one\ntwo\n");
    }

    #[tokio::test]
    async fn a_closed_pipe_is_no_failure() {
        let receipt = Terminal::to(Broken(ErrorKind::BrokenPipe))
            .deliver(&message("one"), None)
            .await
            .unwrap();
        assert_eq!(receipt.note.as_deref(), Some("the reader closed the pipe"));
    }

    #[tokio::test]
    async fn a_full_disk_is_a_failure_with_a_remedy() {
        let error = Terminal::to(Broken(ErrorKind::StorageFull))
            .deliver(&message("one"), None)
            .await
            .unwrap_err();
        assert!(matches!(error, SinkError::Broken { .. }), "{error}");
    }
}
