//! The commands of the shell: lines that begin with a backslash.

use clap::ValueEnum as _;

use super::session::Limit;
use crate::cli::Moment;
use crate::cli::print::Format;
use crate::error::Error;
use crate::nearest;

/// What there is: how it is written, and what it does.
pub(super) const COMMANDS: [(&str, &str); 13] = [
    ("\\?", "this help"),
    ("\\d", "tables and views"),
    ("\\d NAME", "what a table, view or query consists of"),
    ("\\run", "queries that can be run by name"),
    ("\\run NAME k=v ...", "run a query or view; quote values that hold blanks"),
    ("\\set NAME=VALUE", "a value for :NAME in statements; \\set alone lists them"),
    ("\\format FORMAT", "table, json, ndjson or csv"),
    ("\\limit N", "most rows of an answer, or all"),
    ("\\since TIME", "only logs delivered since then: 2d, 2026-11-23T09:00:00Z, or all"),
    ("\\until TIME", "only logs delivered before then, or all"),
    ("\\account ID,...", "only logs of these accounts, or all; \\region likewise"),
    ("\\refresh", "list the logs again"),
    ("\\q", "leave, as does Ctrl-D"),
];

/// Words that begin a command, without the backslash.
pub(super) const NAMES: [&str; 12] = [
    "?", "account", "d", "format", "limit", "q", "refresh", "region", "run", "set", "since",
    "until",
];

/// A command as read.
#[derive(Debug)]
pub(super) enum Command {
    Help,
    Tables,
    Describe(String),
    Queries,
    Run {
        name: String,
        values: Vec<(String, String)>,
    },
    Values,
    Set(String, String),
    Format(Format),
    Limit(Limit),
    /// `None` takes all.
    Since(Option<Moment>),
    Until(Option<Moment>),
    Accounts(Vec<String>),
    Regions(Vec<String>),
    Refresh,
    Quit,
}

impl Command {
    /// What somebody means who does not know of backslashes yet.
    pub(super) fn bare(text: &str) -> Option<Self> {
        match text.trim().trim_end_matches(';').trim_end().to_lowercase().as_str() {
            "help" | "?" => Some(Self::Help),
            "exit" | "quit" => Some(Self::Quit),
            _ => None,
        }
    }

    /// Reads a line that begins with a backslash.
    ///
    /// # Errors
    /// Wrong usage, with what to write instead.
    pub(super) fn parse(line: &str) -> Result<Self, Error> {
        let wrong = |reason: String| {
            Error::usage(reason, "\\? lists the commands, and how they are written.")
        };
        let line = line.trim().strip_prefix('\\').unwrap_or(line);
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        // A semicolon is a habit, no part of a command.
        let name = name.trim_end_matches(';').to_lowercase();
        let words = words(rest.trim().trim_end_matches(';')).map_err(wrong)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let moment = |words: &[&str]| match words {
            ["all"] => Ok(None),
            [] => Err(wrong(format!("\\{name} needs a time, or all"))),
            _ => Moment::parse(&words.join(" "))
                .map(Some)
                .map_err(|wanted| wrong(format!("\\{name}: {wanted}, or all"))),
        };
        let list = |words: &[&str]| match words {
            ["all"] => Ok(Vec::new()),
            [] => Err(wrong(format!("\\{name} needs a value, or all"))),
            _ => Ok(words
                .iter()
                .flat_map(|word| word.split(','))
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()),
        };
        Ok(match (name.as_str(), words.as_slice()) {
            ("?" | "h" | "help", _) => Self::Help,
            ("q" | "quit" | "exit", _) => Self::Quit,
            ("refresh", []) => Self::Refresh,
            ("d" | "dt" | "dv", []) => Self::Tables,
            ("d", [name]) => Self::Describe((*name).to_owned()),
            ("run", []) => Self::Queries,
            ("run", [name, values @ ..]) => {
                let values = values.iter().map(|word| pair(word).ok_or(*word));
                let values: Result<Vec<_>, _> = values.collect();
                let values = values.map_err(|word| wrong(format!("'{word}' is no name=value")))?;
                Self::Run { name: (*name).to_owned(), values }
            }
            ("set", []) => Self::Values,
            ("set", [word]) => match pair(word) {
                Some((name, value)) => Self::Set(name, value),
                None => return Err(wrong(format!("'{word}' is no name=value"))),
            },
            ("format", [format]) => match Format::from_str(format, true) {
                Ok(format) => Self::Format(format),
                Err(_) => return Err(wrong(format!("'{format}' is no format"))),
            },
            ("limit", [limit]) => Self::Limit(
                Limit::parse(limit).map_err(|wanted| wrong(format!("\\limit: {wanted}")))?,
            ),
            ("since", words) => Self::Since(moment(words)?),
            ("until", words) => Self::Until(moment(words)?),
            ("account", words) => Self::Accounts(list(words)?),
            ("region", words) => Self::Regions(list(words)?),
            (known, _) if NAMES.contains(&known) => {
                return Err(wrong(format!("\\{known} is not written like that")));
            }
            (unknown, _) => {
                let reason = format!("there is no command \\{unknown}");
                return Err(match nearest(unknown, &NAMES) {
                    Some(nearest) => Error::usage(reason, format!("Did you mean \\{nearest}?")),
                    None => wrong(reason),
                });
            }
        })
    }
}

