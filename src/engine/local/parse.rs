//! SQL text to one statement: the place of Athena's grammar.

use datafusion::common::DFSchema;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::{self, Expr, SelectItem, SetExpr, Statement as SqlStatement};
use datafusion::sql::sqlparser::dialect::Dialect;

use super::error;
use crate::engine::EngineError;

/// Nesting of expressions and queries that is parsed.
const RECURSION_LIMIT: usize = 200;

/// A statement, and what its output columns are called.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) statement: Statement,
    pub(super) names: Names,
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
        .map_err(|error| error::syntax(&error))?;
    let (Some(statement), None) = (statements.pop_front(), statements.pop_front()) else {
        return Err(error::not_one_query());
    };
    let names = match &statement {
        Statement::Statement(inner) => match &**inner {
            SqlStatement::Query(query) => Names::of(query),
            _ => return Err(error::no_query()),
        },
        Statement::Explain(_) => Names(None),
        _ => return Err(error::no_query()),
    };
    Ok(Parsed { statement, names })
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
        self.0
            .filter(|names| names.len() == schema.fields().len())
            .unwrap_or_else(own)
    }
}
