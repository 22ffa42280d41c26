//! Calls of functions.

use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::utils::find_aggregate_exprs;

use super::super::failure;
use super::super::trino;
use super::super::trino::function::{Function, Planned};
use super::super::trino::signature::{Given, Signature};
use super::aggregate_call::{allowed, shown};
use super::expr::{Allow, Context};
use super::function_names::{MISSING, SYNTAX};
use super::window::WINDOW_ONLY;
use super::{Planner, Result, Typed, hint};
use crate::sql::ast::{self, Call, Now};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

mod lambda;

/// How often the lambdas of a call may widen a type, as in Trino.
const MOST_WIDENINGS: usize = 4;

const TOO_FEW_TO_FORMAT: &str = "The 'format' function must have at least two arguments";

impl Planner<'_> {
    pub(super) fn call(&mut self, call: &Call, at: usize, context: &Context<'_>) -> Result<Typed> {
        let name = call.name.key();
        if WINDOW_ONLY.contains(&name.as_str()) {
            allowed(&shown(call), at, context, Allow::Everything)?;
            return self.window_function(call, &name, at, context);
        }
        if let Some(aggregate) = trino::aggregate(&name) {
            return self.aggregate(aggregate, call, at, context);
        }
        if call.distinct || call.filter.is_some() || !call.order.is_empty() || call.star {
            let what = if call.distinct {
                "DISTINCT is not supported for non-aggregation functions"
            } else if call.filter.is_some() {
                "Filter is only valid for aggregation functions"
            } else if call.star {
                "* is only valid for aggregation functions"
            } else {
                "ORDER BY is only valid for aggregation functions"
            };
            return Err(Refusal::new("FUNCTION_NOT_AGGREGATE", at, what));
        }
        if call.over.is_some() {
            return Err(Refusal::new(
                "FUNCTION_NOT_WINDOW",
                at,
                format!("Not a window function: {name}"),
            ));
        }
        let arguments = &call.arguments;
        match (name.as_str(), arguments.len()) {
            ("coalesce", 2..) => self.coalesce(arguments, context),
            ("format", _) => self.format(arguments, at, context),
            ("if", 2 | 3) => self.choose_if(arguments, at, context),
            ("nullif", 2) => self.null_if(arguments, at, context),
            ("now", 0) => super::literal::now(self.now, Now::Timestamp, None, at),
            ("now", _) => {
                let values = self.values_of(arguments, context)?;
                let given: Vec<_> =
                    values.into_iter().map(|value| Given::Value(value.ty)).collect();
                Err(unexpected("now", &given, std::iter::once("()"), at))
            }
            ("try", 1) => self.try_value(&arguments[0], context),
            ("typeof", 1) => {
                let value = self.expr(&arguments[0], context)?;
                Ok(type_of(value))
            }
            ("json_exists" | "json_value" | "json_query", _) => {
                self.sql_json(&name, arguments, at, context)
            }
            ("coalesce", _) => {
                Err(Refusal::syntax(at, "The 'coalesce' function must have at least two arguments"))
            }
            ("try", _) => {
                Err(Refusal::syntax(at, "The 'try' function must have exactly one argument"))
            }
            (syntax, _) if SYNTAX.contains(&syntax) && !MISSING.contains(&syntax) => Err(
                Refusal::syntax(at, format!("Invalid number of arguments for '{syntax}' function")),
            ),
            _ => match trino::named(&name) {
                Some(function) => self.with_lambdas(function, arguments, at, context),
                None => Err(hint::unknown_function(&call.name.text, call.name.at)),
            },
        }
    }

    /// `format(text, value, ...)`, which takes values of most types.
    fn format(
        &mut self,
        arguments: &[ast::Expr],
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let values = self.values_of(arguments, context)?;
        let [format, rest @ ..] = values.as_slice() else {
            return Err(Refusal::syntax(at, TOO_FEW_TO_FORMAT));
        };
        if rest.is_empty() {
            return Err(Refusal::syntax(at, TOO_FEW_TO_FORMAT));
        }
        if !format.ty.is_text() {
            let message = format!(
                "Type of first argument to format() must be VARCHAR (actual: {})",
                format.ty
            );
            return Err(Refusal::new("TYPE_MISMATCH", arguments[0].at, message));
        }
        if let Some((value, argument)) =
            rest.iter().zip(&arguments[1..]).find(|(value, _)| !trino::can_format(&value.ty))
        {
            let message = format!("Type not supported for formatting: {}", value.ty);
            return Err(Refusal::new("NOT_SUPPORTED", argument.at, message));
        }
        self.function("format", values, at)
    }

    /// A function of the program's own lists, by name.
    pub(super) fn function(&mut self, name: &str, values: Vec<Typed>, at: usize) -> Result<Typed> {
        let Some(function) = trino::function(name) else {
            return Err(hint::unknown_function(name, at));
        };
        let given: Vec<_> = values.iter().map(|value| Given::Value(value.ty.clone())).collect();
        self.apply(function, values)?.ok_or_else(|| {
            unexpected(name, &given, function.forms.iter().map(|form| form.signature), at)
        })
    }

    /// A function over values; `None` where no form takes them.
    pub(super) fn apply(
        &mut self,
        function: &'static Function,
        values: Vec<Typed>,
    ) -> Result<Option<Typed>> {
        let given: Vec<_> = values.iter().map(|value| Given::Value(value.ty.clone())).collect();
        let Some((form, binding)) = trino::form(function, &given) else {
            return Ok(None);
        };
        let takes = binding.parameters();
        let gives = form.gives.map_or_else(|| binding.result(), |gives| gives(&takes));
        let mut may_fail = values.iter().any(|value| value.may_fail);
        let values: Vec<Typed> =
            values.into_iter().zip(&takes).map(|(value, ty)| self.converted(value, ty)).collect();
        let constants: Vec<Option<&ScalarValue>> = values.iter().map(Typed::constant).collect();
        if form.refuses && self.tries == 0 {
            (form.check)(&constants).map_err(|error| never_right(&error))?;
        }
        may_fail |= form.may_fail(&constants);
        let planned = Planned::new(function.name, form, takes, gives, Vec::new(), may_fail);
        let exprs = values.into_iter().map(|value| value.expr).collect();
        Ok(Some(Self::computed(planned, exprs)))
    }

    /// `base[index]`; `place` is where the index stands.
    pub(super) fn subscript(
        &mut self,
        base: Typed,
        index: Typed,
        at: usize,
        place: usize,
    ) -> Result<Typed> {
        if let SqlType::Row(fields) = &base.ty {
            let Some(ScalarValue::Int32(Some(number))) = index.constant() else {
                return Err(Refusal::new(
                    "EXPRESSION_NOT_CONSTANT",
                    place,
                    "Subscript expression on ROW requires a constant index",
                ));
            };
            let known = usize::try_from(*number).ok().and_then(|number| number.checked_sub(1));
            return match known.map(|position| (position, fields.get(position))) {
                Some((position, Some((_, ty)))) => {
                    let ty = ty.clone();
                    Ok(self.field_at(base, position, ty))
                }
                Some(_) => Err(Refusal::new(
                    "INVALID_FUNCTION_ARGUMENT",
                    place,
                    format!(
                        "Subscript index out of bounds: {number}, max value is {}",
                        fields.len()
                    ),
                )),
                None => Err(Refusal::new(
                    "INVALID_FUNCTION_ARGUMENT",
                    place,
                    format!("Invalid subscript index: {number}. ROW indices start at 1"),
                )),
            };
        }
        if !matches!(base.ty, SqlType::Array(_) | SqlType::Map(..)) {
            let refusal = Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("Cannot use {} for subscript of {}", index.ty, base.ty),
            );
            return Err(if base.ty.is_text() || base.ty == SqlType::Json {
                refusal.hint("take it out of JSON: json_extract_scalar(x, '$[0]')")
            } else {
                refusal
            });
        }
        let types = (index.ty.clone(), base.ty.clone());
        let Some(function) = trino::function("[]") else {
            return Err(hint::unknown_function("[]", at));
        };
        self.apply(function, vec![base, index])?.ok_or_else(|| {
            Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("Cannot use {} for subscript of {}", types.0, types.1),
            )
        })
    }

    pub(super) fn values_of(
        &mut self,
        arguments: &[ast::Expr],
        context: &Context<'_>,
    ) -> Result<Vec<Typed>> {
        arguments.iter().map(|argument| self.expr(argument, context)).collect()
    }
}

