//! `CASE` in a text, by its tokens.

use std::fmt::Write as _;

use super::{Decision, is_reserved, is_rule, line_and_column};
use crate::sql::token::{Kind, Token};

/// A label that is made of a condition is no longer than this, in characters.
const LONGEST_LABEL: usize = 48;

/// `CASE ... END`.
#[derive(Debug)]
pub(super) struct Case {
    /// What stands between `CASE` and the first `WHEN`.
    operand: String,
    /// In order, and at last an `ELSE`, also where nobody wrote one.
    pub(super) branches: Vec<Branch>,
}

/// `WHEN ... THEN ...`, or `ELSE ...`.
#[derive(Debug)]
pub(super) struct Branch {
    /// `None` for `ELSE`.
    condition: Option<String>,
    /// Columns that the condition mentions, each once.
    pub(super) columns: Vec<String>,
    /// Columns that the result mentions.
    result: Vec<String>,
    pub(super) label: String,
    /// From 1; 0 where nobody wrote it.
    pub(super) line: u64,
    pub(super) outcome: Outcome,
}

/// What a branch comes to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A result, by its number.
    Leaf(usize),
    /// Further branches.
    Case(Case),
}

impl Outcome {
    pub(super) fn leads_to(&self, leaf: usize) -> bool {
        match self {
            Self::Leaf(number) => *number == leaf,
            Self::Case(case) => case.branches.iter().any(|branch| branch.outcome.leads_to(leaf)),
        }
    }
}

impl Branch {
    pub(super) fn is_else(&self) -> bool {
        self.condition.is_none()
    }

    pub(super) fn is_written(&self) -> bool {
        self.line > 0
    }
}

impl Case {
    /// The same `CASE` with numbers for results. They are unique in the view, because Trino 401
    /// stops at two `CASE` of one `SELECT` that have a branch in common.
    pub(super) fn sql(&self) -> String {
        let mut sql = format!("CASE {}", self.operand);
        for branch in &self.branches {
            let result = match &branch.outcome {
                Outcome::Leaf(number) => format!("'{number}'"),
                Outcome::Case(inner) => inner.sql(),
            };
            let _ = match &branch.condition {
                Some(condition) => write!(sql, "\nWHEN {condition}\nTHEN {result}"),
                None => write!(sql, "\nELSE {result}"),
            };
        }
        sql + "\nEND"
    }

    fn each<'a>(&'a self, act: &mut impl FnMut(&'a Branch)) {
        for branch in &self.branches {
            act(branch);
            if let Outcome::Case(inner) = &branch.outcome {
                inner.each(act);
            }
        }
    }

    /// Columns that conditions mention.
    pub(super) fn looked_at(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.each(&mut |branch| names.extend(branch.columns.iter().cloned()));
        names
    }

    /// Columns that conditions or results mention.
    pub(super) fn mentioned(&self) -> Vec<String> {
        let mut names = self.looked_at();
        self.each(&mut |branch| names.extend(branch.result.iter().cloned()));
        names
    }

    /// Whether branches of it stand for rules.
    pub(super) fn names_rules(&self) -> bool {
        let mut named = false;
        self.each(&mut |branch| named |= branch.label.split(' ').next().is_some_and(is_rule));
        named
    }

    #[cfg(test)]
    pub(super) fn leaves(&self) -> Vec<usize> {
        let mut leaves = Vec::new();
        self.each(&mut |branch| {
            if let Outcome::Leaf(number) = branch.outcome {
                leaves.push(number);
            }
        });
        leaves
    }
}

/// Every `CASE ... END AS name` that is a column of a relation of the `WITH` list, with the byte
/// after its name; and the byte of the last `SELECT`'s `FROM`. `None` where there is no such `FROM`.
pub(super) fn decisions(text: &str, tokens: &[Token]) -> Option<(Vec<(Decision, usize)>, usize)> {
    let mut reader = Reader { text, tokens, leaves: 0 };
    let mut found = Vec::new();
    let (mut depth, mut last_from) = (0_usize, None);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        depth = depth_after(depth, token);
        if depth == 0 && token.is_word("from") {
            last_from = Some(token.span.start);
        }
        let column = at
            .checked_sub(1)
            .is_some_and(|before| tokens[before].is(",") || tokens[before].is_word("select"));
        if depth > 0
            && column
            && token.is_word("case")
            && let Some((case, end)) = reader.case(at)
        {
            if let [after, name, ..] = &tokens[end..]
                && after.is_word("as")
                && let Kind::Word(name_text) = &name.kind
            {
                let decision = Decision { name: name_text.to_lowercase(), case };
                found.push((decision, name.span.end));
            }
            at = end;
            continue;
        }
        at += 1;
    }
    Some((found, last_from?))
}

