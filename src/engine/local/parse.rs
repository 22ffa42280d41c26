//! SQL text to one statement: the place of Athena's grammar.

use std::ops::ControlFlow;

use datafusion::common::DFSchema;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::{
    self, Expr, SelectItem, SetExpr, Statement as SqlStatement, Visit, Visitor,
};
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
        .map_err(|error| error::syntax(&error))?;
    let (Some(mut statement), None) = (statements.pop_front(), statements.pop_front()) else {
        return Err(error::not_one_query());
    };
    let mut tables = Vec::new();
    let names = match &mut statement {
        Statement::Statement(inner) => match &mut **inner {
            SqlStatement::Query(query) => {
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
