//! What the functions have in common: a description of one, and its arguments while it runs.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::type_coercion::binary::type_union_resolution;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// What an argument may be. There are no conversions beyond those of Trino.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `varchar`
    Text,
    /// `bigint` and the smaller integers
    Bigint,
    /// `boolean`
    Boolean,
    /// `array(T)`
    Array,
    /// `map(K, V)`
    Map,
    /// The type of the elements of the array before.
    Element,
    /// A type of which all arguments of this kind have to be.
    Any,
}

/// Which arguments a function takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Takes {
    /// One of these lists.
    OneOf(&'static [&'static [Kind]]),
    /// At least as many, all of this kind.
    Many(usize, Kind),
}

/// A function.
pub(super) struct Scalar {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    /// The type of the answer, given those of the arguments.
    pub(super) gives: fn(&[DataType]) -> DataType,
    /// Refuses bad constants while planning. `None` stands for arguments that are not constant.
    pub(super) check: fn(&[Option<&ScalarValue>]) -> Result<()>,
    pub(super) run: fn(&Call) -> Result<ArrayRef>,
    /// An expression to use in place of a call.
    pub(super) instead: Option<fn(Vec<Expr>) -> Result<Expr>>,
}

/// For [`Scalar::gives`].
pub(super) fn text(_: &[DataType]) -> DataType {
    DataType::Utf8
}

/// For [`Scalar::gives`].
pub(super) fn boolean(_: &[DataType]) -> DataType {
    DataType::Boolean
}

/// For [`Scalar::gives`].
pub(super) fn bigint(_: &[DataType]) -> DataType {
    DataType::Int64
}

/// For [`Scalar::check`].
pub(super) fn any(_: &[Option<&ScalarValue>]) -> Result<()> {
    Ok(())
}

/// The text of a constant argument.
pub(super) fn constant<'a>(arguments: &[Option<&'a ScalarValue>], at: usize) -> Option<&'a str> {
    (*arguments.get(at)?)?.try_as_str().flatten()
}

impl From<Scalar> for datafusion::logical_expr::ScalarUDF {
    fn from(scalar: Scalar) -> Self {
        Self::new_from_impl(Function {
            scalar,
            signature: Signature::user_defined(Volatility::Immutable),
        })
    }
}

/// A [`Scalar`] as DataFusion wants it.
struct Function {
    scalar: Scalar,
    signature: Signature,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scalar.name)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.scalar.name == other.scalar.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.scalar.name.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.scalar.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let fitting = match self.scalar.takes {
            Takes::OneOf(lists) => lists.iter().find_map(|kinds| coerced(kinds, given)),
            Takes::Many(least, kind) if given.len() >= least => {
                coerced(&vec![kind; given.len()], given)
            }
            Takes::Many(..) => None,
        };
        match fitting {
            Some(types) => Ok(types),
            None => plan_err!(
                "FUNCTION_NOT_FOUND: Unexpected parameters ({}) for function {}. Expected: {}",
                given.iter().map(trino_name).collect::<Vec<_>>().join(", "),
                self.scalar.name,
                self.expected()
            ),
        }
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok((self.scalar.gives)(arguments))
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        (self.scalar.check)(arguments.scalar_arguments)?;
        let types = arguments.arg_fields.iter().map(|f| f.data_type().clone());
        let answer = (self.scalar.gives)(&types.collect::<Vec<_>>());
        Ok(Arc::new(Field::new(self.scalar.name, answer, true)))
    }

    fn short_circuits(&self) -> bool {
        self.scalar.instead.is_some()
    }

    fn simplify(&self, args: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        match self.scalar.instead {
            Some(instead) => instead(args).map(ExprSimplifyResult::Simplified),
            None => Ok(ExprSimplifyResult::Original(args)),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let call = Call { rows: args.number_rows, arguments: args.args };
        (self.scalar.run)(&call).map(ColumnarValue::Array)
    }
}

impl Function {
    fn expected(&self) -> String {
        let list = |kinds: &[Kind], more: &str| {
            let kinds = kinds.iter().map(|kind| kind_name(*kind));
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            format!("{}({kinds}{more})", self.scalar.name)
        };
        match self.scalar.takes {
            Takes::OneOf(lists) => {
                let lists = lists.iter().map(|kinds| list(kinds, ""));
                lists.collect::<Vec<_>>().join(", ")
            }
            Takes::Many(least, kind) => list(&vec![kind; least], ", ..."),
        }
    }
}

