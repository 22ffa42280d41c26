//! What a function is: its name, its forms, and the DataFusion functions that calls become.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{ScalarValue, not_impl_err};
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, HigherOrderFunctionArgs, HigherOrderReturnFieldArgs, HigherOrderSignature,
    HigherOrderUDF, HigherOrderUDFImpl, LambdaParametersProgress, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature as Arguments, ValueOrLambda, Volatility,
};

use super::super::arrow;
use super::call::{Argument, Call, Column};
use crate::sql::ty::SqlType;

/// A function of Trino's: all its forms.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) forms: &'static [Form],
}

/// One signature of a function, and what computes it.
#[derive(Debug)]
pub(crate) struct Form {
    /// As [`super::signature`] reads it.
    pub(crate) signature: &'static str,
    pub(crate) run: Run,
    pub(crate) risk: Risk,
    /// Whether it will fail for bad constants.
    pub(crate) check: Check,
    /// Whether what `check` does not accept is refused while planning.
    pub(crate) refuses: bool,
    /// Whether it takes arguments of these types, where the signature cannot say it.
    pub(crate) fits: fn(&[SqlType]) -> bool,
    /// The type of the result where the signature cannot say it, from those of the arguments.
    pub(crate) gives: Option<fn(&[SqlType]) -> SqlType>,
    /// Whether it gives another answer each time.
    pub(crate) volatile: bool,
}

/// Computes one value for each row.
pub(crate) type Run = fn(&Call) -> Result<ArrayRef>;

/// Looks at constant arguments; `None` stands for arguments that are not constant, and for NULL.
pub(crate) type Check = fn(&[Option<&ScalarValue>]) -> Result<()>;

/// The whole number that the argument at `at` is, if it is constant.
pub(crate) fn whole(constants: &[Option<&ScalarValue>], at: usize) -> Option<i64> {
    match constants.get(at) {
        Some(Some(ScalarValue::Int64(number))) => *number,
        _ => None,
    }
}

/// The text that the argument at `at` is, if it is constant.
pub(crate) fn constant_text<'a>(
    constants: &[Option<&'a ScalarValue>],
    at: usize,
) -> Option<&'a str> {
    constants.get(at).copied().flatten()?.try_as_str()?
}

/// Whether a call may fail, given arguments of the right types. Calls that may fail are computed
/// only for rows that conditions before them let through.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Risk {
    Never,
    Always,
    /// Not if this argument is constant, because [`Form::check`] has seen it then.
    UnlessConstant(usize),
    /// Not if all of these are.
    UnlessConstants(&'static [usize]),
    /// Not if this holds for the constants among the arguments.
    Unless(fn(&[Option<&ScalarValue>]) -> bool),
}

impl Form {
    /// A form that never fails.
    pub(crate) const fn new(signature: &'static str, run: Run) -> Self {
        Self {
            signature,
            run,
            risk: Risk::Never,
            check: |_| Ok(()),
            refuses: false,
            fits: |_| true,
            gives: None,
            volatile: false,
        }
    }

    /// May fail on some values.
    #[must_use]
    pub(crate) const fn fails(mut self) -> Self {
        self.risk = Risk::Always;
        self
    }

    /// May fail on some values, but not if the argument at `at` is a constant that `check` accepts.
    #[must_use]
    pub(crate) const fn checked(mut self, at: usize, check: Check) -> Self {
        self.risk = Risk::UnlessConstant(at);
        self.check = check;
        self
    }

    /// As [`Form::checked`]; a constant that `check` does not accept is refused while planning, also
    /// where no row would come to it.
    #[must_use]
    pub(crate) const fn refusing(mut self, at: usize, check: Check) -> Self {
        self.refuses = true;
        self.checked(at, check)
    }

    /// As [`Form::checked`], if `check` needs several arguments.
    #[must_use]
    pub(crate) const fn checked_all(mut self, all: &'static [usize], check: Check) -> Self {
        self.risk = Risk::UnlessConstants(all);
        self.check = check;
        self
    }

    /// May fail on some values, but not where `safe` holds for the constants among the arguments.
    #[must_use]
    pub(crate) const fn fails_unless(mut self, safe: fn(&[Option<&ScalarValue>]) -> bool) -> Self {
        self.risk = Risk::Unless(safe);
        self
    }

    /// Only for arguments of these types.
    #[must_use]
    pub(crate) const fn only(mut self, fits: fn(&[SqlType]) -> bool) -> Self {
        self.fits = fits;
        self
    }

    /// The type of the result is computed from those of the arguments.
    #[must_use]
    pub(crate) const fn giving(mut self, gives: fn(&[SqlType]) -> SqlType) -> Self {
        self.gives = Some(gives);
        self
    }

    /// Gives another answer each time, also for the same arguments.
    #[must_use]
    pub(crate) const fn volatile(mut self) -> Self {
        self.volatile = true;
        self
    }

    /// Whether a call with these arguments may fail. One that always does, which stands only in a
    /// `TRY`, does so when it runs.
    pub(crate) fn may_fail(&self, constants: &[Option<&ScalarValue>]) -> bool {
        match self.risk {
            Risk::Never => false,
            Risk::Always => true,
            Risk::UnlessConstant(at) => {
                constants.get(at).is_none_or(Option::is_none) || (self.check)(constants).is_err()
            }
            Risk::UnlessConstants(all) => {
                all.iter().any(|at| constants.get(*at).is_none_or(Option::is_none))
                    || (self.check)(constants).is_err()
            }
            Risk::Unless(safe) => !safe(constants),
        }
    }
}

