//! The way through a log: which form it has, and where each record starts.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::buffer::{Buffer, Stuck};
use super::scanner::{Found, Scanner};
use super::{DEEPEST, Damage, Next, Other, Summary};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const PACKED_CHUNK: usize = 64 * 1024;

pub(super) fn read(mut log: impl Read, each: impl FnMut(&str) -> Next) -> Result<Summary, Damage> {
    let mut magic = Vec::with_capacity(GZIP.len());
    let packed = log
        .by_ref()
        .take(GZIP.len() as u64)
        .read_to_end(&mut magic)
        .map_err(|error| Damage::Unreadable {
            reason: error.to_string(),
            records: 0,
            at: 0,
        })
        .map(|_| magic == GZIP)?;
    let whole = io::Cursor::new(magic).chain(log);
    if packed {
        let unpacked = MultiGzDecoder::new(BufReader::with_capacity(PACKED_CHUNK, whole));
        Reader::new(unpacked, true, each).run()
    } else {
        Reader::new(whole, false, each).run()
    }
}

/// Why reading goes no further here.
enum Halt {
    /// The caller has enough.
    Stopped,
    /// The log ends, or cannot be read on.
    Damage(Damage),
    /// The value at the window's start is no JSON, seen at this offset.
    Bad(u64),
    /// The text ends inside the value at the window's start.
    Ended,
}

struct Reader<R, F> {
    buffer: Buffer<R>,
    scanner: Scanner,
    each: F,
    packed: bool,
    records: u64,
    broken: u64,
    first_broken: (u64, u64),
    /// A whole record has been seen on a line of its own.
    lines: bool,
    /// A line was broken, so from now on no value may go over a line's end.
    one_line: bool,
}

impl<R: Read, F: FnMut(&str) -> Next> Reader<R, F> {
    fn new(source: R, packed: bool, each: F) -> Self {
        Self {
            buffer: Buffer::new(source),
            scanner: Scanner::default(),
            each,
            packed,
            records: 0,
            broken: 0,
            first_broken: (0, 0),
            lines: false,
            one_line: false,
        }
    }

    fn run(mut self) -> Result<Summary, Damage> {
        let complete = match self.values() {
            Ok(()) => true,
            Err(Halt::Stopped) => false,
            Err(Halt::Damage(damage)) => return Err(damage),
            Err(Halt::Bad(at)) => return Err(self.syntax(at)),
            Err(Halt::Ended) => return Err(self.ends_inside()),
        };
        if complete && self.broken > 0 {
            let (line, at) = self.first_broken;
            return Err(Damage::Broken {
                broken: self.broken,
                line,
                at,
                records: self.records,
            });
        }
        Ok(Summary {
            records: self.records,
            complete,
        })
    }

