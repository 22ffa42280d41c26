//! The way through a log: which form it has, and where each record starts.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::buffer::Stuck;
use super::kind::{inner_record, is_event_key, looks_like};
use super::walk::{Halt, Walk};
use super::{DEEPEST, Damage, Next, Other, Summary};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Bytes that tell a text's encoding.
const START: usize = 4;
const PACKED_CHUNK: usize = 64 * 1024;

pub(super) fn read(mut log: impl Read, each: impl FnMut(&str) -> Next) -> Result<Summary, Damage> {
    let mut magic = Vec::with_capacity(GZIP.len());
    let packed = log
        .by_ref()
        .take(GZIP.len() as u64)
        .read_to_end(&mut magic)
        .map_err(|error| Damage::Unreadable { reason: error.to_string(), records: 0, at: 0 })
        .map(|_| magic == GZIP)?;
    let whole = io::Cursor::new(magic).chain(log);
    if packed {
        let unpacked = MultiGzDecoder::new(BufReader::with_capacity(PACKED_CHUNK, whole));
        Reader::new(unpacked, true, each).run()
    } else {
        Reader::new(whole, false, each).run()
    }
}

struct Reader<R, F> {
    walk: Walk<R>,
    each: F,
    packed: bool,
    records: u64,
    broken: u64,
    first_broken: (u64, u64),
    /// A whole record has been seen on a line of its own.
    lines: bool,
}

impl<R: Read, F: FnMut(&str) -> Next> Reader<R, F> {
    fn new(source: R, packed: bool, each: F) -> Self {
        Self {
            walk: Walk::new(source),
            each,
            packed,
            records: 0,
            broken: 0,
            first_broken: (0, 0),
            lines: false,
        }
    }

    fn run(mut self) -> Result<Summary, Damage> {
        match self.whole() {
            // Damage to the archive shows as damage to its text first: only the rest of the
            // archive, with its checksum, tells which of the two it is.
            Err(damage) if self.packed => Err(self.unpacking_fault().unwrap_or(damage)),
            outcome => outcome,
        }
    }

    fn whole(&mut self) -> Result<Summary, Damage> {
        let complete = match self.values() {
            Ok(()) => true,
            Err(Halt::Stopped) => false,
            Err(Halt::Damage(damage)) => return Err(damage),
            Err(Halt::Bad(at)) => return Err(self.syntax(at)),
            Err(Halt::Ended) => return Err(self.ends_inside()),
            Err(Halt::Stuck(stuck)) => return Err(self.stuck(stuck)),
        };
        if complete && self.broken > 0 {
            let (line, at) = self.first_broken;
            return Err(Damage::Broken { broken: self.broken, line, at, records: self.records });
        }
        Ok(Summary { records: self.records, complete })
    }

    /// What is wrong with the archive, if anything.
    fn unpacking_fault(&mut self) -> Option<Damage> {
        let at = self.walk.buffer.offset();
        let error = self.walk.buffer.drain().err()?;
        Some(if is_corruption(&error) {
            Damage::Gzip { records: self.records, at }
        } else {
            Damage::Unreadable { reason: error.to_string(), records: self.records, at }
        })
    }

    /// The values of the text, one after the other.
    fn values(&mut self) -> Result<(), Halt> {
        while self.walk.buffer.window().len() < START && self.walk.grow()? {}
        if is_utf16(self.walk.buffer.window()) {
            return Err(Halt::Damage(Damage::Utf16));
        }
        if self.walk.buffer.window().starts_with(BYTE_ORDER_MARK) {
            self.walk.buffer.consume(BYTE_ORDER_MARK.len());
        }
        while let Some(byte) = self.walk.next_byte()? {
            let value = match byte {
                b'[' => {
                    self.walk.buffer.consume(1);
                    self.array(false)?;
                    Ok(())
                }
                b'{' => self.object(),
                _ => Err(Halt::Bad(self.walk.buffer.offset())),
            };
            match value {
                Err(fault @ (Halt::Bad(_) | Halt::Ended)) => self.skip_line(fault)?,
                other => other?,
            }
        }
        Ok(())
    }

