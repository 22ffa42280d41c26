//! The part of an unpacked log that is in memory: a window that rolls over it.

use std::io::{self, Read};

/// Largest record, in bytes of JSON text. CloudTrail's own limit is 256 KiB, 1 MiB on request.
pub const LARGEST: usize = 64 * 1024 * 1024;

const CHUNK: usize = 256 * 1024;

/// Why the window could not grow.
#[derive(Debug)]
pub(super) enum Stuck {
    /// What has to be kept in memory at once is larger than [`LARGEST`].
    Full,
    /// The source failed.
    Io(io::Error),
}

/// A window over the text: bytes that were read and not yet consumed.
#[derive(Debug)]
pub(super) struct Buffer<R> {
    source: R,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    consumed: u64,
    lines: u64,
}

impl<R: Read> Buffer<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, bytes: Vec::new(), start: 0, end: 0, consumed: 0, lines: 0 }
    }

    pub(super) fn window(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Offset in the text of the window's first byte.
    pub(super) fn offset(&self) -> u64 {
        self.consumed
    }

    /// Line of the window's first byte, from 1.
    pub(super) fn line(&self) -> u64 {
        self.lines + 1
    }

    /// Lets go of the window's first bytes.
    pub(super) fn consume(&mut self, count: usize) {
        let gone = &self.bytes[self.start..self.start + count];
        self.lines += memchr::memchr_iter(b'\n', gone).count() as u64;
        self.start += count;
        self.consumed += count as u64;
    }

    /// Reads the rest of the source and forgets it.
    pub(super) fn drain(&mut self) -> io::Result<u64> {
        io::copy(&mut self.source, &mut io::sink())
    }

    /// Makes the window longer; `false` at the end of the text.
    pub(super) fn grow(&mut self) -> Result<bool, Stuck> {
        if self.start > 0 && self.bytes.len() - self.end < CHUNK / 2 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.bytes.len() {
            if self.end - self.start >= LARGEST {
                return Err(Stuck::Full);
            }
            let size = (self.bytes.len() * 2).clamp(CHUNK, LARGEST + CHUNK);
            self.bytes.resize(size, 0);
        }
        loop {
            match self.source.read(&mut self.bytes[self.end..]) {
                Ok(count) => {
                    self.end += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Stuck::Io(error)),
            }
        }
    }
}
