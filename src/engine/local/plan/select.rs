//! `SELECT`: what it selects, groups, filters and sorts by.

use datafusion::common::tree_node::TreeNode;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};

use super::aggregation::Aggregated;
use super::expr::{Allow, Context, connected};
use super::grouping::Groups;
use super::name::chain;
use super::query::{Ties, ordinal};
use super::scope::{Field, Scope};
use super::{Planner, Relation, Result, Typed, bug, column, project};
use crate::sql::ast::{self, ExprKind, Ident, Item, Select, Sort};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

/// One output column while the rest is planned.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) value: Typed,
    /// In lower case; `None` where it has no name.
    pub(super) name: Option<String>,
    pub(super) shown: Option<String>,
    pub(super) at: usize,
    /// The column's name with its relation's, where it stands for `*`.
    pub(super) star: Option<String>,
}

/// One key to sort by.
struct Key<'a> {
    value: Typed,
    sort: &'a Sort,
}

impl Planner<'_> {
    pub(super) fn select(
        &mut self,
        select: &Select,
        order: &[Sort],
        ties: Option<Ties>,
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation> {
        let Relation { mut plan, fields } = self.from(&select.from, outer)?;
        let scope = Scope::new(&fields, outer);
        if let Some(filter) = &select.filter {
            plan = self.filtered(plan, filter, &scope)?;
        }
        let context =
            Context::new(scope, Allow::Everything, "SELECT").with_windows(&select.windows);
        self.named_windows(&select.windows, &context)?;
        let mut chosen = Vec::new();
        for item in &select.items {
            self.choose(item, &context, &mut chosen)?;
        }
        let groups = match &select.group {
            Some(groups) => Some(self.groups(groups, &chosen, &scope)?),
            // `HAVING` alone filters the one group of all rows.
            None => select.having.as_ref().map(|_| Groups::default()),
        };
        let mut having = match &select.having {
            None => None,
            Some(having) => {
                let context = Context { allow: Allow::Aggregates, clause: "HAVING", ..context };
                let typed = self.expr(having, &context)?;
                Some(self.boolean(typed, having.at, "HAVING clause")?)
            }
        };
        let mut keys = Vec::new();
        for sort in order {
            keys.push(Key { value: self.order_value(sort, &chosen, &context)?, sort });
        }

        let values = chosen.iter().map(|chosen| &chosen.value);
        let values = values.chain(&having).chain(keys.iter().map(|key| &key.value));
        let all: Vec<Expr> = values.map(|typed| typed.expr.clone()).collect();
        if let Some(aggregated) = self.aggregated(plan.clone(), &fields, groups, &all, select.at)? {
            let Aggregated { plan: grouped, known } = aggregated;
            plan = grouped;
            for chosen in &mut chosen {
                let star = chosen.star.as_deref();
                let expr = &chosen.value.expr;
                chosen.value.expr = self.regrouped(expr, &known, chosen.at, star)?;
            }
            if let (Some(typed), Some(written)) = (&mut having, &select.having) {
                typed.expr = self.regrouped(&typed.expr, &known, written.at, None)?;
            }
            for key in &mut keys {
                let at = key.sort.expr.at;
                key.value.expr = self.regrouped(&key.value.expr, &known, at, None)?;
            }
        }
        if let Some(having) = having {
            plan = LogicalPlanBuilder::from(plan)
                .filter(having.expr)
                .and_then(LogicalPlanBuilder::build)
                .map_err(bug)?;
        }
        let mut exprs: Vec<&mut Typed> =
            chosen.iter_mut().map(|chosen| &mut chosen.value).collect();
        exprs.extend(keys.iter_mut().map(|key| &mut key.value));
        plan = self.windowed(plan, exprs)?;
        self.finished(plan, chosen, &keys, ties, select)
    }

    /// The last steps: projection, distinct, sort.
    fn finished(
        &mut self,
        plan: LogicalPlan,
        chosen: Vec<Chosen>,
        keys: &[Key<'_>],
        ties: Option<Ties>,
        select: &Select,
    ) -> Result<Relation> {
        let mut columns = Vec::new();
        let mut fields = Vec::new();
        for chosen in &chosen {
            let id = self.fresh(chosen.name.as_deref().unwrap_or("column"));
            columns.push(chosen.value.expr.clone().alias(&id));
            fields.push(Field {
                qualifier: Vec::new(),
                name: chosen.name.clone(),
                shown: chosen.shown.clone(),
                id,
                ty: chosen.value.ty.clone(),
                hidden: false,
            });
        }
        let mut sorts = Vec::new();
        let shown = columns.len();
        for key in keys {
            let known = chosen.iter().position(|chosen| chosen.value.expr == key.value.expr);
            let id = match known {
                Some(at) => fields[at].id.clone(),
                None if select.distinct => {
                    return Err(Refusal::new(
                        "EXPRESSION_NOT_IN_DISTINCT",
                        select.at,
                        "For SELECT DISTINCT, ORDER BY expressions must appear in select list",
                    ));
                }
                None => {
                    let id = self.fresh("sort");
                    columns.push(key.value.expr.clone().alias(&id));
                    id
                }
            };
            sorts.push(self.sort_key(Typed::new(column(&id), key.value.ty.clone()), key.sort)?);
        }
        let hidden = columns.len() > shown || ties.is_some();
        let mut plan = project(plan, columns)?;
        if select.distinct {
            plan = self.deduplicated(plan, &fields)?;
        }
        let mut plan = LogicalPlanBuilder::from(plan);
        if !sorts.is_empty() {
            plan = self.ordered(plan, sorts, ties)?;
        }
        let plan = plan.build().map_err(bug)?;
        let plan = match hidden {
            true => project(plan, fields.iter().map(|field| column(&field.id)).collect())?,
            false => plan,
        };
        Ok(Relation { plan, fields })
    }

    /// Rows for which a condition holds. Terms that may fail see only rows that the terms before
    /// them let through.
    fn filtered(
        &mut self,
        plan: LogicalPlan,
        filter: &ast::Expr,
        scope: &Scope<'_>,
    ) -> Result<LogicalPlan> {
        let mut terms: Vec<Typed> = Vec::new();
        let context = Context::new(*scope, Allow::Nothing, "WHERE clause").beginning(filter.at);
        let parts = match &filter.kind {
            ExprKind::And(parts) => parts.as_slice(),
            _ => std::slice::from_ref(filter),
        };
        for part in parts {
            let typed = match self.joined_query(part, &context)? {
                Some(typed) => typed,
                None => self.expr(part, &context)?,
            };
            let term = match parts {
                [_] => self.boolean(typed, part.at, "WHERE clause")?,
                _ => self.operand(typed, part.at, "Logical expression term")?,
            };
            terms.push(term);
        }
        let plan = LogicalPlanBuilder::from(plan).filter(kept_by(terms)).map_err(bug)?;
        plan.build().map_err(bug)
    }

    /// What an item of a `SELECT` list adds to it.
    pub(super) fn choose(
        &mut self,
        item: &Item,
        context: &Context<'_>,
        chosen: &mut Vec<Chosen>,
    ) -> Result<()> {
        match item {
            Item::Expr(expr, alias) => {
                let value = self.expr(expr, context)?;
                let name = alias.clone().or_else(|| output_name(expr).cloned());
                chosen.push(Chosen {
                    value,
                    name: name.as_ref().map(Ident::key),
                    shown: name.map(|name| name.text),
                    at: expr.at,
                    star: None,
                });
            }
            Item::All(at) => {
                if context.scope.fields.is_empty() {
                    return Err(Refusal::new(
                        "COLUMN_NOT_FOUND",
                        *at,
                        "SELECT * not allowed in queries without FROM clause",
                    ));
                }
                let all: Vec<_> = context.scope.fields.iter().filter(|f| !f.hidden).collect();
                chosen.extend(all.into_iter().map(|field| self.whole(field, *at)));
            }
            Item::AllOf(expr, names) => self.choose_all_of(expr, names, context, chosen)?,
        }
        Ok(())
    }

    fn whole(&mut self, field: &Field, at: usize) -> Chosen {
        let text = field.shown.clone().unwrap_or_default();
        self.mention(&field.id, at, text.clone());
        Chosen {
            value: Typed::new(column(&field.id), field.ty.clone()),
            name: field.name.clone(),
            shown: field.shown.clone(),
            at,
            star: Some(match field.qualifier.last() {
                Some(relation) => format!("{relation}.{text}"),
                None => text,
            }),
        }
    }

    fn choose_all_of(
        &mut self,
        expr: &ast::Expr,
        names: &[Ident],
        context: &Context<'_>,
        chosen: &mut Vec<Chosen>,
    ) -> Result<()> {
        let start = chosen.len();
        let relation = chain(expr).map(|parts| {
            let parts: Vec<String> = parts.iter().map(|part| part.key()).collect();
            context.scope.of(&parts)
        });
        match relation {
            Some(fields) if !fields.is_empty() => {
                for field in fields.into_iter().filter(|field| !field.hidden) {
                    let whole = self.whole(field, expr.at);
                    chosen.push(whole);
                }
            }
            _ => {
                let row = self.expr(expr, context);
                if let ExprKind::Name(name) = &expr.kind {
                    let refusal = Refusal::new(
                        "TABLE_NOT_FOUND",
                        expr.at,
                        format!("Unable to resolve reference {}", name.text),
                    );
                    return Err(match row {
                        Ok(_) => refusal.hint(format!("write table.{}.*", name.text)),
                        Err(_) => refusal,
                    });
                }
                let row = row?;
                let SqlType::Row(fields) = row.ty.clone() else {
                    return Err(Refusal::new(
                        "TYPE_MISMATCH",
                        expr.at,
                        "SELECT <expr>.* is only supported for row expressions",
                    ));
                };
                for (at, (name, ty)) in fields.into_iter().enumerate() {
                    let value = self.field_at(row.clone(), at, ty);
                    chosen.push(Chosen {
                        value,
                        shown: name.clone(),
                        name,
                        at: expr.at,
                        star: None,
                    });
                }
            }
        }
        if !names.is_empty() {
            if names.len() != chosen.len() - start {
                return Err(Refusal::new(
                    "MISMATCHED_COLUMN_ALIASES",
                    expr.at,
                    format!(
                        "Column alias list has {} entries but relation has {} columns",
                        names.len(),
                        chosen.len() - start
                    ),
                ));
            }
            for (chosen, name) in chosen[start..].iter_mut().zip(names) {
                chosen.name = Some(name.key());
                chosen.shown = Some(name.text.clone());
            }
        }
        Ok(())
    }

    /// What `ORDER BY` sorts by: an output column by position or name, or any expression, in which
    /// names of output columns come first.
    fn order_value(
        &mut self,
        sort: &Sort,
        chosen: &[Chosen],
        context: &Context<'_>,
    ) -> Result<Typed> {
        if let Some(at) = ordinal(&sort.expr, chosen.len(), "ORDER BY")? {
            return Ok(chosen[at].value.clone());
        }
        let context = Context { outputs: chosen, clause: "ORDER BY", ..*context };
        self.expr(&sort.expr, &context)
    }

    /// A condition that rows are kept by.
    pub(super) fn condition(
        &mut self,
        expr: &ast::Expr,
        scope: &Scope<'_>,
        clause: &'static str,
    ) -> Result<Typed> {
        let context = Context::new(*scope, Allow::Nothing, clause).beginning(expr.at);
        let typed = self.expr(expr, &context)?;
        self.boolean(typed, expr.at, clause)
    }

    pub(super) fn boolean(&mut self, typed: Typed, at: usize, clause: &str) -> Result<Typed> {
        match typed.ty {
            SqlType::Boolean => Ok(typed),
            SqlType::Unknown => Ok(Typed::new(
                lit(datafusion::common::ScalarValue::Boolean(None)),
                SqlType::Boolean,
            )),
            ty => Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("{clause} must evaluate to a boolean: actual type {ty}"),
            )
            .hint(if ty.is_text() {
                "text is no condition: compare it, x = 'true'"
            } else {
                "compare it with a value"
            })),
        }
    }
}