    /// An object at the window's start: a file around records, or a record.
    ///
    /// It stays in the window until it is known which.
    fn object(&mut self) -> Result<(), Halt> {
        let mut at = 1;
        let (mut event, mut keys, mut listed) = (false, 0, false);
        let mut depth = 0;
        let mut other = Other::Unknown;
        let mut inner = None;
        loop {
            at = self.walk.skip_blanks(at)?;
            match self.walk.buffer.window()[at] {
                b'}' => break,
                b',' => {
                    at += 1;
                    continue;
                }
                b'"' => {}
                _ => return Err(Halt::Bad(self.walk.buffer.offset() + at as u64)),
            }
            let key_end = self.walk.value_end(at)?;
            let colon = self.walk.skip_blanks(key_end)?;
            if self.walk.buffer.window()[colon] != b':' {
                return Err(Halt::Bad(self.walk.buffer.offset() + colon as u64));
            }
            let value = self.walk.skip_blanks(colon + 1)?;
            let first = self.walk.buffer.window()[value];
            let key = &self.walk.buffer.window()[at + 1..key_end - 1];
            let list = key == b"Records" || key == b"Events";
            if list && first == b'[' {
                let lookup = key == b"Events";
                self.walk.buffer.consume(value + 1);
                self.array(lookup)?;
                return self.rest_of_object();
            }
            keys += 1;
            event |= is_event_key(key);
            other = looks_like(key).unwrap_or(other);
            let lookup = key == b"CloudTrailEvent" && first == b'"';
            let value_end = self.walk.value_end(value)?;
            // Each value is scanned alone: the record itself is one level more.
            depth = depth.max(self.walk.depth() + 1);
            listed |= list && &self.walk.buffer.window()[value..value_end] == b"null";
            if lookup {
                inner = Some((value, value_end));
            }
            at = value_end;
        }
        let end = at + 1;
        if let Some((from, to)) = inner {
            self.hand_out_text(from, to)?;
        } else if event {
            self.hand_out(end, depth)?;
        } else if self.records == 0 && !listed {
            return Err(Halt::Damage(Damage::NotCloudTrail(other)));
        } else if !listed && keys > 0 {
            self.note_broken();
        }
        self.lines |= !self.walk.buffer.window()[..end].contains(&b'\n');
        self.walk.buffer.consume(end);
        Ok(())
    }

    /// The values of an array whose `[` is consumed, up to and with its `]`.
    ///
    /// What goes wrong here is final: the text around it is gone.
    fn array(&mut self, lookup: bool) -> Result<(), Halt> {
        let outcome = self.elements(lookup);
        outcome.map_err(|halt| match halt {
            Halt::Bad(at) => Halt::Damage(self.syntax(at)),
            Halt::Ended => Halt::Damage(self.ends_inside()),
            other => other,
        })
    }

    fn elements(&mut self, lookup: bool) -> Result<(), Halt> {
        self.walk.one_line = false;
        loop {
            match self.walk.next_byte()?.ok_or(Halt::Ended)? {
                b']' => {
                    self.walk.buffer.consume(1);
                    return Ok(());
                }
                b',' => self.walk.buffer.consume(1),
                first => {
                    let end = self.walk.value_end(0)?;
                    let depth = self.walk.depth();
                    if first != b'{' {
                        self.note_broken();
                    } else if lookup {
                        self.hand_out_lookup(end, depth)?;
                    } else {
                        if self.records == 0 && depth <= DEEPEST {
                            self.refuse_other_records(end)?;
                        }
                        self.hand_out(end, depth)?;
                    }
                    self.walk.buffer.consume(end);
                }
            }
        }
    }

    /// What follows the records in their file's object.
    fn rest_of_object(&mut self) -> Result<(), Halt> {
        let outcome = loop {
            match self.walk.next_byte() {
                Ok(Some(b'}')) => {
                    self.walk.buffer.consume(1);
                    return Ok(());
                }
                Ok(Some(b',' | b':')) => self.walk.buffer.consume(1),
                Ok(Some(_)) => match self.walk.value_end(0) {
                    Ok(end) => self.walk.buffer.consume(end),
                    Err(halt) => break halt,
                },
                Ok(None) => break Halt::Ended,
                Err(halt) => break halt,
            }
        };
        Err(match outcome {
            Halt::Bad(at) => Halt::Damage(self.syntax(at)),
            Halt::Ended => Halt::Damage(self.ends_inside()),
            other => other,
        })
    }

