//! Cases: what a `.test` file says, and what an engine answered, in the same text.

use std::fs;
use std::path::Path;

/// One statement and what has to come of it.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// Name of the file without its extension, which is its topic.
    pub(super) topic: String,
    /// Line of the statement in its file, from 1.
    pub(super) line: usize,
    /// The heading that it stands under.
    pub(super) feature: String,
    pub(super) sql: String,
    /// Athena answers otherwise than Trino here.
    pub(super) athena: bool,
    /// Each is a whole answer, line by line. Any of them is right; none is none known yet.
    pub(super) answers: Vec<Vec<String>>,
}

/// What came of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Rows {
        columns: Vec<String>,
        rows: Vec<Vec<Option<String>>>,
    },
    /// `CODE: line 1:8: message`.
    Error(String),
}

impl Outcome {
    /// The lines of a `.test` file that stand for it.
    pub(super) fn lines(&self) -> Vec<String> {
        match self {
            Self::Error(message) => {
                vec![format!("! {}", message.lines().next().unwrap_or_default())]
            }
            Self::Rows { columns, rows } => {
                let names = columns.iter().map(|name| cell(Some(name))).collect::<Vec<_>>();
                let row = |row: &Vec<Option<String>>| {
                    row.iter().map(|text| cell(text.as_deref())).collect::<Vec<_>>().join(" | ")
                };
                std::iter::once(names.join(" | ")).chain(rows.iter().map(row)).collect()
            }
        }
    }
}

impl Case {
    /// Whether an answer is one of those that are right. Of an error the beginning has to be.
    pub(super) fn accepts(&self, outcome: &Outcome) -> bool {
        let got = outcome.lines();
        self.answers.iter().any(|answer| match answer.as_slice() {
            [error] if error.starts_with('!') => got[0].starts_with(error.as_str()),
            answer => got == *answer,
        })
    }

    /// What to print when it does not.
    pub(super) fn complaint(&self, engine: &str, outcome: &Outcome) -> String {
        let lines = |lines: &[String]| lines.join("\n      ");
        let expected = match self.answers.as_slice() {
            [] => "nothing yet; see DIALECT_FILL in tests/dialect/README.md".to_owned(),
            answers => answers.iter().map(|a| lines(a)).collect::<Vec<_>>().join("\n   or "),
        };
        format!(
            "tests/dialect/{}.test:{}: {engine}\n  {}\n   expected\n      {expected}\n   got\n      {}\n",
            self.topic,
            self.line,
            self.sql.replace('\n', "\n  "),
            lines(&outcome.lines())
        )
    }
}

/// A cell on one line: NULL, the empty text and blanks at the ends can be told apart.
fn cell(text: Option<&str>) -> String {
    let Some(text) = text else {
        return "NULL".to_owned();
    };
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    if matches!(text, "NULL" | "(empty)") {
        return format!("\\{text}");
    }
    let mut out = String::new();
    let last = text.chars().count() - 1;
    for (at, char) in text.chars().enumerate() {
        match char {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '|' => out.push_str("\\|"),
            ' ' if at == 0 || at == last => out.push_str("\\s"),
            char if char.is_control() => out.push_str(&char.escape_unicode().to_string()),
            char => out.push(char),
        }
    }
    out
}

/// The cases of a file.
pub(super) fn read(path: &Path) -> Vec<Case> {
    let topic = path.file_stem().unwrap().to_str().unwrap();
    let mut cases = Vec::new();
    let mut feature = None;
    let text = fs::read_to_string(path).unwrap();
    let mut lines = (1..).zip(text.lines()).peekable();
    while let Some((line, text)) = lines.next() {
        if let Some(heading) = text.strip_prefix("=== ") {
            feature = Some(heading.to_owned());
            continue;
        }
        if text.is_empty() {
            continue;
        }
        let mut block = vec![(line, text)];
        while let Some(next) = lines.next_if(|(_, text)| !text.is_empty()) {
            block.push(next);
        }
        let notes = block.iter().take_while(|(_, text)| text.starts_with('#')).count();
        let athena = block[..notes].iter().any(|(_, text)| text.starts_with("# athena:"));
        let block = &block[notes..];
        let Some((line, _)) = block.first() else {
            continue;
        };
        let mut parts = block.split(|(_, text)| text.starts_with("----"));
        let sql = parts.next().unwrap().iter().map(|(_, text)| *text).collect::<Vec<_>>();
        cases.push(Case {
            topic: topic.to_owned(),
            line: *line,
            feature: feature.clone().unwrap_or_else(|| panic!("{topic}.test has no heading")),
            sql: sql.join("\n"),
            athena,
            answers: parts
                .filter(|answer| !answer.is_empty())
                .map(|answer| answer.iter().map(|(_, text)| (*text).to_owned()).collect())
                .collect(),
        });
    }
    cases
}

/// Writes answers into a file, under the statements at these lines.
pub(super) fn fill(path: &Path, answers: &[(usize, Vec<String>)]) {
    let text = fs::read_to_string(path).unwrap();
    let mut out = Vec::new();
    let mut waiting: Option<&[String]> = None;
    for (line, text) in (1..).zip(text.lines().chain([""])) {
        if text.is_empty()
            && let Some(answer) = waiting.take()
        {
            if out.last() != Some(&"----") {
                out.push("----");
            }
            out.extend(answer.iter().map(String::as_str));
        }
        if let Some((_, answer)) = answers.iter().find(|(at, _)| *at == line) {
            waiting = Some(answer);
        }
        out.push(text);
    }
    fs::write(path, out.join("\n")).unwrap();
}
