//! Calls of aggregate functions, for groups and over windows.

use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Expr, SortExpr, WindowFunctionDefinition};

use super::super::trino::aggregate::{Aggregate, Settled};
use super::super::trino::{self, signature::Given};
use super::call::{said, unexpected};
use super::expr::{Allow, Context};
use super::name::chain_text;
use super::window;
use super::{Planner, Result, Typed};
use crate::sql::ast::{self, Call};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

impl Planner<'_> {
    pub(super) fn aggregate(
        &mut self,
        aggregate: &'static Aggregate,
        call: &Call,
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let over = call.over.as_ref();
        let needs = if over.is_some() { Allow::Everything } else { Allow::Aggregates };
        allowed(&shown(call), at, context, needs)?;
        if call.ignore_nulls {
            return Err(window::no_null_treatment(aggregate.name, at));
        }
        if over.is_some() && call.filter.is_some() {
            return Err(window::filtered(at));
        }
        let inside = match over {
            // `sum(count(*)) OVER ()` sums what was counted for each group.
            Some(_) => Context { allow: Allow::Aggregates, ..*context },
            None => Context {
                allow: Allow::Nothing,
                aggregation: Some((&call.name.text, at)),
                ..*context
            },
        };
        let arguments = call.arguments.iter().map(|argument| self.expr(argument, &inside));
        let arguments = arguments.collect::<Result<Vec<_>>>()?;
        let order = self.order_inside(call, &arguments, &inside)?;
        let (settled, gives) = self.settled(aggregate, call, arguments, order, at)?;
        let expr = match over {
            Some(over) => {
                let window = self.over(over, context)?;
                let function = WindowFunctionDefinition::AggregateUDF(settled.function);
                self.over_window(function, settled.arguments, window, None, settled.distinct)
            }
            None => {
                let filter = match &call.filter {
                    None => None,
                    Some(filter) => Some(Box::new(self.filter_inside(filter, &inside)?)),
                };
                Expr::AggregateFunction(AggregateFunction::new_udf(
                    settled.function,
                    settled.arguments,
                    settled.distinct,
                    filter,
                    Vec::new(),
                    None,
                ))
            }
        };
        Ok(Typed::new(expr, gives))
    }

    /// The form that takes these arguments, and what the call gives.
    fn settled(
        &mut self,
        aggregate: &'static Aggregate,
        call: &Call,
        arguments: Vec<Typed>,
        order: Vec<SortExpr>,
        at: usize,
    ) -> Result<(Settled, SqlType)> {
        let given: Vec<_> =
            arguments.iter().map(|argument| Given::Value(argument.ty.clone())).collect();
        let Some((form, binding)) = trino::aggregate_form(aggregate, &given) else {
            if let ("listagg", [first, ..]) = (aggregate.name, arguments.as_slice()) {
                let text = call.arguments.first().and_then(chain_text).unwrap_or_default();
                let message =
                    format!("Expected expression of varchar, but '{text}' has {} type", first.ty);
                return Err(
                    Refusal::new("TYPE_MISMATCH", at, message).hint("write CAST(x AS varchar)")
                );
            }
            let signatures = aggregate.forms.iter().map(|form| form.signature);
            return Err(unexpected(aggregate.name, &given, signatures, at));
        };
        let takes = binding.parameters();
        let gives = form.gives.map_or_else(|| binding.result(), |gives| gives(&takes));
        let converted = arguments.into_iter().zip(&takes);
        let converted = converted.map(|(argument, ty)| self.converted(argument, ty).expr).collect();
        let settled = form.settle(aggregate.name, &takes, &gives, converted, call.distinct, order);
        let settled =
            settled.map_err(|error| Refusal::new("INVALID_FUNCTION_ARGUMENT", at, said(&error)))?;
        Ok((settled, gives))
    }

    /// `ORDER BY` inside the parentheses, and `WITHIN GROUP`.
    fn order_inside(
        &mut self,
        call: &Call,
        arguments: &[Typed],
        inside: &Context<'_>,
    ) -> Result<Vec<SortExpr>> {
        let mut order = Vec::new();
        for sort in &call.order {
            let key = self.expr(&sort.expr, inside)?;
            if call.distinct && arguments.iter().all(|argument| argument.expr != key.expr) {
                return Err(Refusal::new(
                    "EXPRESSION_NOT_IN_DISTINCT",
                    sort.expr.at,
                    "For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments",
                ));
            }
            order.push(self.sort_key(key, sort)?);
        }
        Ok(order)
    }

    fn filter_inside(&mut self, filter: &ast::Expr, inside: &Context<'_>) -> Result<Expr> {
        let typed = self.expr(filter, inside)?;
        match typed.ty {
            SqlType::Boolean | SqlType::Unknown => {
                Ok(self.converted(typed, &SqlType::Boolean).expr)
            }
            ty => Err(Refusal::new(
                "TYPE_MISMATCH",
                filter.at,
                format!("Filter expression must evaluate to a boolean (actual: {ty})"),
            )
            .hint("compare it with a value")),
        }
    }
}

/// A call as errors show it, as far as it goes.
pub(super) fn shown(call: &Call) -> String {
    format!("{}{}", call.name.text, if call.star { "(*)" } else { "" })
}

/// Refuses aggregate and window functions where they may not stand.
pub(super) fn allowed(text: &str, at: usize, context: &Context<'_>, needs: Allow) -> Result<()> {
    let enough = match context.allow {
        Allow::Everything => true,
        Allow::Aggregates => needs == Allow::Aggregates,
        Allow::Nothing => false,
    };
    if enough && context.parameters.is_empty() {
        return Ok(());
    }
    let clause = context.clause;
    if !context.parameters.is_empty() {
        return Err(Refusal::new(
            "EXPRESSION_NOT_SCALAR",
            at,
            format!(
                "Lambda expression cannot contain aggregations, window functions or grouping operations: [{text}]"
            ),
        ));
    }
    if let Some((outer, at)) = context.aggregation {
        let (code, what) = match needs {
            Allow::Everything => ("NESTED_WINDOW", "window functions or row pattern measures"),
            _ => ("NESTED_AGGREGATION", "aggregations"),
        };
        let message = format!("Cannot nest {what} inside aggregation '{outer}': [{text}]");
        return Err(Refusal::new(code, at, message)
            .hint("compute the inner one in a query inside this one"));
    }
    if context.allow == Allow::Aggregates {
        let message = match clause {
            "HAVING" => "HAVING clause cannot contain window functions or row pattern measures",
            _ => "Cannot nest window functions or row pattern measures inside window specification",
        };
        return Err(Refusal::new("NESTED_WINDOW", at, message)
            .hint("compute it in a query inside this one"));
    }
    Err(Refusal::new(
        "EXPRESSION_NOT_SCALAR",
        context.clause_at.unwrap_or(at),
        format!(
            "{clause} cannot contain aggregations, window functions or grouping operations: [{text}]"
        ),
    )
    .hint("filter on it in HAVING, or in a query around this one"))
}
