//! From the tree of a statement to a plan that DataFusion runs, by Trino's rules.
//!
//! Names are resolved, types settled and conversions written out here, so DataFusion gets a plan
//! with nothing left to guess: every column has a name of its own, every operand has the type its
//! operator wants. What Trino refuses is refused here, in its words and with its position.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableSource};

use self::scope::Field;
use crate::sql::ast::{Name, Query, Statement};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

mod aggregate_call;
mod aggregation;
mod call;
mod compare;
mod conditional;
mod constant;
mod convert;
mod expr;
mod function_names;
mod grouping;
mod hint;
mod json;
mod lateral;
mod literal;
mod name;
mod query;
mod recursion;
mod relation;
mod scope;
mod select;
mod show;
mod subquery;
mod unnest;
mod window;
mod window_call;

/// A table that queries can select from.
#[derive(Clone)]
pub(super) struct Table {
    /// Parts of its full name, in lower case.
    pub(super) name: Vec<String>,
    /// Where its rows come from; its schema has the columns in this order.
    pub(super) source: Arc<dyn TableSource>,
    pub(super) columns: Vec<TableColumn>,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct TableColumn {
    /// In lower case.
    pub(super) name: String,
    pub(super) ty: SqlType,
    /// Left out of `*`.
    pub(super) hidden: bool,
}

/// A statement that can be run.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) plan: LogicalPlan,
    /// What the output columns are called, and their types.
    pub(super) columns: Vec<(String, SqlType)>,
}

type Result<T> = std::result::Result<T, Refusal>;

/// An expression with its type.
#[derive(Debug, Clone)]
struct Typed {
    expr: Expr,
    ty: SqlType,
    /// Whether computing it can fail for some rows.
    may_fail: bool,
}

impl Typed {
    fn new(expr: Expr, ty: SqlType) -> Self {
        Self { expr, ty, may_fail: false }
    }

    fn failing(expr: Expr, ty: SqlType, may_fail: bool) -> Self {
        Self { expr, ty, may_fail }
    }

    fn null(ty: SqlType) -> Self {
        let value =
            ScalarValue::try_from(super::arrow::data_type(&ty)).unwrap_or(ScalarValue::Null);
        Self::new(Expr::Literal(value, None), ty)
    }

    /// The constant behind it; `None` for what is not constant, and for NULL.
    fn constant(&self) -> Option<&ScalarValue> {
        match &self.expr {
            Expr::Literal(value, _) if !value.is_null() => Some(value),
            _ => None,
        }
    }
}

/// A relation: a plan whose columns have names of their own, and what they are called in SQL.
#[derive(Debug, Clone)]
struct Relation {
    plan: LogicalPlan,
    fields: Vec<Field>,
}

/// A relation of a `WITH` list, as it was planned.
#[derive(Debug, Clone)]
struct Cte {
    name: String,
    relation: Relation,
}

/// Plans one statement.
struct Planner<'a> {
    tables: &'a [Table],
    /// Relations of the `WITH` lists around the current place, outermost first.
    ctes: Vec<Cte>,
    /// The instant of the query, in milliseconds since 1970.
    now: i64,
    /// Counts the names that were given out.
    names: usize,
    /// How many `TRY` are around the current place.
    tries: usize,
    /// Where columns were mentioned, for errors: place and text by column.
    mentions: HashMap<String, Vec<(usize, String)>>,
}

/// Plans `statement`; `now` is the instant of the query, in milliseconds since 1970.
pub(super) fn plan(statement: &Statement, tables: &[Table], now: i64) -> Result<Planned> {
    let mut planner =
        Planner { tables, ctes: Vec::new(), now, names: 0, tries: 0, mentions: HashMap::new() };
    match statement {
        Statement::Query(query) => planner.output(query),
        Statement::Explain(query, analyze) => planner.explain(query, *analyze),
        Statement::ShowTables => planner.show_tables(),
        Statement::ShowColumns(name) => planner.show_columns(name),
        Statement::ShowFunctions => planner.show_functions(),
    }
}

impl Planner<'_> {
    /// A column name that nothing else has.
    fn fresh(&mut self, near: &str) -> String {
        self.names += 1;
        format!("{near}#{}", self.names)
    }

    fn output(&mut self, query: &Query) -> Result<Planned> {
        let relation = self.query(query, None)?;
        let columns = relation.fields.iter().enumerate().map(|(at, field)| {
            let shown = field.shown.clone().unwrap_or_else(|| format!("_col{at}"));
            (shown, field.ty.clone())
        });
        Ok(Planned { columns: columns.collect(), plan: relation.plan })
    }

    /// The table or relation that a name stands for.
    fn find_table(&mut self, name: &Name) -> Result<Relation> {
        let parts: Vec<String> = name.iter().map(crate::sql::ast::Ident::key).collect();
        let last = parts.last().cloned().unwrap_or_default();
        if let ([only], Some(cte)) =
            (parts.as_slice(), self.ctes.iter().rev().find(|cte| cte.name == last))
        {
            let relation = cte.relation.clone();
            return self.copy(relation, std::slice::from_ref(only));
        }
        let found = self.tables.iter().find(|table| table.name.ends_with(&parts)).cloned();
        let Some(table) = found else {
            return Err(hint::unknown_table(self, name, &parts));
        };
        let scan = LogicalPlanBuilder::scan(last, Arc::clone(&table.source), None).map_err(bug)?;
        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for (column, (qualifier, field)) in table.columns.iter().zip(scan.schema().iter()) {
            let id = self.fresh(&column.name);
            let from = Column::new(qualifier.cloned(), field.name());
            columns.push(Expr::Column(from).alias(&id));
            fields.push(Field {
                qualifier: table.name.clone(),
                name: Some(column.name.clone()),
                shown: Some(column.name.clone()),
                id,
                ty: column.ty.clone(),
                hidden: column.hidden,
            });
        }
        let plan = scan.project(columns).and_then(LogicalPlanBuilder::build).map_err(bug)?;
        Ok(Relation { plan, fields })
    }

    /// The same rows once more, under names of their own.
    fn copy(&mut self, relation: Relation, qualifier: &[String]) -> Result<Relation> {
        let mut columns = Vec::new();
        let mut fields = relation.fields;
        for field in &mut fields {
            let id = self.fresh(field.name.as_deref().unwrap_or("column"));
            columns.push(column(&field.id).alias(&id));
            field.id = id;
            field.qualifier = qualifier.to_vec();
        }
        let plan = project(relation.plan, columns)?;
        Ok(Relation { plan, fields })
    }
}

/// A column by its own name.
fn column(id: &str) -> Expr {
    Expr::Column(Column::from_name(id))
}

fn project(plan: LogicalPlan, columns: Vec<Expr>) -> Result<LogicalPlan> {
    LogicalPlanBuilder::from(plan).project(columns).and_then(LogicalPlanBuilder::build).map_err(bug)
}

/// DataFusion refuses a plan that was made here.
fn bug(error: DataFusionError) -> Refusal {
    Refusal {
        code: "NOT_SUPPORTED",
        message: format!("the embedded engine cannot plan this: {}", error.strip_backtrace()),
        at: None,
        hint: Some("Athena may be able to run it; please report it".to_owned()),
    }
}

fn arrow_type(ty: &SqlType) -> DataType {
    super::arrow::data_type(ty)
}

/// Words for completion and hints.
pub(super) fn function_names() -> Vec<&'static str> {
    function_names::names()
}