/// The condition that rows are kept by if all terms hold.
///
/// Where some may fail, all are computed from left to right, and those that a scan may choose logs
/// by stand in front once more. Queries stand apart, because joins take their place.
fn kept_by(terms: Vec<Typed>) -> Expr {
    let (queries, terms): (Vec<_>, Vec<_>) = terms.into_iter().partition(|term| {
        term.expr
            .exists(|part| Ok(matches!(part, Expr::Exists(_) | Expr::InSubquery(_))))
            .unwrap_or(false)
    });
    let guarded = terms.iter().any(|term| term.may_fail);
    let plain = terms.iter().filter(|term| guarded && is_plain(term)).map(|term| term.expr.clone());
    let all: Vec<Expr> = plain.chain(queries.iter().map(|term| term.expr.clone())).collect();
    let all = match terms.is_empty() {
        true => all,
        false => all.into_iter().chain([connected(terms, true).expr]).collect(),
    };
    conjunction(all).unwrap_or_else(|| lit(true))
}

/// Whether a term only compares columns with constants.
fn is_plain(term: &Typed) -> bool {
    let computes = |part: &Expr| {
        Ok(matches!(
            part,
            Expr::ScalarFunction(_) | Expr::HigherOrderFunction(_) | Expr::ScalarSubquery(_)
        ))
    };
    !term.may_fail && !term.expr.exists(computes).unwrap_or(true)
}

/// The name that a column without an alias gets: its last part, if it is a chain of names.
fn output_name(expr: &ast::Expr) -> Option<&Ident> {
    chain(expr)?.last().copied()
}
