//! The comment header of a `.sql` file: what it says of itself.

use std::collections::BTreeMap;

use super::QueryError;
use super::value::Type;

/// The header as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// `-- name:`.
    pub name: String,
    /// `-- about:`, lines joined.
    pub about: String,
    /// `-- finds:`: what one of its rows is called in digests, and several of them: `sign-in`,
    /// `sign-ins`. Only detections have it.
    pub finds: Option<(String, String)>,
    /// `-- param:` lines.
    pub params: Vec<Param>,
    /// `-- example:` lines: commands to try.
    pub examples: Vec<String>,
    /// `-- column:` lines: name and meaning.
    pub columns: Vec<(String, String)>,
}

/// One `-- param:` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// The name in `:name`.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// What it is when nobody says; a parameter without one must be given.
    pub default: Option<String>,
    /// What it does.
    pub about: String,
}

impl Param {
    /// Its name between two marks, and its type, default and meaning.
    pub fn described(&self, before: &str, after: &str) -> (String, String) {
        let default = match &self.default {
            Some(default) => format!("default '{default}'"),
            None => "required".to_owned(),
        };
        let about = format!("{} ({default})  {}", self.kind.name(), self.about);
        (format!("{before}{}{after}", self.name), about)
    }
}

/// The values in a command such as that of an example: `--param name=value`, where quotes hold
/// blanks together.
pub fn values_in(command: &str) -> BTreeMap<String, String> {
    let value = |part: &str| {
        let (name, rest) = part.split_once('=')?;
        let value = match rest.chars().next() {
            Some(quote @ ('\'' | '"')) => rest[1..].split(quote).next(),
            _ => rest.split_whitespace().next(),
        };
        Some((name.trim().to_lowercase(), value.unwrap_or_default().to_owned()))
    };
    command.split("--param ").skip(1).filter_map(value).collect()
}

/// Whether a text has a header at all: a query of somebody's own needs none.
pub fn is_there(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("-- name:") || line.starts_with("-- param:"))
}

/// Reads the leading comment lines of `text`.
///
/// # Errors
/// [`QueryError::Header`] names the file and the line.
pub fn parse(text: &str, origin: &str) -> Result<Header, QueryError> {
    let mut header = Header::default();
    let mut last = "";
    for (number, line) in (1..).zip(text.lines()) {
        let Some(comment) = line.strip_prefix("--") else {
            if line.trim().is_empty() && header == Header::default() {
                continue;
            }
            break;
        };
        let error =
            |reason: String| QueryError::Header { origin: origin.to_owned(), line: number, reason };
        let comment = comment.trim();
        let (key, rest) = comment.split_once(':').unwrap_or(("", comment));
        let rest = rest.trim();
        match key {
            "name" => rest.clone_into(&mut header.name),
            "about" => continue_line(&mut header, "about", rest),
            "finds" => header.finds = Some(finds(rest).map_err(error)?),
            "param" => header.params.push(param(rest).map_err(error)?),
            "example" => header.examples.push(rest.to_owned()),
            "column" => {
                let (name, about) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                if name.is_empty() {
                    return Err(error("a column line needs a name".to_owned()));
                }
                header.columns.push((name.to_owned(), about.trim().to_owned()));
            }
            _ => continue_line(&mut header, last, comment),
        }
        if matches!(key, "name" | "about" | "finds" | "param" | "example" | "column") {
            last = key;
        }
    }
    if header.name.is_empty() {
        return Err(QueryError::Header {
            origin: origin.to_owned(),
            line: 1,
            reason: "the first line must be `-- name: ...`".to_owned(),
        });
    }
    Ok(header)
}

/// A comment line without a key goes on with the text before it.
fn continue_line(header: &mut Header, last: &str, text: &str) {
    let target = match last {
        "about" => Some(&mut header.about),
        "param" => header.params.last_mut().map(|param| &mut param.about),
        "column" => header.columns.last_mut().map(|(_, about)| about),
        _ => None,
    };
    if let Some(target) = target.filter(|_| !text.is_empty()) {
        if !target.is_empty() {
            target.push(' ');
        }
        target.push_str(text);
    }
}

fn finds(text: &str) -> Result<(String, String), String> {
    match text.split(',').map(str::trim).collect::<Vec<_>>()[..] {
        [one, many] if !one.is_empty() && !many.is_empty() => Ok((one.to_owned(), many.to_owned())),
        _ => {
            Err("a finds line needs two words, for one and for several: sign-in, sign-ins"
                .to_owned())
        }
    }
}

fn param(text: &str) -> Result<Param, String> {
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim_start();
    let (kind, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    if name.is_empty() || kind.is_empty() {
        return Err("a param line needs a name and a type".to_owned());
    }
    let kind = Type::named(kind)
        .ok_or_else(|| format!("'{kind}' is no type; there are text, integer, boolean and list"))?;
    let rest = rest.trim_start();
    let (default, about) = match rest.strip_prefix("default=") {
        None => (None, rest),
        Some(rest) => {
            let (value, about) = match rest.strip_prefix('\'') {
                Some(quoted) => {
                    quoted.split_once('\'').ok_or("the default's quote is never closed")?
                }
                None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
            };
            kind.literal(value)
                .map_err(|wanted| format!("the default of '{name}' must be {wanted}"))?;
            (Some(value.to_owned()), about)
        }
    };
    Ok(Param { name: name.to_lowercase(), kind, default, about: about.trim().to_owned() })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn reads_every_line() {
        let header = parse(
            "-- name: who-touched\n-- about: Who changed\n-- about: a resource,\n--   and when.\n\
             -- finds: touch, touches\n\
             -- param: resource text The resource.\n-- param: day text default='' Only this day.\n\
             -- param: limit integer default=100 At most\n--   so many.\n-- example: clickops query who-touched\n\
             -- column: actor The person.\n\nSELECT 1",
            "f",
        )
        .unwrap();
        assert_eq!(header.name, "who-touched");
        assert_eq!(header.about, "Who changed a resource, and when.");
        assert_eq!(header.finds, Some(("touch".to_owned(), "touches".to_owned())));
        assert_eq!(header.params[0].default, None);
        assert_eq!(header.params[1].default.as_deref(), Some(""));
        assert_eq!(header.params[2].default.as_deref(), Some("100"));
        assert_eq!(header.params[2].about, "At most so many.");
        assert_eq!(header.examples, ["clickops query who-touched"]);
        assert_eq!(header.columns, [("actor".to_owned(), "The person.".to_owned())]);
    }

    #[test]
    fn values_are_taken_out_of_a_command() {
        let values =
            values_in("clickops query q --param who='Ann S' --param Day= --param x=a=b --logs l");
        let values: Vec<_> = values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(values, [("day", ""), ("who", "Ann S"), ("x", "a=b")]);
    }

    #[test]
    fn mistakes_name_file_and_line() {
        let mistake = |text| parse(text, "f.sql").unwrap_err().to_string();
        assert_eq!(mistake("SELECT 1"), "f.sql:1: the first line must be `-- name: ...`");
        assert_eq!(
            mistake("-- name: x\n-- finds: touches"),
            "f.sql:2: a finds line needs two words, for one and for several: sign-in, sign-ins"
        );
        assert_eq!(
            mistake("-- name: x\n-- param: y number"),
            "f.sql:2: 'number' is no type; there are text, integer, boolean and list"
        );
        assert_eq!(
            mistake("-- name: x\n-- param: y integer default=z Meaning"),
            "f.sql:2: the default of 'y' must be a whole number such as 100"
        );
    }
}
