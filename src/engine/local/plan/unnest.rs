//! `UNNEST`: rows out of arrays and maps.
//!
//! An array of rows gives one column that holds the row, as Athena does, and not one column for
//! each field, as community Trino does.

use datafusion::common::{Column, NullHandling, UnnestOptions};
use datafusion::logical_expr::{LogicalPlanBuilder, lit};

use super::relation::unnamed;
use super::scope::Scope;
use super::{Planner, Relation, Result, Typed, bug, column, project};
use crate::sql::ast;
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

impl Planner<'_> {
    /// Each row of `left` once for each element; `keeps` rows without any.
    pub(super) fn unnest(
        &mut self,
        left: Relation,
        unnest: &ast::Relation,
        keeps: bool,
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation> {
        let ast::Relation::Unnest { values, ordinality, at } = unnest else {
            return Ok(left);
        };
        let mut arguments = vec![Typed::new(lit(keeps), SqlType::Boolean)];
        let mut types = Vec::new();
        for value in values {
            let typed = self.scalar(value, &Scope::new(&left.fields, outer))?;
            match &typed.ty {
                SqlType::Array(item) => types.push((**item).clone()),
                SqlType::Map(key, of) => types.extend([(**key).clone(), (**of).clone()]),
                other => {
                    return Err(Refusal::new(
                        "INVALID_FUNCTION_ARGUMENT",
                        value.at,
                        format!("Cannot unnest type: {other}"),
                    )
                    .hint(if other.is_text() {
                        "text that holds a JSON array: CAST(json_extract(x, '$.items') AS ARRAY(JSON))"
                    } else {
                        "UNNEST takes arrays and maps"
                    }));
                }
            }
            arguments.push(typed);
        }
        let zipped = self.function("$unnest", arguments, *at)?;
        let SqlType::Array(row) = zipped.ty.clone() else {
            return Err(Refusal::new("NOT_SUPPORTED", *at, "UNNEST gives no rows"));
        };
        if *ordinality {
            types.push(SqlType::Bigint);
        }

        let rows = self.fresh("unnest");
        let mut columns: Vec<_> = left.fields.iter().map(|field| column(&field.id)).collect();
        columns.push(zipped.expr.alias(&rows));
        let options = UnnestOptions { null_handling: NullHandling::Drop, recursions: Vec::new() };
        let plan = LogicalPlanBuilder::from(project(left.plan, columns)?)
            .unnest_column_with_options(Column::from_name(&rows), options)
            .and_then(LogicalPlanBuilder::build)
            .map_err(bug)?;

        let mut columns: Vec<_> = left.fields.iter().map(|field| column(&field.id)).collect();
        let mut fields = left.fields;
        for (at, ty) in types.into_iter().enumerate() {
            let id = self.fresh("element");
            let value = self.field_at(Typed::new(column(&rows), (*row).clone()), at, ty.clone());
            columns.push(value.expr.alias(&id));
            fields.push(unnamed(id, ty));
        }
        Ok(Relation { plan: project(plan, columns)?, fields })
    }
}
