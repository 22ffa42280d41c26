//! Expressions: which part of the planner each goes to, and conditional ones.

use datafusion::logical_expr::expr::Lambda;
use datafusion::logical_expr::{Expr, lit};

use super::super::trino;
use super::name::chain_text;
use super::scope::{Parameter, Scope};
use super::select::Chosen;
use super::{Planner, Result, Typed, literal};
use crate::sql::ast::{self, ExprKind, Ident, Window};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

mod case;

/// Elements that Athena takes between the brackets of `ARRAY[...]`.
const MOST_ITEMS: usize = 254;

/// What an expression may hold besides plain values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allow {
    Nothing,
    Aggregates,
    /// Aggregates and window functions.
    Everything,
}

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) allow: Allow,
    /// As errors call the place.
    pub(super) clause: &'static str,
    /// Where the place begins, if errors are to point there.
    pub(super) clause_at: Option<usize>,
    /// Name and place of the aggregate function around it.
    pub(super) aggregation: Option<(&'a str, usize)>,
    /// Parameters of the lambdas around it.
    pub(super) parameters: &'a [Parameter],
    /// Output columns that names may stand for.
    pub(super) outputs: &'a [Chosen],
    /// Windows that have names.
    pub(super) windows: &'a [(Ident, Window)],
}

impl<'a> Context<'a> {
    pub(super) fn new(scope: Scope<'a>, allow: Allow, clause: &'static str) -> Self {
        Self {
            scope,
            allow,
            clause,
            clause_at: None,
            aggregation: None,
            parameters: &[],
            outputs: &[],
            windows: &[],
        }
    }

    /// The place begins at `at`.
    pub(super) fn beginning(self, at: usize) -> Self {
        Self { clause_at: Some(at), ..self }
    }

    pub(super) fn with_windows(self, windows: &'a [(Ident, Window)]) -> Self {
        Self { windows, ..self }
    }
}

