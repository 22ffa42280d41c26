//! The n best rows.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, new_empty_array};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{ScalarValue, internal_err};
use datafusion::error::Result;

use super::super::super::failure;
use super::by::Ranking;
use super::fold::Fold;
use super::rows::{list_of, null};
use super::{Method, Types};

/// The most rows that Trino keeps.
const MOST: i64 = 10_000;

/// How errors call the argument that says how many rows to keep.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) argument: &'static str,
    /// What it has to be.
    pub(super) least: &'static str,
}

impl Limit {
    fn checked(self, count: i64) -> Result<usize> {
        if count > MOST {
            return Err(failure::argument(format!(
                "{} must be less than or equal to {MOST}; found {count}",
                self.argument
            )));
        }
        match usize::try_from(count) {
            Ok(count) if count > 0 => Ok(count),
            _ => Err(failure::argument(format!("{} must be {}", self.argument, self.least))),
        }
    }
}

/// The first argument of the best rows. The last argument says of how many, the one before it what
/// they are compared by.
pub(super) fn top(types: &Types<'_>, largest: bool, limit: Limit) -> Result<Method> {
    let [.., by, _] = types.takes else {
        return internal_err!("there is nothing to go by");
    };
    let ranking = Arc::new(Ranking::new(by, largest)?);
    let (arguments, answer) = (types.arguments(), types.answer());
    Ok(Method::fold(arguments.clone(), move || Top {
        ranking: Arc::clone(&ranking),
        limit,
        types: arguments.clone(),
        gives: answer.clone(),
        count: 0,
        best: Vec::new(),
    }))
}

/// The best rows so far, the best first.
#[derive(Debug)]
struct Top {
    ranking: Arc<Ranking>,
    limit: Limit,
    types: Vec<DataType>,
    gives: DataType,
    count: usize,
    best: Vec<Ranked>,
}

/// A row without its last argument.
#[derive(Debug)]
struct Ranked {
    rank: Box<[u8]>,
    cells: Vec<ScalarValue>,
}

impl Top {
    fn column(&self, at: usize) -> Result<ArrayRef> {
        match self.best.is_empty() {
            true => Ok(new_empty_array(&self.types[at])),
            false => ScalarValue::iter_to_array(self.best.iter().map(|row| row.cells[at].clone())),
        }
    }
}

impl Fold for Top {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let [cells @ .., counts] = columns else {
            return internal_err!("nothing says how many rows to keep");
        };
        let Some(by) = cells.last() else {
            return internal_err!("there is nothing to go by");
        };
        let counts = counts.as_primitive::<Int64Type>();
        let nulls = by.logical_nulls();
        let ranks = self.ranking.ranks(by)?;
        for row in 0..by.len() {
            if counts.is_null(row) || nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                continue;
            }
            self.count = self.limit.checked(counts.value(row))?;
            let rank = ranks.row(row).data();
            let place = self.best.partition_point(|known| {
                self.ranking.compare(&known.rank, rank) != Ordering::Greater
            });
            if place < self.count {
                let cells = cells.iter().map(|column| ScalarValue::try_from_array(column, row));
                let cells = cells.collect::<Result<_>>()?;
                self.best.insert(place, Ranked { rank: rank.into(), cells });
                self.best.truncate(self.count);
            }
        }
        Ok(())
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        let mut columns =
            (0..self.types.len() - 1).map(|at| self.column(at)).collect::<Result<Vec<_>>>()?;
        let count = i64::try_from(self.count).unwrap_or(MOST);
        columns.push(Arc::new(Int64Array::from(vec![count; self.best.len()])));
        Ok(columns)
    }

    fn answer(&self) -> Result<ArrayRef> {
        match self.best.is_empty() {
            true => Ok(null(&self.gives)),
            false => Ok(Arc::new(list_of(&self.column(0)?)?)),
        }
    }

    fn bytes(&self) -> usize {
        let row = |row: &Ranked| {
            let cells: usize = row.cells.iter().map(ScalarValue::size).sum();
            size_of::<Ranked>() + row.rank.len() + cells
        };
        self.best.iter().map(row).sum()
    }
}