fn pair(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=').filter(|(name, _)| !name.is_empty())?;
    Some((name.trim_start_matches(':').to_lowercase(), value.to_owned()))
}

/// Words between blanks; quotes of either kind hold blanks together, the other kind inside.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for ch in text.chars() {
        match quote {
            Some(open) if ch == open => quote = None,
            Some(_) => word.get_or_insert_default().push(ch),
            None if ch == '\'' || ch == '"' => {
                quote = Some(ch);
                word.get_or_insert_default();
            }
            None if ch.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(ch),
        }
    }
    words.extend(word);
    match quote {
        Some(open) => Err(format!("the quote {open} is never closed")),
        None => Ok(words),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        match Command::parse(line) {
            Ok(command) => format!("{command:?}"),
            Err(error) => error.report(),
        }
    }

    #[test]
    fn commands_are_read() {
        assert_eq!(
            read("\\run who-touched who='Ann \"A\" Smith' day= "),
            "Run { name: \"who-touched\", values: [(\"who\", \"Ann \\\"A\\\" Smith\"), (\"day\", \"\")] }"
        );
        assert_eq!(read("\\RUN events;"), "Run { name: \"events\", values: [] }");
        assert_eq!(read("\\set :Who=x=y"), "Set(\"who\", \"x=y\")");
        assert_eq!(read("\\format CSV"), "Format(Csv)");
        assert_eq!(read("\\limit all"), "Limit(All)");
        assert_eq!(read("\\since 2d 3h"), "Since(Some(Before(183600s)))");
        assert_eq!(read("\\until all"), "Until(None)");
        assert_eq!(read("\\account 111122223333, prod"), "Accounts([\"111122223333\", \"prod\"])");
        assert_eq!(read("\\d"), "Tables");
    }

    #[test]
    fn mistakes_say_what_to_write() {
        for (line, says) in [
            ("\\fromat csv", "Did you mean \\format?"),
            ("\\format yaml", "'yaml' is no format"),
            ("\\limit x", "write a whole number"),
            ("\\since yesterday", "write a length of time"),
            ("\\region", "\\region needs a value, or all"),
            ("\\run q who", "'who' is no name=value"),
            ("\\run q who='x", "the quote ' is never closed"),
            ("\\refresh now", "\\refresh is not written like that"),
            ("\\", "there is no command"),
        ] {
            assert!(read(line).contains(says), "{line}: {}", read(line));
        }
    }

    #[test]
    fn beginners_are_understood() {
        assert!(matches!(Command::bare(" Help ;"), Some(Command::Help)));
        assert!(matches!(Command::bare("exit"), Some(Command::Quit)));
        assert!(Command::bare("SELECT 1").is_none());
    }

    #[test]
    fn the_help_tells_of_every_command() {
        let help: String = COMMANDS.map(|(how, what)| format!("{how} {what}\n")).concat();
        for name in NAMES {
            assert!(help.contains(&format!("\\{name}")), "{name}");
            let refused = Command::parse(&format!("\\{name}"));
            let known = refused.map_or_else(|error| error.report(), |_| String::new());
            assert!(!known.contains("there is no command"), "{name}");
        }
    }

    #[test]
    fn words_keep_what_is_quoted() {
        assert_eq!(words("a 'b c'd \"\" e").unwrap(), ["a", "b cd", "", "e"]);
    }
}