impl Planner<'_> {
    /// A plain value.
    pub(super) fn scalar(&mut self, expr: &ast::Expr, scope: &Scope<'_>) -> Result<Typed> {
        self.expr(expr, &Context::new(*scope, Allow::Nothing, "expression"))
    }

    /// Any expression.
    pub(super) fn expr(&mut self, expr: &ast::Expr, context: &Context<'_>) -> Result<Typed> {
        let at = expr.at;
        match &expr.kind {
            ExprKind::Null => Ok(Typed::null(SqlType::Unknown)),
            ExprKind::Boolean(value) => Ok(Typed::new(lit(*value), SqlType::Boolean)),
            ExprKind::Text(text) => Ok(literal::text(text)),
            ExprKind::Binary(bytes) => Ok(Typed::new(lit(bytes.clone()), SqlType::Varbinary)),
            ExprKind::Integer(digits) => literal::integer(digits, at),
            ExprKind::Decimal(digits) => literal::decimal(digits, at),
            ExprKind::Double(digits) => literal::double(digits, at),
            ExprKind::Typed(ty, text) => literal::typed(ty, text, at),
            ExprKind::Interval { text, negative, from, to } => {
                literal::interval(text, *negative, *from, *to, at)
            }
            ExprKind::Now(now, precision) => literal::now(self.now, *now, *precision, at),
            ExprKind::Placeholder => Err(literal::placeholder(at)),
            ExprKind::Name(_) | ExprKind::Field(..) => match self.name(expr, context)? {
                Some(typed) => Ok(typed),
                None => self.field_of_expr(expr, context),
            },
            ExprKind::Subscript(base, index) => {
                let base = self.expr(base, context)?;
                let place = index.at;
                let index = self.expr(index, context)?;
                self.subscript(base, index, at, place)
            }
            ExprKind::Call(call) => self.call(call, at, context),
            ExprKind::Lambda(..) => Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                "Lambda expression should always be used inside a function",
            )),
            ExprKind::Negate(inner) => self.negate(inner, at, context),
            ExprKind::Arithmetic(symbol, left, right) => {
                let left = self.expr(left, context)?;
                let right = self.expr(right, context)?;
                self.arithmetic(symbol, left, right, at)
            }
            ExprKind::Compare(op, left, right) => {
                let left = self.expr(left, context)?;
                let right = self.expr(right, context)?;
                self.compare(*op, left, right, at)
            }
            ExprKind::And(terms) => self.logical(terms, true, context),
            ExprKind::Or(terms) => self.logical(terms, false, context),
            ExprKind::Not(inner) => {
                let typed = self.expr(inner, context)?;
                let may_fail = typed.may_fail;
                let typed = self.operand(typed, inner.at, "Value of logical NOT expression")?;
                Ok(Typed::failing(Expr::Not(Box::new(typed.expr)), SqlType::Boolean, may_fail))
            }
            ExprKind::IsNull(inner) => {
                let typed = self.expr(inner, context)?;
                let value = Expr::IsNull(Box::new(typed.expr));
                Ok(Typed::failing(value, SqlType::Boolean, typed.may_fail))
            }
            ExprKind::IsDistinct(left, right) => {
                let left = self.expr(left, context)?;
                let right = self.expr(right, context)?;
                self.is_distinct(left, right, at)
            }
            ExprKind::Between(value, low, high) => {
                let value = self.expr(value, context)?;
                let low = self.expr(low, context)?;
                let high = self.expr(high, context)?;
                self.between(value, low, high, at)
            }
            ExprKind::In(value, items) => {
                let value = self.expr(value, context)?;
                let places: Vec<usize> = items.iter().map(|item| item.at).collect();
                let items: Vec<_> =
                    items.iter().map(|item| self.expr(item, context)).collect::<Result<_>>()?;
                self.in_list(value, items, &places)
            }
            ExprKind::Like(value, pattern, escape) => {
                let value_type = self.expr(value, context)?;
                let pattern_type = self.expr(pattern, context)?;
                let escape_type =
                    escape.as_ref().map(|escape| self.expr(escape, context)).transpose()?;
                self.like(value_type, pattern_type, escape_type, value.at, pattern.at)
            }
            ExprKind::InQuery(value, query) => self.in_query(value, query, at, context),
            ExprKind::Exists(query) => self.exists(query, context),
            ExprKind::Subquery(query) => self.scalar_query(query, at, context),
            ExprKind::Quantified { op, left, all, query } => {
                self.quantified(*op, left, *all, query, at, context)
            }
            ExprKind::Case { operand, whens, otherwise } => {
                self.case(operand.as_deref(), whens, otherwise.as_deref(), context)
            }
            ExprKind::Cast { value, ty, or_null } => {
                let value = self.expr(value, context)?;
                self.cast(value, ty, *or_null, at)
            }
            ExprKind::AtZone(value, zone) => {
                let value = self.expr(value, context)?;
                let zone = self.expr(zone, context)?;
                self.at_zone(value, zone, at)
            }
            ExprKind::Extract(field, value) => {
                let typed = self.expr(value, context)?;
                self.extract(field, typed, at, value.at)
            }
            ExprKind::Array(items) if items.len() > MOST_ITEMS => Err(Refusal::new(
                "TOO_MANY_ARGUMENTS",
                at,
                "Too many arguments for array constructor",
            )
            .hint(format!("an array has at most {MOST_ITEMS} elements here: join two with ||"))),
            ExprKind::Array(items) => {
                let places: Vec<usize> = items.iter().map(|item| item.at).collect();
                let items: Vec<_> =
                    items.iter().map(|item| self.expr(item, context)).collect::<Result<_>>()?;
                let ty = common(&items, |found, other| {
                    Refusal::new(
                        "TYPE_MISMATCH",
                        places[other],
                        format!(
                            "All ARRAY elements must be the same type or coercible to a common type. Cannot find common type between {found}"
                        ),
                    )
                })?;
                let items = items.into_iter().map(|item| self.converted(item, &ty)).collect();
                self.function("$array", items, at)
            }
            ExprKind::Row(items) => {
                let items: Vec<_> =
                    items.iter().map(|item| self.expr(item, context)).collect::<Result<_>>()?;
                self.function("$row", items, at)
            }
            ExprKind::Grouping(columns) => self.grouping(columns, at, context),
        }
    }

    fn field_of_expr(&mut self, expr: &ast::Expr, context: &Context<'_>) -> Result<Typed> {
        let ExprKind::Field(base, name) = &expr.kind else {
            return Err(Refusal::new("SYNTAX_ERROR", expr.at, "no field"));
        };
        let text = chain_text(base).map(|base| format!("{base}.{}", name.text));
        let row = self.expr(base, context)?;
        self.row_field(row, name, text.as_deref(), expr.at)
    }

    fn logical(&mut self, terms: &[ast::Expr], and: bool, context: &Context<'_>) -> Result<Typed> {
        let mut planned = Vec::new();
        for term in terms {
            let typed = self.expr(term, context)?;
            planned.push(self.operand(typed, term.at, "Logical expression term")?);
        }
        Ok(connected(planned, and))
    }

    /// A boolean operand.
    pub(super) fn operand(&mut self, typed: Typed, at: usize, what: &str) -> Result<Typed> {
        match &typed.ty {
            SqlType::Boolean => Ok(typed),
            SqlType::Unknown => Ok(self.converted(typed, &SqlType::Boolean)),
            ty => Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("{what} must evaluate to a boolean (actual: {ty})"),
            )
            .hint("compare it with a value")),
        }
    }
}