    /// Leaves the broken line the window starts with, and those after it that start no record.
    fn skip_line(&mut self, fault: Halt) -> Result<(), Halt> {
        self.note_broken();
        self.walk.one_line = true;
        self.walk.leave_line()?;
        let mut skipped = false;
        loop {
            if self.walk.buffer.window().is_empty() && !self.walk.grow()? {
                let cut = matches!(fault, Halt::Ended) && !skipped;
                return if cut || !self.lines { Err(fault) } else { Ok(()) };
            }
            // In a file of lines a record starts its line; an indented bracket belongs to a
            // record that was written over several lines.
            if self.walk.buffer.window()[0] == b'{' {
                return Ok(());
            }
            if self.walk.leave_line()? {
                skipped = true;
                self.broken += 1;
            }
        }
    }

    /// Hands out the window's first bytes as a record.
    fn hand_out(&mut self, end: usize, depth: usize) -> Result<(), Halt> {
        if depth > DEEPEST {
            self.note_broken();
            return Ok(());
        }
        let text = String::from_utf8_lossy(&self.walk.buffer.window()[..end]);
        let next = (self.each)(&text);
        self.count(next)
    }

    /// Hands out the record that is written as a JSON string between two indices of the window.
    fn hand_out_text(&mut self, from: usize, to: usize) -> Result<(), Halt> {
        let text = String::from_utf8_lossy(&self.walk.buffer.window()[from..to]);
        let next = inner_record(&text).map_or(Next::Broken, |record| (self.each)(&record));
        self.count(next)
    }

    /// Hands out the record inside an element of `lookup-events`.
    fn hand_out_lookup(&mut self, end: usize, depth: usize) -> Result<(), Halt> {
        let text = String::from_utf8_lossy(&self.walk.buffer.window()[..end]);
        let event = if depth > DEEPEST {
            None
        } else {
            sonic_rs::to_object_iter(&*text)
                .map_while(Result::ok)
                .find(|(key, _)| key == "CloudTrailEvent")
                .and_then(|(_, value)| inner_record(&value.as_raw_cow()))
        };
        let next = event.map_or(Next::Broken, |record| (self.each)(&record));
        self.count(next)
    }

    fn count(&mut self, next: Next) -> Result<(), Halt> {
        match next {
            Next::More => self.records += 1,
            Next::Broken => self.note_broken(),
            Next::Stop => {
                self.records += 1;
                return Err(Halt::Stopped);
            }
        }
        Ok(())
    }

    /// Counts what the window starts with as a broken record.
    fn note_broken(&mut self) {
        if self.broken == 0 {
            self.first_broken = (self.walk.buffer.line(), self.walk.buffer.offset());
        }
        self.broken += 1;
    }

    /// Refuses files that hold records of another kind.
    fn refuse_other_records(&self, end: usize) -> Result<(), Halt> {
        let text = String::from_utf8_lossy(&self.walk.buffer.window()[..end]);
        let other = sonic_rs::to_object_iter(&*text)
            .map_while(Result::ok)
            .find_map(|(key, _)| looks_like(key.as_bytes()));
        match other {
            Some(other) => Err(Halt::Damage(Damage::NotCloudTrail(other))),
            None => Ok(()),
        }
    }

    fn stuck(&self, stuck: Stuck) -> Damage {
        let records = self.records;
        let at = self.walk.buffer.offset() + self.walk.buffer.window().len() as u64;
        match stuck {
            Stuck::Full => Damage::TooLarge { records, at: self.walk.buffer.offset() },
            Stuck::Io(error) if self.packed && is_corruption(&error) => {
                Damage::Gzip { records, at }
            }
            Stuck::Io(error) => Damage::Unreadable { reason: error.to_string(), records, at },
        }
    }

    fn syntax(&self, at: u64) -> Damage {
        Damage::Syntax { records: self.records, at }
    }

    fn ends_inside(&self) -> Damage {
        Damage::EndsInside {
            records: self.records,
            at: self.walk.buffer.offset() + self.walk.buffer.window().len() as u64,
        }
    }
}

/// Whether a text starts with UTF-16's mark, or with two ASCII characters in it, whichever half
/// comes first. JSON has no NUL.
fn is_utf16(text: &[u8]) -> bool {
    match text {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [a, b, c, d, ..] => {
            let nul = [a, b, c, d].map(|byte| *byte == 0);
            nul == [true, false, true, false] || nul == [false, true, false, true]
        }
        _ => false,
    }
}

/// What flate2 reports when the bytes, not their source, are at fault.
fn is_corruption(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof)
}