/// A constant that fails whatever the row. Trino says so once there is a row, and without a place.
fn never_right(error: &DataFusionError) -> Refusal {
    let code =
        failure::of(error).map_or("INVALID_FUNCTION_ARGUMENT", |failure| failure.code.name());
    Refusal { code, message: said(error), at: None, hint: None }
}

/// A lambda with too many or too few parameters, if that is all that is wrong.
fn wrong_arity(function: &Function, arguments: &[ast::Expr], given: &[Given]) -> Option<Refusal> {
    function.forms.iter().find_map(|form| {
        let signature = Signature::parse(form.signature);
        let mut wanted = given.to_vec();
        let mut wrong = None;
        for (at, given) in wanted.iter_mut().enumerate() {
            if let (Given::Lambda(count), Some(arity)) = (given, signature.lambda_arity(at))
                && *count != arity
            {
                wrong.get_or_insert((at, arity, *count));
                *count = arity;
            }
        }
        let (at, arity, count) = wrong?;
        signature.bind(&wanted)?;
        Some(Refusal::new(
            "INVALID_PARAMETER_USAGE",
            arguments.get(at)?.at,
            format!("Expected a lambda that takes {arity} argument(s) but got {count}"),
        ))
    })
}

/// A type as it stands in a signature.
fn in_signature(ty: &SqlType) -> String {
    match ty {
        SqlType::Array(item) => format!("array({})", in_signature(item)),
        SqlType::Map(key, value) => format!("map({},{})", in_signature(key), in_signature(value)),
        SqlType::Row(fields) => {
            let field = |(name, ty): &(Option<String>, SqlType)| match name {
                Some(name) => format!("\"{}\" {}", name.replace('"', "\"\""), in_signature(ty)),
                None => in_signature(ty),
            };
            format!("row({})", fields.iter().map(field).collect::<Vec<_>>().join(","))
        }
        ty => ty.to_string(),
    }
}