    /// The values of the text, one after the other.
    fn values(&mut self) -> Result<(), Halt> {
        while self.buffer.window().len() < BYTE_ORDER_MARK.len() && self.grow()? {}
        if self.buffer.window().starts_with(BYTE_ORDER_MARK) {
            self.buffer.consume(BYTE_ORDER_MARK.len());
        }
        while let Some(byte) = self.next_byte()? {
            let value = match byte {
                b'[' => {
                    self.buffer.consume(1);
                    self.array(false)?;
                    Ok(())
                }
                b'{' => self.object(),
                _ => Err(Halt::Bad(self.buffer.offset())),
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
            at = self.skip_blanks(at)?;
            match self.buffer.window()[at] {
                b'}' => break,
                b',' => {
                    at += 1;
                    continue;
                }
                b'"' => {}
                _ => return Err(Halt::Bad(self.buffer.offset() + at as u64)),
            }
            let key_end = self.value_end(at)?;
            let colon = self.skip_blanks(key_end)?;
            if self.buffer.window()[colon] != b':' {
                return Err(Halt::Bad(self.buffer.offset() + colon as u64));
            }
            let value = self.skip_blanks(colon + 1)?;
            let first = self.buffer.window()[value];
            let key = &self.buffer.window()[at + 1..key_end - 1];
            let list = key == b"Records" || key == b"Events";
            if list && first == b'[' {
                let lookup = key == b"Events";
                self.buffer.consume(value + 1);
                self.array(lookup)?;
                return self.rest_of_object();
            }
            keys += 1;
            event |= is_event_key(key);
            other = looks_like(key).unwrap_or(other);
            let lookup = key == b"CloudTrailEvent" && first == b'"';
            let value_end = self.value_end(value)?;
            // Each value is scanned alone: the record itself is one level more.
            depth = depth.max(self.scanner.depth() + 1);
            listed |= list && &self.buffer.window()[value..value_end] == b"null";
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
        self.lines |= !self.buffer.window()[..end].contains(&b'\n');
        self.buffer.consume(end);
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
        self.one_line = false;
        loop {
            match self.next_byte()?.ok_or(Halt::Ended)? {
                b']' => {
                    self.buffer.consume(1);
                    return Ok(());
                }
                b',' => self.buffer.consume(1),
                first => {
                    let end = self.value_end(0)?;
                    let depth = self.scanner.depth();
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
                    self.buffer.consume(end);
                }
            }
        }
    }

    /// What follows the records in their file's object.
    fn rest_of_object(&mut self) -> Result<(), Halt> {
        let outcome = loop {
            match self.next_byte() {
                Ok(Some(b'}')) => {
                    self.buffer.consume(1);
                    return Ok(());
                }
                Ok(Some(b',' | b':')) => self.buffer.consume(1),
                Ok(Some(_)) => match self.value_end(0) {
                    Ok(end) => self.buffer.consume(end),
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
        self.one_line = true;
        self.leave_line()?;
        let mut skipped = false;
        loop {
            if self.buffer.window().is_empty() && !self.grow()? {
                let cut = matches!(fault, Halt::Ended) && !skipped;
                return if cut || !self.lines {
                    Err(fault)
                } else {
                    Ok(())
                };
            }
            // In a file of lines a record starts its line; an indented bracket belongs to a
            // record that was written over several lines.
            if self.buffer.window()[0] == b'{' {
                return Ok(());
            }
            if self.leave_line()? {
                skipped = true;
                self.broken += 1;
            }
        }
    }

    /// Consumes the rest of a line; whether it held more than blanks.
    fn leave_line(&mut self) -> Result<bool, Halt> {
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
    fn next_byte(&mut self) -> Result<Option<u8>, Halt> {
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
    fn skip_blanks(&mut self, mut at: usize) -> Result<usize, Halt> {
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
    fn value_end(&mut self, from: usize) -> Result<usize, Halt> {
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
                        return if self.scanner.may_end() {
                            Ok(at)
                        } else {
                            Err(Halt::Ended)
                        };
                    }
                }
            }
        }
    }

    fn grow(&mut self) -> Result<bool, Halt> {
        self.buffer.grow().map_err(|stuck| {
            let records = self.records;
            let at = self.buffer.offset() + self.buffer.window().len() as u64;
            Halt::Damage(match stuck {
                Stuck::Full => Damage::TooLarge {
                    records,
                    at: self.buffer.offset(),
                },
                Stuck::Io(error) if self.packed && is_corruption(&error) => {
                    Damage::Gzip { records, at }
                }
                Stuck::Io(error) => Damage::Unreadable {
                    reason: error.to_string(),
                    records,
                    at,
                },
            })
        })
    }

    /// Hands out the window's first bytes as a record.
    fn hand_out(&mut self, end: usize, depth: usize) -> Result<(), Halt> {
        if depth > DEEPEST {
            self.note_broken();
            return Ok(());
        }
        let text = String::from_utf8_lossy(&self.buffer.window()[..end]);
        let next = (self.each)(&text);
        self.count(next)
    }

    /// Hands out the record that is written as a JSON string between two indices of the window.
    fn hand_out_text(&mut self, from: usize, to: usize) -> Result<(), Halt> {
        let text = String::from_utf8_lossy(&self.buffer.window()[from..to]);
        let next = inner_record(&text).map_or(Next::Broken, |record| (self.each)(&record));
        self.count(next)
    }

    /// Hands out the record inside an element of `lookup-events`.
    fn hand_out_lookup(&mut self, end: usize, depth: usize) -> Result<(), Halt> {
        let text = String::from_utf8_lossy(&self.buffer.window()[..end]);
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
            self.first_broken = (self.buffer.line(), self.buffer.offset());
        }
        self.broken += 1;
    }

    /// Refuses files that hold records of another kind.
    fn refuse_other_records(&self, end: usize) -> Result<(), Halt> {
        let text = String::from_utf8_lossy(&self.buffer.window()[..end]);
        let other = sonic_rs::to_object_iter(&*text)
            .map_while(Result::ok)
            .find_map(|(key, _)| looks_like(key.as_bytes()));
        match other {
            Some(other) => Err(Halt::Damage(Damage::NotCloudTrail(other))),
            None => Ok(()),
        }
    }

    fn syntax(&self, at: u64) -> Damage {
        Damage::Syntax {
            records: self.records,
            at,
        }
    }

    fn ends_inside(&self) -> Damage {
        Damage::EndsInside {
            records: self.records,
            at: self.buffer.offset() + self.buffer.window().len() as u64,
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// The record that a JSON string holds.
fn inner_record(string: &str) -> Option<String> {
    let record = serde_json::from_str::<String>(string).ok()?;
    let mut scanner = Scanner::default();
    let whole = record.starts_with('{')
        && scanner.feed(record.as_bytes()) == Found::End(record.trim_end().len());
    (whole && scanner.depth() <= DEEPEST).then_some(record)
}

/// What flate2 reports when the bytes, not their source, are at fault.
fn is_corruption(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof)
}

/// Whether only CloudTrail events have the key.
fn is_event_key(key: &[u8]) -> bool {
    let keys: [&[u8]; 7] = [
        b"eventversion",
        b"eventtime",
        b"eventname",
        b"eventsource",
        b"eventid",
        b"eventtype",
        b"useridentity",
    ];
    keys.iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// The other kind of file that has the key.
fn looks_like(key: &[u8]) -> Option<Other> {
    match key {
        b"digestS3Bucket" | b"digestS3Object" | b"digestStartTime" => Some(Other::Digest),
        b"insightDetails" => Some(Other::Insight),
        b"timeWindow" => Some(Other::Aggregated),
        b"configurationItems" | b"configSnapshotId" | b"configurationItemVersion" => {
            Some(Other::Config)
        }
        _ => None,
    }
}
