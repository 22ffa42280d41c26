//! One call of a function over a batch of rows: its arguments, and ways to answer row by row.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, NullArray, UInt64Array};
use datafusion::arrow::compute::take_arrays;
use datafusion::common::internal_err;
use datafusion::error::Result;
use datafusion::logical_expr::LambdaArgument;

use crate::sql::ty::SqlType;

mod value;

pub(crate) use value::{Days, Items, Micros, Put, Take, room};

/// One call over a batch of rows.
pub(crate) struct Call<'p> {
    pub(crate) rows: usize,
    pub(crate) arguments: Vec<Argument>,
    /// Types of the arguments; for lambdas, of what they give.
    pub(crate) takes: &'p [SqlType],
    /// Type of the answer.
    pub(crate) gives: &'p SqlType,
}

/// An argument of a call.
pub(crate) enum Argument {
    Column(Column),
    Lambda(LambdaArgument),
}

/// Values of one argument, one for each row or one for all.
pub(crate) struct Column {
    array: ArrayRef,
    constant: bool,
}

impl Column {
    pub(crate) fn new(array: ArrayRef, constant: bool) -> Self {
        Self { array, constant }
    }

    /// The values.
    pub(crate) fn array(&self) -> &ArrayRef {
        &self.array
    }

    /// Whether one value stands for all rows.
    pub(crate) fn is_constant(&self) -> bool {
        self.constant
    }

    /// The position in the array of a row's value.
    pub(crate) fn position(&self, row: usize) -> usize {
        if self.constant { 0 } else { row }
    }
}

impl<'p> Call<'p> {
    /// The argument at `at`, which is no lambda.
    pub(crate) fn column(&self, at: usize) -> Result<&Column> {
        match self.arguments.get(at) {
            Some(Argument::Column(column)) => Ok(column),
            _ => internal_err!("argument {at} is no value"),
        }
    }

    /// An argument as an array with one value for each row.
    pub(crate) fn array(&self, at: usize) -> Result<ArrayRef> {
        let column = self.column(at)?;
        if !column.constant || self.rows == 1 {
            return Ok(Arc::clone(&column.array));
        }
        let first = UInt64Array::from(vec![0; self.rows]);
        Ok(datafusion::arrow::compute::take(&column.array, &first, None)?)
    }

    /// A reader of an argument's values.
    pub(crate) fn values<'a, A: Take<'a>>(&'a self, at: usize) -> Result<Values<'a, A>> {
        let column = self.column(at)?;
        Ok(Values { array: A::array(&column.array)?, constant: column.constant })
    }

    /// The lambda at `at`.
    pub(crate) fn lambda(&self, at: usize) -> Result<Lambda<'_>> {
        match self.arguments.get(at) {
            Some(Argument::Lambda(lambda)) => Ok(Lambda(lambda)),
            _ => internal_err!("argument {at} is no lambda"),
        }
    }

    /// One answer for each row, from no argument.
    pub(crate) fn each0<V: Put>(
        &self,
        mut f: impl FnMut() -> Result<Option<V>>,
    ) -> Result<ArrayRef> {
        V::collect((0..self.rows).map(|_| f()))
    }

