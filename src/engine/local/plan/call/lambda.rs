//! Calls of functions whose arguments may be lambdas.

use datafusion::logical_expr::expr::Lambda;
use datafusion::logical_expr::{Expr, lit};

use super::super::super::trino;
use super::super::super::trino::function::{Function, Planned};
use super::super::super::trino::signature::{Binding, Fit, Given};
use super::super::expr::Context;
use super::super::scope::Parameter;
use super::super::{Planner, Result, Typed};
use super::{MOST_WIDENINGS, unexpected, wrong_arity};
use crate::sql::ast::{self, ExprKind};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

impl Planner<'_> {
    /// A function whose arguments may be lambdas.
    pub(super) fn with_lambdas(
        &mut self,
        function: &'static Function,
        arguments: &[ast::Expr],
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let mut planned = Vec::new();
        let mut given = Vec::new();
        for argument in arguments {
            if let ExprKind::Lambda(parameters, _) = &argument.kind {
                given.push(Given::Lambda(parameters.len()));
                planned.push(None);
            } else {
                let typed = self.expr(argument, context)?;
                given.push(Given::Value(typed.ty.clone()));
                planned.push(Some(typed));
            }
        }
        if planned.iter().all(Option::is_some) {
            let values = planned.into_iter().flatten().collect();
            return self.apply(function, values)?.ok_or_else(|| {
                unexpected(
                    function.name,
                    &given,
                    function.forms.iter().map(|form| form.signature),
                    at,
                )
            });
        }
        let refusal = || {
            unexpected(function.name, &given, function.forms.iter().map(|form| form.signature), at)
        };
        let (form, mut binding) = trino::form(function, &given)
            .ok_or_else(|| wrong_arity(function, arguments, &given).unwrap_or_else(refusal))?;
        // A lambda may give a wider type than its own parameters have: then once more, with that.
        let mut lambdas = None;
        for _ in 0..MOST_WIDENINGS {
            lambdas = self.lambdas(arguments, &mut binding, context, &refusal)?;
            if lambdas.is_some() {
                break;
            }
        }
        let lambdas = lambdas.ok_or_else(|| {
            refusal().hint("the types of a lambda's parameters grow with its result: CAST it")
        })?;
        let takes = binding.parameters();
        let mut may_fail = planned.iter().flatten().any(|value| value.may_fail);
        may_fail |= lambdas.iter().any(|lambda| lambda.body.may_fail);
        let mut exprs: Vec<Expr> = Vec::new();
        for (value, ty) in planned.into_iter().zip(&takes) {
            exprs.push(value.map_or(lit(false), |value| self.converted(value, ty).expr));
        }
        let mut types = Vec::new();
        for PlannedLambda { position, parameters, body } in lambdas {
            let (ids, of_parameters) = parameters.into_iter().unzip();
            types.push(of_parameters);
            let body = self.converted(body, &takes[position]).expr;
            exprs[position] = Expr::Lambda(Lambda::new(ids, body));
        }
        let gives = form.gives.map_or_else(|| binding.result(), |gives| gives(&takes));
        may_fail |= form.may_fail(&vec![None; takes.len()]);
        let planned = Planned::new(function.name, form, takes, gives.clone(), types, may_fail);
        Ok(Typed::failing(planned.call(exprs), gives, may_fail))
    }

    /// The lambdas among the arguments; `None` if one of them has widened a type that the
    /// parameters of an earlier one have.
    fn lambdas(
        &mut self,
        arguments: &[ast::Expr],
        binding: &mut Binding,
        context: &Context<'_>,
        refusal: &impl Fn() -> Refusal,
    ) -> Result<Option<Vec<PlannedLambda>>> {
        let mut lambdas = Vec::new();
        for (position, argument) in arguments.iter().enumerate() {
            let ExprKind::Lambda(names, body) = &argument.kind else {
                continue;
            };
            let mut known = context.parameters.to_vec();
            let mut parameters = Vec::new();
            for (name, ty) in names.iter().zip(binding.lambda_parameters(position)) {
                // The same expression has the same names wherever it stands, so that GROUP BY
                // finds it; lambdas inside one another have different ones.
                let id = format!("{}#lambda{}", name.key(), known.len());
                parameters.push((id.clone(), ty.clone()));
                known.push(Parameter { name: name.key(), id, ty });
            }
            let inside = Context { parameters: &known, outputs: &[], ..*context };
            let body = self.expr(body, &inside)?;
            match binding.lambda_gives(position, &body.ty) {
                Fit::Yes => lambdas.push(PlannedLambda { position, parameters, body }),
                Fit::Wider => return Ok(None),
                Fit::No => return Err(refusal()),
            }
        }
        Ok(Some(lambdas))
    }
}

/// A lambda among the arguments of a call.
struct PlannedLambda {
    position: usize,
    /// Names and types.
    parameters: Vec<(String, SqlType)>,
    body: Typed,
}
