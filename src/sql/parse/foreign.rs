//! What people bring from other databases, and statements that have no place here: what to write
//! instead.

use crate::sql::refusal::Refusal;
use crate::sql::token::{Kind, Token};

/// Refuses statements that are no queries, by their first word.
pub(super) fn statement(tokens: &[Token]) -> Result<(), Refusal> {
    const CHANGES: [&str; 18] = [
        "alter", "analyze", "call", "comment", "create", "delete", "deny", "drop", "grant",
        "insert", "merge", "msck", "refresh", "revoke", "truncate", "unload", "update", "vacuum",
    ];
    const SESSION: [&str; 9] =
        ["commit", "deallocate", "execute", "prepare", "reset", "rollback", "set", "start", "use"];
    let first = &tokens[0];
    let Kind::Word(word) = &first.kind else {
        return match first.kind {
            Kind::End | Kind::Symbol(";") => {
                Err(Refusal::syntax(first.span.start, "expected exactly one statement")
                    .hint("begin with SELECT or WITH"))
            }
            _ => Ok(()),
        };
    };
    let lower = word.to_lowercase();
    let name = word.to_uppercase();
    let at = first.span.start;
    if CHANGES.contains(&lower.as_str()) {
        return Err(Refusal::new(
            "NOT_SUPPORTED",
            at,
            format!("{name} changes tables; only queries can run here"),
        )
        .hint(
            "logs are read only: run it in the Athena console; name intermediate results with WITH",
        ));
    }
    if SESSION.contains(&lower.as_str()) {
        return Err(Refusal::new(
            "NOT_SUPPORTED",
            at,
            format!("{name} changes a session; only queries can run here"),
        )
        .hint("give values with :name and --param name=value"));
    }
    Ok(())
}

/// Adds what to write instead where the tokens look like another database's SQL.
pub(super) fn hint(tokens: &[Token], at: usize, refusal: Refusal) -> Refusal {
    let mut token = &tokens[at.min(tokens.len() - 1)];
    if let (true, Some(next)) = (token.is_word("not"), tokens.get(at + 1)) {
        token = next;
    }
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let text = match &token.kind {
        Kind::Symbol(symbol) => match *symbol {
            "::" => "write CAST(x AS type)",
            "==" => "write =",
            "{" => "write CAST(ROW(1, 'a') AS ROW(x integer, y varchar))",
            "[" => "an array is written ARRAY[1, 2]",
            "|" => "text is joined with ||",
            "\\" => "a backslash is an ordinary character inside quotes, and nothing outside",
            "=>" => "arguments have no names here",
            ":" => "a value is :name, with a name after the colon",
            ")" if before.is_some_and(|before| before.is("(")) => {
                "something has to stand between the parentheses"
            }
            "," if tokens[..at].iter().rev().take(2).any(|token| token.is_word("limit")) => {
                "OFFSET stands before LIMIT: OFFSET 1 LIMIT 2"
            }
            _ => "",
        },
        Kind::Word(word) => match word.to_lowercase().as_str() {
            "ilike" => "write lower(x) LIKE lower(y)",
            "similar" | "rlike" | "regexp" => "write regexp_like(x, 'pattern')",
            _ if before.is_some_and(|before| before.is_word("qualify")) => {
                "filter on the window function in a query around this one"
            }
            "exclude" | "replace" => "name the columns to select",
            "except" if before.is_some_and(|before| before.is("*")) => "name the columns to select",
            "offset" => "OFFSET stands before LIMIT",
            "from" if before.is_none_or(|before| before.is(",")) => "take the comma away",
            "isnull" => "write x IS NULL",
            "notnull" => "write x IS NOT NULL",
            "semi" | "anti" => "write WHERE [NOT] EXISTS (SELECT ...)",
            "top" => "write LIMIT n at the end",
            "div" => "integers are divided with /",
            _ => "",
        },
        Kind::Text(_) if before.is_some_and(|before| before.is_word("as")) => {
            "names are quoted with \"\""
        }
        _ => "",
    };
    if text.is_empty() || refusal.hint.is_some() { refusal } else { refusal.hint(text) }
}