fn depth_after(depth: usize, token: &Token) -> usize {
    match () {
        () if token.is("(") => depth + 1,
        () if token.is(")") => depth.saturating_sub(1),
        () => depth,
    }
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    leaves: usize,
}

impl Reader<'_> {
    /// The `CASE` that begins at a token, and the token after its `END`.
    fn case(&mut self, start: usize) -> Option<(Case, usize)> {
        let mut at = self.part(start + 1, &["when"])?;
        let operand = self.slice(start + 1, at).to_owned();
        let mut branches = Vec::new();
        while self.tokens[at].is_word("when") {
            let then = self.part(at + 1, &["then"])?;
            let end = self.part(then + 1, &["when", "else", "end"])?;
            branches.push(self.branch(at, Some((at + 1, then)), then + 1, end)?);
            at = end;
        }
        if self.tokens[at].is_word("else") {
            let end = self.part(at + 1, &["end"])?;
            branches.push(self.branch(at, None, at + 1, end)?);
            at = end;
        } else {
            let (condition, label) = (None, String::new());
            let (columns, result) = (Vec::new(), Vec::new());
            let outcome = self.leaf();
            branches.push(Branch { condition, columns, result, label, line: 0, outcome });
        }
        Some((Case { operand, branches }, at + 1))
    }

    fn branch(
        &mut self,
        keyword: usize,
        condition: Option<(usize, usize)>,
        from: usize,
        to: usize,
    ) -> Option<Branch> {
        let nested = self.tokens[from].is_word("case").then(|| self.case(from)).flatten();
        let outcome = match nested {
            Some((inner, end)) if end == to => Outcome::Case(inner),
            _ => self.leaf(),
        };
        let plain = match &self.tokens[from].kind {
            Kind::Text(result) if to == from + 1 => Some(result.as_str()),
            Kind::Word(result) if to == from + 1 => Some(result.as_str()),
            _ => None,
        };
        let text = condition.map(|(from, to)| self.slice(from, to).to_owned());
        let result =
            plain.map_or_else(|| short(text.as_deref().unwrap_or("otherwise")), str::to_owned);
        let label = match self.rule_above(keyword) {
            Some(rule) if !is_rule(&result) => format!("{rule} {result}"),
            _ => result,
        };
        Some(Branch {
            columns: condition.map(|(from, to)| self.columns(from, to)).unwrap_or_default(),
            condition: text,
            result: self.columns(from, to),
            label,
            line: line_and_column(self.text, self.tokens[keyword].span.start).0,
            outcome,
        })
    }

    fn leaf(&mut self) -> Outcome {
        self.leaves += 1;
        Outcome::Leaf(self.leaves)
    }

    /// The first of these words from a token on that is inside no parentheses and no `CASE`.
    fn part(&self, from: usize, words: &[&str]) -> Option<usize> {
        let (mut depth, mut cases) = (0, 0_usize);
        for (at, token) in self.tokens.iter().enumerate().skip(from) {
            if depth == 0 && cases == 0 && words.iter().any(|word| token.is_word(word)) {
                return Some(at);
            }
            depth = depth_after(depth, token);
            if token.is_word("case") {
                cases += 1;
            } else if token.is_word("end") {
                cases = cases.checked_sub(1)?;
            }
        }
        None
    }

    fn slice(&self, from: usize, to: usize) -> &str {
        if from == to {
            return "";
        }
        &self.text[self.tokens[from].span.start..self.tokens[to - 1].span.end]
    }

    /// Names that are no keyword, function or qualifier.
    fn columns(&self, from: usize, to: usize) -> Vec<String> {
        let mut names = Vec::new();
        for at in from..to {
            let before_mark = ["(", "."].iter().any(|mark| self.tokens[at + 1].is(mark));
            if let Kind::Word(word) = &self.tokens[at].kind
                && !before_mark
                && !is_reserved(word)
            {
                let name = word.to_lowercase();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// The rule that a comment right before a token begins with: `-- C4: a browser.`
    fn rule_above(&self, at: usize) -> Option<&str> {
        let between = self.tokens[at - 1].span.end..self.tokens[at].span.start;
        let mut comments =
            self.text[between].lines().filter_map(|line| line.trim().strip_prefix("--"));
        comments.find_map(|comment| {
            comment.trim().split_once(':').map(|(rule, _)| rule).filter(|rule| is_rule(rule))
        })
    }
}

/// A condition as one short line, without its comments.
fn short(condition: &str) -> String {
    let lines = condition.lines().map(|line| line.split("-- ").next().unwrap_or_default());
    let words: Vec<_> = lines.flat_map(str::split_whitespace).collect();
    let text = words.join(" ");
    match text.char_indices().nth(LONGEST_LABEL) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
