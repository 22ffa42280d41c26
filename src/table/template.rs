//! Where a partition lies, and the other way round: what a log's address says of it.
//!
//! Logs that lie here rarely lie under the bucket's own address. So a template is looked for at the
//! end of an address, from its first folder with a hole on; what stands before that folder only
//! decides where several places would do.

use super::content::Content;
use super::{Partition, ShapeError};

/// A `storage.location.template`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Template {
    /// Folders before the first one with a hole, `s3:` and the bucket among them.
    before: Vec<String>,
    /// What the other folders consist of.
    pieces: Vec<Piece>,
    /// How many these are.
    folders: usize,
    partitions: Vec<Partition>,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    /// The value of the partition column at this position.
    Hole(usize),
}

impl Template {
    /// Reads a template that has to hold all of these columns.
    pub(super) fn parse(text: &str, partitions: &[Partition]) -> Result<Self, ShapeError> {
        const KEY: &str = "storage.location.template";
        let error = |reason: String, hint: &str| ShapeError {
            subject: KEY.to_owned(),
            reason: format!("'{KEY}' {reason}"),
            hint: hint.to_owned(),
        };
        let text = text.trim().trim_end_matches('/');
        let first = text.find("${").unwrap_or(text.len());
        let (before, mut rest) = text.split_at(text[..first].rfind('/').map_or(0, |at| at + 1));
        let mut pieces = Vec::new();
        while let Some((literal, hole)) = rest.split_once("${") {
            if !literal.is_empty() {
                pieces.push(Piece::Text(literal.to_owned()));
            }
            let (name, after) = hole
                .split_once('}')
                .ok_or_else(|| error(format!("has a ${{ without a }}: {text}"), "Close it."))?;
            let at = partitions
                .iter()
                .position(|partition| partition.name.eq_ignore_ascii_case(name))
                .ok_or_else(|| {
                    let hint = "Holes are ${column}, of the columns in PARTITIONED BY.";
                    error(format!("has a hole for '{name}', which is no partition column"), hint)
                })?;
            pieces.push(Piece::Hole(at));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        let missing = (0..partitions.len()).find(|at| !pieces.contains(&Piece::Hole(*at)));
        if let Some(missing) = missing {
            let name = &partitions[missing].name;
            let hint = format!("Put ${{{name}}} where the folder of that name is.");
            return Err(error(format!("has no hole for column '{name}'"), &hint));
        }
        let slashes = |piece: &Piece| match piece {
            Piece::Text(text) => text.matches('/').count(),
            Piece::Hole(at) => match &partitions[*at].content {
                Content::Date(format) => format.slashes(),
                _ => 0,
            },
        };
        Ok(Self {
            before: before.split_terminator('/').map(str::to_owned).collect(),
            folders: 1 + pieces.iter().map(slashes).sum::<usize>(),
            pieces,
            partitions: partitions.to_vec(),
        })
    }

    /// The values of all columns, if the folders of `address` are those of the template.
    pub(super) fn values(&self, address: &str) -> Option<Box<[Option<String>]>> {
        let folders = folders(address);
        let mut best = None;
        // Logs may lie in further folders below the partition's own.
        for end in (self.folders..=folders.len()).rev() {
            let (before, here) = folders[..end].split_at(end - self.folders);
            let Some(values) = self.read(&here.join("/")) else {
                continue;
            };
            let same = before.iter().rev().zip(self.before.iter().rev());
            let known = same.take_while(|(folder, expected)| **folder == expected.as_str()).count();
            if best.as_ref().is_none_or(|(least, _)| known > *least) {
                best = Some((known, values));
            }
        }
        best.map(|(_, values)| values)
    }

    /// The values of all columns, if `address` lies below the template's own folder, bucket included.
    pub(super) fn values_there(&self, address: &str) -> Option<Box<[Option<String>]>> {
        let folders = folders(address);
        let above = self.before.len();
        let here = folders.get(above..above + self.folders)?;
        let same = folders.iter().zip(&self.before).all(|(folder, expected)| folder == expected);
        if same { self.read(&here.join("/")) } else { None }
    }

    fn read(&self, text: &str) -> Option<Box<[Option<String>]>> {
        let mut values = vec![None; self.partitions.len()];
        let mut rest = text;
        for (at, piece) in self.pieces.iter().enumerate() {
            let column = match piece {
                Piece::Text(literal) => {
                    rest = rest.strip_prefix(literal.as_str())?;
                    continue;
                }
                Piece::Hole(column) => *column,
            };
            let partition = &self.partitions[column];
            let (length, value) = match &partition.content {
                Content::Date(format) => {
                    let (length, time) = format.take(rest)?;
                    let text = || Some(rest[..length].to_owned());
                    let value = match time {
                        Some(time) => partition.typed(time, text),
                        None => text(),
                    };
                    (length, value)
                }
                content => {
                    let folder = &rest[..rest.find('/').unwrap_or(rest.len())];
                    let length = match self.pieces.get(at + 1) {
                        Some(Piece::Text(next)) if !next.starts_with('/') => folder.find(next)?,
                        _ => folder.len(),
                    };
                    let value = &folder[..length];
                    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
                    let wants_digits = *content == Content::Account || !partition.ty.is_text();
                    if value.is_empty() || wants_digits && !digits {
                        return None;
                    }
                    (length, Some(value.to_owned()))
                }
            };
            values[column] = value;
            rest = &rest[length..];
        }
        rest.is_empty().then(|| values.into())
    }
}

/// The folders of an address, without the file.
fn folders(address: &str) -> Vec<&str> {
    let mut folders: Vec<&str> = address.split(['/', '\\']).collect();
    folders.pop();
    folders
}

/// What a folder `name=value` says, as Hive lays partitions out.
pub(super) fn named_folder(address: &str, name: &str) -> Option<String> {
    memchr::memchr(b'=', address.as_bytes())?;
    let value = folders(address).into_iter().rev().find_map(|folder| {
        let (key, value) = folder.split_once('=')?;
        key.eq_ignore_ascii_case(name).then_some(value)
    })?;
    (value != "__HIVE_DEFAULT_PARTITION__").then(|| unescaped(value))
}

/// Hive writes `/`, `:` and their like in folders as `%2F`.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let code = after.get(..2).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The organisation in CloudTrail's folders: beside the account, or, from Control Tower's early
/// days, before `AWSLogs`.
pub(super) fn organisation(address: &str) -> Option<String> {
    let is_organisation = |folder: &&&str| {
        folder
            .strip_prefix("o-")
            .is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    folders(address).iter().rev().find(is_organisation).map(|folder| (*folder).to_owned())
}