    /// One answer for each row from one argument. NULL gives NULL, without a call of `f`.
    pub(crate) fn each1<'a, A, V: Put>(
        &'a self,
        mut f: impl FnMut(A) -> Result<Option<V>>,
    ) -> Result<ArrayRef>
    where
        A: Take<'a>,
    {
        let a = self.values::<A>(0)?;
        V::collect((0..self.rows).map(|row| match a.get(row) {
            Some(a) => f(a),
            None => Ok(None),
        }))
    }

    /// As [`Call::each1`], from two arguments.
    pub(crate) fn each2<'a, A, B, V: Put>(
        &'a self,
        mut f: impl FnMut(A, B) -> Result<Option<V>>,
    ) -> Result<ArrayRef>
    where
        A: Take<'a>,
        B: Take<'a>,
    {
        let (a, b) = (self.values::<A>(0)?, self.values::<B>(1)?);
        V::collect((0..self.rows).map(|row| match (a.get(row), b.get(row)) {
            (Some(a), Some(b)) => f(a, b),
            _ => Ok(None),
        }))
    }

    /// As [`Call::each1`], from three arguments.
    pub(crate) fn each3<'a, A, B, C, V: Put>(
        &'a self,
        mut f: impl FnMut(A, B, C) -> Result<Option<V>>,
    ) -> Result<ArrayRef>
    where
        A: Take<'a>,
        B: Take<'a>,
        C: Take<'a>,
    {
        let (a, b, c) = (self.values::<A>(0)?, self.values::<B>(1)?, self.values::<C>(2)?);
        V::collect((0..self.rows).map(|row| match (a.get(row), b.get(row), c.get(row)) {
            (Some(a), Some(b), Some(c)) => f(a, b, c),
            _ => Ok(None),
        }))
    }

    /// As [`Call::each1`], from four arguments.
    pub(crate) fn each4<'a, A, B, C, D, V: Put>(
        &'a self,
        mut f: impl FnMut(A, B, C, D) -> Result<Option<V>>,
    ) -> Result<ArrayRef>
    where
        A: Take<'a>,
        B: Take<'a>,
        C: Take<'a>,
        D: Take<'a>,
    {
        let (a, b) = (self.values::<A>(0)?, self.values::<B>(1)?);
        let (c, d) = (self.values::<C>(2)?, self.values::<D>(3)?);
        V::collect((0..self.rows).map(|row| {
            match (a.get(row), b.get(row), c.get(row), d.get(row)) {
                (Some(a), Some(b), Some(c), Some(d)) => f(a, b, c, d),
                _ => Ok(None),
            }
        }))
    }
}

/// A lambda argument.
pub(crate) struct Lambda<'a>(&'a LambdaArgument);

impl Lambda<'_> {
    /// The lambda's value for each element of `parameters`, which are all of one length. `rows`
    /// says which row of the call each element belongs to, for what the lambda takes from there.
    pub(crate) fn over(&self, parameters: &[ArrayRef], rows: &UInt64Array) -> Result<ArrayRef> {
        self.evaluate(parameters, rows.len(), |outer| Ok(take_arrays(outer, rows, None)?))
    }

    /// The value of a lambda that takes one parameter and does not use it, for some rows.
    pub(crate) fn at(&self, rows: &UInt64Array) -> Result<ArrayRef> {
        self.over(&[Arc::new(NullArray::new(rows.len()))], rows)
    }

    /// As [`Lambda::at`], for all rows of the call.
    pub(crate) fn everywhere(&self, rows: usize) -> Result<ArrayRef> {
        self.evaluate(&[Arc::new(NullArray::new(rows))], rows, |outer| Ok(outer.to_vec()))
    }

    fn evaluate(
        &self,
        parameters: &[ArrayRef],
        length: usize,
        outer: impl FnOnce(&[ArrayRef]) -> Result<Vec<ArrayRef>>,
    ) -> Result<ArrayRef> {
        let values: Vec<_> = parameters.iter().map(|array| move || Ok(Arc::clone(array))).collect();
        let values: Vec<&dyn Fn() -> Result<ArrayRef>> =
            values.iter().map(|value| value as &dyn Fn() -> Result<ArrayRef>).collect();
        self.0.evaluate(&values, outer)?.into_array(length)
    }
}

/// Reads an argument's values.
pub(crate) struct Values<'a, A: Take<'a>> {
    array: &'a A::Array,
    constant: bool,
}

impl<'a, A: Take<'a>> Values<'a, A> {
    /// The value in a row; `None` for NULL.
    pub(crate) fn get(&self, row: usize) -> Option<A> {
        A::take(self.array, if self.constant { 0 } else { row })
    }
}

/// Keeps what was made of the last text, for arguments that are mostly the same in every row:
/// patterns, paths, formats.
pub(crate) struct Last<T> {
    text: String,
    made: Option<T>,
}

impl<T> Last<T> {
    pub(crate) fn new() -> Self {
        Self { text: String::new(), made: None }
    }

    /// What `make` makes of `text`.
    pub(crate) fn of(&mut self, text: &str, make: impl FnOnce(&str) -> Result<T>) -> Result<&T> {
        if self.made.is_none() || self.text != text {
            self.made = None;
            let made = make(text)?;
            text.clone_into(&mut self.text);
            return Ok(self.made.insert(made));
        }
        match &self.made {
            Some(made) => Ok(made),
            None => internal_err!("nothing is kept"),
        }
    }
}