/// What a function says against its arguments.
pub(super) fn said(error: &DataFusionError) -> String {
    match failure::of(error) {
        Some(failure) => failure.message.clone(),
        None => error.strip_backtrace(),
    }
}

/// Arguments that no form takes.
pub(super) fn unexpected<'a>(
    name: &str,
    given: &[Given],
    signatures: impl Iterator<Item = &'a str>,
    at: usize,
) -> Refusal {
    let types: Vec<String> = given
        .iter()
        .map(|given| match given {
            Given::Value(ty) => in_signature(ty),
            Given::Lambda(_) => "<function>".to_owned(),
        })
        .collect();
    let expected: Vec<String> = signatures
        .map(|signature| {
            let takes = signature.split_once("->").map_or(signature, |(takes, _)| takes);
            format!("{name}{}", takes.trim())
        })
        .collect();
    let refusal = Refusal::new(
        "FUNCTION_NOT_FOUND",
        at,
        format!(
            "Unexpected parameters ({}) for function {name}. Expected: {}",
            types.join(", "),
            expected.join(", ")
        ),
    );
    let text = given.iter().any(|given| matches!(given, Given::Value(ty) if ty.is_text()));
    if text && expected.iter().any(|form| form.contains("timestamp")) {
        return refusal.hint("for ISO text such as eventtime: from_iso8601_timestamp(eventtime)");
    }
    if text && expected.iter().any(|form| form.contains("json")) {
        return refusal.hint("text becomes JSON with json_parse(x)");
    }
    refusal
}

/// The name of a value's type. Where the value is an aggregate's, the call still makes a group of
/// all rows.
fn type_of(value: Typed) -> Typed {
    let name = super::literal::text(&value.ty.to_string());
    if find_aggregate_exprs([&value.expr]).is_empty() {
        return name;
    }
    let condition = Typed::new(Expr::IsNull(Box::new(value.expr)), SqlType::Boolean);
    Planner::choice(condition, name.clone(), name)
}