/// One call with its types settled, as DataFusion wants it.
#[derive(Clone)]
pub(crate) struct Planned {
    pub(crate) name: &'static str,
    pub(crate) form: &'static Form,
    pub(crate) takes: Vec<SqlType>,
    pub(crate) gives: SqlType,
    pub(crate) may_fail: bool,
    arguments: Arguments,
    higher: HigherOrderSignature,
    lambdas: Vec<Vec<SqlType>>,
}

impl Planned {
    /// `lambdas` are the parameters' types of each argument that is a lambda, in order.
    pub(crate) fn new(
        name: &'static str,
        form: &'static Form,
        takes: Vec<SqlType>,
        gives: SqlType,
        lambdas: Vec<Vec<SqlType>>,
        may_fail: bool,
    ) -> Self {
        // What may fail must not be moved in front of a filter, nor be computed at all where it is
        // not asked for. DataFusion promises both only for volatile functions.
        let volatility =
            if may_fail || form.volatile { Volatility::Volatile } else { Volatility::Immutable };
        let arguments = match takes.as_slice() {
            [] => Arguments::nullary(volatility),
            _ => Arguments::variadic_any(volatility),
        };
        Self {
            name,
            form,
            takes,
            gives,
            may_fail,
            arguments,
            higher: HigherOrderSignature::variadic_any(volatility),
            lambdas,
        }
    }

    /// The call of it. Arguments have the types it takes; lambdas are [`Expr::Lambda`].
    pub(crate) fn call(self, arguments: Vec<Expr>) -> Expr {
        if self.lambdas.is_empty() {
            return Expr::ScalarFunction(datafusion::logical_expr::expr::ScalarFunction::new_udf(
                Arc::new(ScalarUDF::new_from_impl(self)),
                arguments,
            ));
        }
        Expr::HigherOrderFunction(datafusion::logical_expr::expr::HigherOrderFunction::new(
            Arc::new(HigherOrderUDF::new_from_impl(self)),
            arguments,
        ))
    }

    /// What the call gives where all arguments are constants. `None` where they are not, and where it
    /// fails: then it fails only if a row reaches it.
    pub(crate) fn constant(&self, arguments: &[Expr]) -> Option<ScalarValue> {
        if self.form.volatile {
            return None;
        }
        let constant = |argument: &Expr| match argument {
            Expr::Literal(value, _) => {
                Some(Argument::Column(Column::new(value.to_array().ok()?, true)))
            }
            _ => None,
        };
        let arguments = arguments.iter().map(constant).collect::<Option<_>>()?;
        match self.run(1, arguments).ok()? {
            ColumnarValue::Scalar(value) => Some(value),
            ColumnarValue::Array(values) => ScalarValue::try_from_array(&values, 0).ok(),
        }
    }

    fn field(&self) -> FieldRef {
        Arc::new(Field::new(self.name, arrow::data_type(&self.gives), true))
    }

    fn run(&self, rows: usize, arguments: Vec<Argument>) -> Result<ColumnarValue> {
        let constant = arguments.iter().all(|argument| match argument {
            Argument::Column(column) => column.is_constant() && !self.form.volatile,
            Argument::Lambda(_) => false,
        });
        let rows = if constant && !arguments.is_empty() { 1 } else { rows };
        let call = Call { rows, arguments, takes: &self.takes, gives: &self.gives };
        let answer = (self.form.run)(&call)?;
        if constant && rows == 1 && !call.arguments.is_empty() {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?));
        }
        Ok(ColumnarValue::Array(answer))
    }
}

fn column(value: ColumnarValue) -> Result<Column> {
    Ok(match value {
        ColumnarValue::Array(array) => Column::new(array, false),
        ColumnarValue::Scalar(value) => Column::new(value.to_array()?, true),
    })
}

impl fmt::Debug for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.form.signature == other.form.signature
            && self.takes == other.takes
            && self.gives == other.gives
            && self.may_fail == other.may_fail
    }
}

impl Eq for Planned {}

impl Hash for Planned {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.takes.hash(state);
        self.gives.hash(state);
    }
}

impl ScalarUDFImpl for Planned {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Arguments {
        &self.arguments
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(arrow::data_type(&self.gives))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arguments = args.args.into_iter().map(|value| column(value).map(Argument::Column));
        self.run(args.number_rows, arguments.collect::<Result<_>>()?)
    }
}

impl HigherOrderUDFImpl for Planned {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &HigherOrderSignature {
        &self.higher
    }

    fn lambda_parameters(
        &self,
        _: usize,
        _: &[ValueOrLambda<FieldRef, Option<FieldRef>>],
    ) -> Result<LambdaParametersProgress> {
        let fields = |types: &Vec<SqlType>| {
            let field =
                |(at, ty)| Arc::new(Field::new(format!("p{at}"), arrow::data_type(ty), true));
            types.iter().enumerate().map(field).collect()
        };
        Ok(LambdaParametersProgress::Complete(self.lambdas.iter().map(fields).collect()))
    }

    fn return_field_from_args(&self, _: HigherOrderReturnFieldArgs) -> Result<FieldRef> {
        Ok(self.field())
    }

    fn invoke_with_args(&self, args: HigherOrderFunctionArgs) -> Result<ColumnarValue> {
        let arguments = args.args.into_iter().map(|argument| match argument {
            ValueOrLambda::Value(value) => column(value).map(Argument::Column),
            ValueOrLambda::Lambda(lambda) => Ok(Argument::Lambda(lambda)),
        });
        self.run(args.number_rows, arguments.collect::<Result<_>>()?)
    }

    fn coerce_value_types(&self, _: &[DataType]) -> Result<Vec<DataType>> {
        not_impl_err!("{} has its types", self.name)
    }
}