/// Conditions from left to right: what may fail is computed only for rows that those before it do
/// not decide. Every term stands in the result once.
pub(super) fn connected(mut terms: Vec<Typed>, and: bool) -> Typed {
    let Some(mut rest) = terms.pop() else {
        return Typed::new(lit(and), SqlType::Boolean);
    };
    while let Some(mut left) = terms.pop() {
        // Terms that cannot fail are one condition.
        while !left.may_fail && terms.last().is_some_and(|term| !term.may_fail) {
            left = terms.pop().into_iter().fold(left, |right, left| plainly(left, right, and));
        }
        rest = match rest.may_fail {
            true => lazily(left, rest, and),
            false => plainly(left, rest, and),
        };
    }
    rest
}

fn plainly(left: Typed, right: Typed, and: bool) -> Typed {
    let may_fail = left.may_fail || right.may_fail;
    let expr = if and { left.expr.and(right.expr) } else { left.expr.or(right.expr) };
    Typed::failing(expr, SqlType::Boolean, may_fail)
}

/// A condition whose right side is computed where the left one does not decide.
fn lazily(left: Typed, right: Typed, and: bool) -> Typed {
    let name = if and { "$and" } else { "$or" };
    let gives = SqlType::Boolean;
    let arguments = vec![left.expr, delayed(right.expr)];
    Typed::failing(trino::with_delayed(name, gives.clone(), arguments, true), gives, true)
}

/// A lambda that takes one parameter, does not use it, and gives `value`.
pub(super) fn delayed(value: Expr) -> Expr {
    Expr::Lambda(Lambda::new(vec!["nothing#lambda".to_owned()], value))
}

/// The common type of all; `refuse` makes the error from two that have none, and the position of
/// the second of them.
pub(super) fn common(items: &[Typed], refuse: impl Fn(&str, usize) -> Refusal) -> Result<SqlType> {
    let mut ty = SqlType::Unknown;
    for (at, item) in items.iter().enumerate() {
        ty = match ty.common(&item.ty) {
            Some(common) => common,
            None => {
                let all = distinct_types(items.iter().map(|item| &item.ty));
                let found =
                    format!("{ty} and {}, all types (without duplicates): [{all}]", item.ty);
                return Err(refuse(&found, at));
            }
        };
    }
    Ok(ty)
}

fn distinct_types<'a>(types: impl Iterator<Item = &'a SqlType>) -> String {
    let mut names: Vec<String> = Vec::new();
    for ty in types {
        let name = ty.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}
