//! Steps through the text of a log: blanks, lines and whole values, however it arrives.

use std::io::Read;

use super::Damage;
use super::buffer::{Buffer, Stuck};
use super::scanner::{Found, Scanner};

/// Why reading goes no further here.
pub(super) enum Halt {
    /// The caller has enough.
    Stopped,
    /// The log is damaged here.
    Damage(Damage),
    /// The value at the window's start is no JSON, seen at this offset.
    Bad(u64),
    /// The text ends inside the value at the window's start.
    Ended,
    /// The text cannot be read on.
    Stuck(Stuck),
}

/// The window over a log's text, and how far the value in it goes.
pub(super) struct Walk<R> {
    pub(super) buffer: Buffer<R>,
    scanner: Scanner,
    /// A line was broken, so from now on no value may go over a line's end.
    pub(super) one_line: bool,
}

impl<R: Read> Walk<R> {
    pub(super) fn new(source: R) -> Self {
        Self { buffer: Buffer::new(source), scanner: Scanner::default(), one_line: false }
    }

    /// How deep the value nests that [`Walk::value_end`] passed last.
    pub(super) fn depth(&self) -> usize {
        self.scanner.depth()
    }

    /// Makes the window longer; `false` at the end of the text.
    pub(super) fn grow(&mut self) -> Result<bool, Halt> {
        self.buffer.grow().map_err(Halt::Stuck)
    }

    /// Consumes the rest of a line; whether it held more than blanks.
    pub(super) fn leave_line(&mut self) -> Result<bool, Halt> {
        let mut held = false;
        loop {
            let window = self.buffer.window();
            let line_end = memchr::memchr(b'\n', window);
            let line = &window[..line_end.unwrap_or(window.len())];
            held |= !line.iter().copied().all(is_blank);
            let length = line.len();
            if line_end.is_some() {
                self.buffer.consume(length + 1);
                return Ok(held);
            }
            self.buffer.consume(length);
            if !self.grow()? {
                return Ok(held);
            }
        }
    }

    /// The first byte that is no blank, which is then the window's first; `None` at the end.
    pub(super) fn next_byte(&mut self) -> Result<Option<u8>, Halt> {
        loop {
            let window = self.buffer.window();
            let blanks = window.iter().take_while(|byte| is_blank(**byte)).count();
            let next = window.get(blanks).copied();
            self.buffer.consume(blanks);
            if next.is_some() || !self.grow()? {
                return Ok(next);
            }
        }
    }

    /// Index in the window of the first byte from `at` on that is no blank.
    pub(super) fn skip_blanks(&mut self, mut at: usize) -> Result<usize, Halt> {
        loop {
            match self.buffer.window().get(at).copied() {
                Some(b'\n') if self.one_line => {
                    return Err(Halt::Bad(self.buffer.offset() + at as u64));
                }
                Some(byte) if is_blank(byte) => at += 1,
                Some(_) => return Ok(at),
                None if self.grow()? => {}
                None => return Err(Halt::Ended),
            }
        }
    }

    /// Index in the window after the value that starts at `from`.
    pub(super) fn value_end(&mut self, from: usize) -> Result<usize, Halt> {
        self.scanner.restart(self.one_line);
        let mut at = from;
        loop {
            let chunk = &self.buffer.window()[at..];
            match self.scanner.feed(chunk) {
                Found::End(length) => return Ok(at + length),
                Found::Bad(length) => {
                    return Err(Halt::Bad(self.buffer.offset() + (at + length) as u64));
                }
                Found::More => {
                    at += chunk.len();
                    if !self.grow()? {
                        return if self.scanner.may_end() { Ok(at) } else { Err(Halt::Ended) };
                    }
                }
            }
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
