//! SQL text to one statement: the place of Athena's grammar.

use std::ops::ControlFlow;

use datafusion::common::DFSchema;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::{
    self, Expr, SelectItem, SetExpr, Statement as SqlStatement, Visit, Visitor,
};
use datafusion::sql::sqlparser::dialect::Dialect;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::error;
use crate::engine::EngineError;

/// Nesting of expressions and queries that is parsed.
const RECURSION_LIMIT: usize = 200;

/// A statement, and what its output columns are called.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) statement: Statement,
    pub(super) names: Names,
    /// Relations the statement defines itself, with `WITH`.
    pub(super) tables: Vec<String>,
}

/// Athena's grammar, as far as sqlparser lets a dialect say it.
#[derive(Debug)]
struct Athena;

impl Dialect for Athena {
    fn is_identifier_start(&self, char: char) -> bool {
        char.is_ascii_alphabetic() || char == '_'
    }

    fn is_identifier_part(&self, char: char) -> bool {
        char.is_ascii_alphanumeric() || char == '_'
    }

    fn is_delimited_identifier_start(&self, char: char) -> bool {
        char == '"'
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        true
    }

    fn supports_lambda_functions(&self) -> bool {
        true
    }

    fn supports_unicode_string_literal(&self) -> bool {
        true
    }

    fn supports_window_clause_named_window_reference(&self) -> bool {
        true
    }
}

/// Reads the one statement of `sql`.
///
/// # Errors
/// `SYNTAX_ERROR`, or a refusal of anything but a query.
pub(super) fn statement(sql: &str) -> Result<Parsed, EngineError> {
    let mut statements = DFParserBuilder::new(sql)
        .with_dialect(&Athena)
        .with_recursion_limit(RECURSION_LIMIT)
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(|error| {
            let mut error = error::syntax(&error);
            let found = error.message.rsplit_once("found: ").map_or("", |(_, found)| found);
            error.hint = error.at.and_then(|at| hint(sql, at, found)).map(str::to_owned);
            error
        })?;
    let tokens = Tokenizer::new(&Athena, sql).tokenize_with_location().unwrap_or_default();
    for (operator, text, instead) in
        [(Token::DoubleColon, "::", "write CAST(x AS type)"), (Token::DoubleEq, "==", "write =")]
    {
        if let Some(at) = place(&tokens, |token| *token == operator) {
            return Err(error::foreign(text, instead, Some(at)));
        }
    }
    let (Some(mut statement), None) = (statements.pop_front(), statements.pop_front()) else {
        return Err(error::not_one_query());
    };
    let mut tables = Vec::new();
    let names = match &mut statement {
        Statement::Statement(inner) => match &mut **inner {
            SqlStatement::Query(query) => {
                if let ControlFlow::Break((word, instead)) = query.visit(&mut Foreign) {
                    let at = place(&tokens, |token| is_word(token, word));
                    return Err(error::foreign(word, instead, at));
                }
                athena_meaning(query);
                let _ = query.visit(&mut Defined(&mut tables));
                Names::of(query)
            }
            _ => return Err(error::no_query()),
        },
        Statement::Explain(_) => Names(None),
        _ => return Err(error::no_query()),
    };
    Ok(Parsed { statement, names, tables })
}

/// Finds what other dialects know: the word it is written with, and what to write here.
struct Foreign;

impl Visitor for Foreign {
    type Break = (&'static str, &'static str);