/// The types to give the arguments, if they fit.
fn coerced(kinds: &[Kind], given: &[DataType]) -> Option<Vec<DataType>> {
    if kinds.len() != given.len() {
        return None;
    }
    let element = match given.first()? {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            Some(item.data_type().clone())
        }
        _ => None,
    };
    let free = kinds.iter().zip(given).filter(|(kind, _)| **kind == Kind::Any);
    let free: Vec<_> = free.map(|(_, given)| given.clone()).collect();
    let common = type_union_resolution(&free).filter(|common| convertible(&free, common));
    kinds
        .iter()
        .zip(given)
        .map(|(kind, given)| match (kind, given) {
            (Kind::Text, given) if is_text(given) => Some(DataType::Utf8),
            (Kind::Bigint, given) if given.is_integer() => Some(DataType::Int64),
            (Kind::Boolean, DataType::Boolean) => Some(DataType::Boolean),
            (Kind::Array, DataType::List(_)) | (Kind::Map, DataType::Map(..)) => {
                Some(given.clone())
            }
            (Kind::Array, DataType::LargeList(item) | DataType::FixedSizeList(item, _)) => {
                Some(DataType::List(Arc::clone(item)))
            }
            (Kind::Any, _) => common.clone(),
            (Kind::Element, given) => element.clone().filter(|element| {
                given == &DataType::Null || convertible(std::slice::from_ref(given), element)
            }),
            (Kind::Text, DataType::Null) => Some(DataType::Utf8),
            (Kind::Bigint, DataType::Null) => Some(DataType::Int64),
            (Kind::Boolean, DataType::Null) => Some(DataType::Boolean),
            _ => None,
        })
        .collect()
}

/// Trino has no way between text and the other types that is taken by itself.
fn convertible(given: &[DataType], common: &DataType) -> bool {
    given.iter().all(|given| given == &DataType::Null || is_text(given) == is_text(common))
}

fn is_text(given: &DataType) -> bool {
    matches!(given, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "varchar",
        Kind::Bigint => "bigint",
        Kind::Boolean => "boolean",
        Kind::Array => "array(T)",
        Kind::Map => "map(K, V)",
        Kind::Element | Kind::Any => "T",
    }
}

/// A type as Trino calls it.
fn trino_name(given: &DataType) -> String {
    match given {
        given if is_text(given) => "varchar".to_owned(),
        DataType::Int32 => "integer".to_owned(),
        given if given.is_integer() => "bigint".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision},{scale})"),
        DataType::Date32 => "date".to_owned(),
        DataType::Timestamp(_, None) => "timestamp(3)".to_owned(),
        DataType::Timestamp(_, Some(_)) => "timestamp(3) with time zone".to_owned(),
        DataType::List(item) => format!("array({})", trino_name(item.data_type())),
        DataType::Struct(_) => "row".to_owned(),
        DataType::Map(..) => "map".to_owned(),
        DataType::Null => "unknown".to_owned(),
        other => other.to_string().to_lowercase(),
    }
}

/// One call over a batch of rows.
pub(super) struct Call {
    rows: usize,
    arguments: Vec<ColumnarValue>,
}

impl Call {
    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Number of arguments.
    pub(super) fn count(&self) -> usize {
        self.arguments.len()
    }

    /// An argument, one value for each row.
    pub(super) fn array(&self, at: usize) -> Result<ArrayRef> {
        self.arguments[at].to_array(self.rows)
    }

    /// A text argument. A constant is not repeated for every row.
    pub(super) fn text(&self, at: usize) -> Result<Text> {
        Ok(match &self.arguments[at] {
            ColumnarValue::Scalar(value) => {
                Text::Constant(value.try_as_str().flatten().map(str::to_owned))
            }
            ColumnarValue::Array(array) => Text::Column(array.as_string().clone()),
        })
    }

    /// An integer argument.
    pub(super) fn bigint(&self, at: usize) -> Result<Int64Array> {
        Ok(self.array(at)?.as_primitive::<Int64Type>().clone())
    }
}

/// A text argument.
pub(super) enum Text {
    Constant(Option<String>),
    Column(StringArray),
}

impl Text {
    /// The value in a row; `None` for NULL.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::Constant(value) => value.as_deref(),
            Self::Column(array) => array.is_valid(row).then(|| array.value(row)),
        }
    }
}

/// The value in a row; `None` for NULL.
pub(super) fn integer(array: &Int64Array, row: usize) -> Option<i64> {
    array.is_valid(row).then(|| array.value(row))
}
