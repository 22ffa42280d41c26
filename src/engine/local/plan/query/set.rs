//! Set operations and `VALUES`.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::Field as ArrowField;
use datafusion::common::DFSchema;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Values};

use super::super::scope::{Field, Scope};
use super::super::{Planner, Relation, Result, Typed, bug, column, project};
use super::numbered;
use crate::sql::ast::{self, ExprKind, SetOp};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

impl Planner<'_> {
    pub(super) fn set(
        &mut self,
        op: SetOp,
        all: bool,
        left: Relation,
        right: Relation,
        at: usize,
    ) -> Result<Relation> {
        let name = match op {
            SetOp::Union => "UNION",
            SetOp::Intersect => "INTERSECT",
            SetOp::Except => "EXCEPT",
        };
        if left.fields.len() != right.fields.len() {
            return Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!(
                    "{name} query has different number of fields: {}, {}",
                    left.fields.len(),
                    right.fields.len()
                ),
            ));
        }
        let mut fields = Vec::new();
        let (mut from_left, mut from_right) = (Vec::new(), Vec::new());
        for (at_column, (one, other)) in left.fields.iter().zip(&right.fields).enumerate() {
            let Some(ty) = one.ty.common(&other.ty) else {
                return Err(Refusal::new(
                    "TYPE_MISMATCH",
                    at,
                    format!(
                        "column {} in {name} query has incompatible types: {}, {}",
                        at_column + 1,
                        one.ty,
                        other.ty
                    ),
                ));
            };
            let id = self.fresh(one.name.as_deref().unwrap_or("column"));
            for (field, into) in [(one, &mut from_left), (other, &mut from_right)] {
                let value = Typed::new(column(&field.id), field.ty.clone());
                into.push(self.converted(value, &ty).expr.alias(&id));
            }
            fields.push(Field { id, ty, qualifier: Vec::new(), hidden: false, ..one.clone() });
        }
        let mut left = project(left.plan, from_left)?;
        let mut right = project(right.plan, from_right)?;
        let counted = all && op != SetOp::Union;
        if counted {
            let number = self.fresh("number");
            left = numbered(left, &number)?;
            right = numbered(right, &number)?;
        }
        let mut plan = match op {
            SetOp::Union => {
                let both = LogicalPlanBuilder::from(left).union(right);
                let both = both.and_then(LogicalPlanBuilder::build).map_err(bug)?;
                if all { both } else { self.deduplicated(both, &fields)? }
            }
            SetOp::Intersect => LogicalPlanBuilder::intersect(left, right, false).map_err(bug)?,
            SetOp::Except => LogicalPlanBuilder::except(left, right, false).map_err(bug)?,
        };
        if counted {
            plan = project(plan, fields.iter().map(|field| column(&field.id)).collect())?;
        }
        Ok(Relation { plan, fields })
    }

    pub(super) fn values(
        &mut self,
        rows: &[ast::Expr],
        at: usize,
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation> {
        let scope = Scope::new(&[], outer);
        let mut typed: Vec<Vec<Typed>> = Vec::new();
        for row in rows {
            let cells = match &row.kind {
                ExprKind::Row(cells) => cells.iter().collect(),
                _ => vec![row],
            };
            let cells = cells.into_iter().map(|cell| self.scalar(cell, &scope));
            typed.push(cells.collect::<Result<_>>()?);
        }
        let width = typed[0].len();
        let mut types = vec![SqlType::Unknown; width];
        for row in &typed {
            if row.len() != width {
                return Err(Refusal::new(
                    "TYPE_MISMATCH",
                    at,
                    format!("Values rows have mismatched sizes: {width} vs {}", row.len()),
                ));
            }
            for (ty, cell) in types.iter_mut().zip(row) {
                let Some(common) = ty.common(&cell.ty) else {
                    let whole = |row: &[Typed]| {
                        SqlType::Row(row.iter().map(|cell| (None, cell.ty.clone())).collect())
                    };
                    return Err(Refusal::new(
                        "TYPE_MISMATCH",
                        at,
                        format!(
                            "Values rows have mismatched types: {} vs {}",
                            whole(&typed[0]),
                            whole(row)
                        ),
                    )
                    .hint(super::super::hint::mismatch(ty, &cell.ty)));
                };
                *ty = common;
            }
        }
        let mut fields = Vec::new();
        for ty in &types {
            let id = self.fresh("column");
            fields.push(Field {
                qualifier: Vec::new(),
                name: None,
                shown: None,
                id,
                ty: ty.clone(),
                hidden: false,
            });
        }
        let rows: Vec<Vec<Expr>> = typed
            .into_iter()
            .map(|row| {
                row.into_iter()
                    .zip(&types)
                    .map(|(cell, ty)| self.converted(cell, ty).expr)
                    .collect()
            })
            .collect();
        let columns = fields.iter().map(|field| {
            let column = ArrowField::new(&field.id, super::super::arrow_type(&field.ty), true);
            (None, Arc::new(column))
        });
        let schema = DFSchema::new_with_metadata(columns.collect(), HashMap::new()).map_err(bug)?;
        let plan = LogicalPlan::Values(Values { schema: Arc::new(schema), values: rows });
        Ok(Relation { plan, fields })
    }
}