    fn pre_visit_select(&mut self, select: &ast::Select) -> ControlFlow<Self::Break> {
        const LIST: &str = "list the columns that you want";
        if select.qualify.is_some() {
            let instead = "put the window function into a subquery, and its condition into WHERE";
            return ControlFlow::Break(("QUALIFY", instead));
        }
        if select.exclude.is_some() {
            return ControlFlow::Break(("EXCLUDE", LIST));
        }
        for item in &select.projection {
            let (SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options)) = item
            else {
                continue;
            };
            for (given, word) in [
                (options.opt_exclude.is_some(), "EXCLUDE"),
                (options.opt_except.is_some(), "EXCEPT"),
                (options.opt_replace.is_some(), "REPLACE"),
                (options.opt_rename.is_some(), "RENAME"),
                (options.opt_ilike.is_some(), "ILIKE"),
            ] {
                if given {
                    return ControlFlow::Break((word, LIST));
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Self::Break> {
        match expr {
            Expr::ILike { .. } => {
                ControlFlow::Break(("ILIKE", "write lower(x) LIKE 'a pattern in lower case'"))
            }
            Expr::SimilarTo { .. } => ControlFlow::Break(("SIMILAR", "write regexp_like(x, ..)")),
            _ => ControlFlow::Continue(()),
        }
    }
}

fn is_word(token: &Token, text: &str) -> bool {
    matches!(token, Token::Word(word)
        if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(text))
}

/// Where the first such token is.
fn place(tokens: &[TokenWithSpan], such: impl Fn(&Token) -> bool) -> Option<(u64, u64)> {
    let token = tokens.iter().find(|token| such(&token.token))?;
    Some((token.span.start.line, token.span.start.column))
}

/// What to do about text that sqlparser refuses at a line and column.
fn hint(sql: &str, (line, column): (u64, u64), found: &str) -> Option<&'static str> {
    let skipped = |count: u64| usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
    let lines = sql.split_inclusive('\n').take(skipped(line)).map(str::len).sum::<usize>();
    let rest = &sql[lines..];
    let from = rest.char_indices().nth(skipped(column)).map_or(rest.len(), |(at, _)| at);
    let (before, after) = sql.split_at(lines + from);
    let mut words = before.split_whitespace().rev();
    // sqlparser tells a keyword's place as that of what follows it.
    let before = before.trim_end();
    let before = before.strip_suffix(found).unwrap_or(before);
    if after.starts_with('`') {
        Some("quote names with \"")
    } else if before.trim_end().ends_with(',') {
        Some("take away the comma before it")
    } else if after.starts_with(',')
        && words.nth(1).is_some_and(|word| word.eq_ignore_ascii_case("limit"))
    {
        Some("write OFFSET n before LIMIT n")
    } else if after.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("except")) {
        Some("list the columns that you want: SELECT * has no exceptions")
    } else {
        None
    }
}

/// Collects the relations that are defined with `WITH`, at any depth.
struct Defined<'a>(&'a mut Vec<String>);

impl Visitor for Defined<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &ast::Query) -> ControlFlow<()> {
        let defined = query.with.iter().flat_map(|with| &with.cte_tables);
        self.0.extend(defined.map(|table| table.alias.name.value.clone()));
        ControlFlow::Continue(())
    }
}

/// Says in DataFusion's terms what it would read otherwise than Athena.
fn athena_meaning(query: &mut ast::Query) {
    let _ = ast::visit_expressions_mut(query, |expr| {
        match expr {
            Expr::Value(value) => {
                if let ast::Value::Number(digits, _) = &value.value
                    && digits.contains(['e', 'E'])
                {
                    *expr = double(expr.clone());
                }
            }
            Expr::CompoundFieldAccess { access_chain, .. } => {
                access_chain.iter_mut().for_each(field_by_name);
            }
            _ => {}
        }
        ControlFlow::<()>::Continue(())
    });
}

/// A number with an exponent is a double in Trino, and all others with a point are decimals.
/// DataFusion has one setting for both.
fn double(number: Expr) -> Expr {
    Expr::Cast {
        kind: ast::CastKind::Cast,
        expr: Box::new(number),
        data_type: ast::DataType::Double(ast::ExactNumberInfo::None),
        array: false,
        format: None,
    }
}

/// `resources[1].arn` and `element_at(resources, 1).arn`: a field of what an expression gives.
fn field_by_name(access: &mut ast::AccessExpr) {
    if let ast::AccessExpr::Dot(field) = access
        && let Expr::Identifier(name) = field
    {
        let lower = ast::Value::SingleQuotedString(name.value.to_lowercase());
        *field = Expr::Value(lower.with_span(name.span));
    }
}

/// Names of the output columns as Athena gives them, where they can be told from the text.
#[derive(Debug)]
pub(super) struct Names(Option<Vec<String>>);

impl Names {
    /// An alias as typed; of a column or field its last part as typed; anything else is `_colN`.
    fn of(query: &ast::Query) -> Self {
        let mut body = &*query.body;
        let select = loop {
            match body {
                SetExpr::Select(select) => break select,
                SetExpr::Query(query) => body = &query.body,
                SetExpr::SetOperation { left, .. } => body = left,
                _ => return Self(None),
            }
        };
        let name = |(at, item): (usize, &SelectItem)| match item {
            SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
            SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(name.value.clone()),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => {
                parts.last().map(|name| name.value.clone())
            }
            SelectItem::UnnamedExpr(_) => Some(format!("_col{at}")),
            _ => None,
        };
        Self(select.projection.iter().enumerate().map(name).collect())
    }

    /// The names of a plan's columns; the plan's own where the text does not tell.
    pub(super) fn applied_to(self, schema: &DFSchema) -> Vec<String> {
        let own = || schema.fields().iter().map(|f| f.name().clone()).collect();
        self.0.filter(|names| names.len() == schema.fields().len()).unwrap_or_else(own)
    }
}
