//! `LATERAL`: queries that see what stands before them.

use datafusion::logical_expr::LogicalPlan;

use super::expr::{Allow, Context};
use super::query::rename;
use super::relation::{Named, is_true};
use super::scope::{Field, Scope};
use super::subquery::subquery;
use super::{Planner, Relation, Result, column, project};
use crate::sql::ast::{self, Body, Ident, Item, JoinKind, JoinOn, Select};

impl Planner<'_> {
    #[expect(clippy::too_many_arguments, reason = "a join has as many parts")]
    pub(super) fn lateral(
        &mut self,
        kind: JoinKind,
        left: Relation,
        query: &ast::Query,
        name: Option<(&Ident, &[Ident])>,
        on: &JoinOn,
        at: usize,
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation> {
        let always = match on {
            JoinOn::Nothing => true,
            JoinOn::Condition(condition) => is_true(condition),
            JoinOn::Columns(_) => false,
        };
        if let Some(select) = only_values(query).filter(|_| always) {
            return self.with_computed(left, select, name, outer);
        }
        let scope = Scope::new(&left.fields, outer);
        let mut right = self.query(query, Some(&scope))?;
        name_columns(&mut right.fields, name)?;
        right.plan = LogicalPlan::Subquery(subquery(right.plan));
        self.joined(kind, left, right, on, at, outer)
    }

    /// Every row of `left` with values that are computed from it.
    fn with_computed(
        &mut self,
        left: Relation,
        select: &Select,
        name: Option<(&Ident, &[Ident])>,
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation> {
        let scope = Scope::new(&left.fields, outer);
        let context = Context::new(scope, Allow::Nothing, "SELECT");
        let mut chosen = Vec::new();
        for item in &select.items {
            self.choose(item, &context, &mut chosen)?;
        }
        let mut columns: Vec<_> = left.fields.iter().map(|field| column(&field.id)).collect();
        let mut added = Vec::new();
        for chosen in chosen {
            let id = self.fresh(chosen.name.as_deref().unwrap_or("column"));
            columns.push(chosen.value.expr.alias(&id));
            added.push(Field {
                qualifier: Vec::new(),
                name: chosen.name,
                shown: chosen.shown,
                id,
                ty: chosen.value.ty,
                hidden: false,
            });
        }
        name_columns(&mut added, name)?;
        let plan = project(left.plan, columns)?;
        Ok(Relation { plan, fields: [left.fields, added].concat() })
    }
}

fn name_columns(fields: &mut Vec<Field>, name: Option<(&Ident, &[Ident])>) -> Result<()> {
    match name {
        Some((name, columns)) => rename(fields, columns, &name.key(), name.at),
        None => {
            fields.iter_mut().for_each(|field| field.qualifier = Vec::new());
            Ok(())
        }
    }
}

/// `SELECT a, b` and nothing else.
fn only_values(query: &ast::Query) -> Option<&Select> {
    let Body::Select(select) = &query.body else {
        return None;
    };
    let plain = query.with.is_empty()
        && query.order.is_empty()
        && query.limit.is_none()
        && query.offset.is_none()
        && !select.distinct
        && select.from.is_empty()
        && select.filter.is_none()
        && select.group.is_none()
        && select.having.is_none();
    (plain && select.items.iter().all(|item| matches!(item, Item::Expr(..)))).then_some(&**select)
}

pub(super) fn as_lateral(relation: &ast::Relation) -> Option<(&ast::Query, Named<'_>)> {
    match relation {
        ast::Relation::Query { query, lateral: true, .. } => Some((query, None)),
        ast::Relation::Alias { relation, name, columns } => match &**relation {
            ast::Relation::Query { query, lateral: true, .. } => {
                Some((query, Some((name, columns))))
            }
            _ => None,
        },
        _ => None,
    }
}
