//! `map_agg(k, v)`: a map; of a key's values the first counts. Rows whose k is NULL are skipped,
//! NULL values are kept. `map_union(m)`: a map of the entries of all maps, likewise; NULLs are
//! skipped. No rows give NULL. Dialect 4.1.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, new_empty_array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::arrow;
use super::super::key::Keys;
use super::fold::Fold;
use super::numbering::Numbering;
use super::rows::{Rows, map_of, null, without_nulls};
use super::{Aggregate, AggregateForm, Method, Types};
use crate::sql::ty::SqlType;

pub(super) const MAP_AGG: Aggregate =
    Aggregate { name: "map_agg", forms: &[AggregateForm::new("(K, V) -> map(K, V)", map_agg)] };

pub(super) const MAP_UNION: Aggregate = Aggregate {
    name: "map_union",
    forms: &[AggregateForm::new("(map(K, V)) -> map(K, V)", map_union)],
};

fn map_agg(types: &Types<'_>) -> Result<Method> {
    let start = entries(types)?;
    Ok(Method::fold(types.arguments(), start))
}

fn map_union(types: &Types<'_>) -> Result<Method> {
    let start = entries(types)?;
    Ok(Method::fold(types.arguments(), move || Union { entries: start(), any: false }))
}

/// Begins with no entries, for a call that gives a map.
fn entries(types: &Types<'_>) -> Result<impl Fn() -> Entries + Send + Sync + 'static> {
    let SqlType::Map(key, value) = types.gives else {
        return internal_err!("{} is no map", types.gives);
    };
    let keys = Arc::new(Keys::new(std::slice::from_ref(key))?);
    let columns = [arrow::data_type(key), arrow::data_type(value)];
    let gives = types.answer();
    Ok(move || Entries {
        numbering: Numbering::new(&keys),
        rows: Rows::new(&columns),
        gives: gives.clone(),
    })
}

/// Keys and values.
#[derive(Debug)]
struct Entries {
    numbering: Numbering,
    rows: Rows,
    gives: DataType,
}

impl Entries {
    fn map(&self) -> Result<ArrayRef> {
        let columns = self.rows.columns()?;
        map_of(Arc::clone(&columns[0]), Arc::clone(&columns[1]), &self.gives)
    }
}

impl Fold for Entries {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let columns = without_nulls(columns, 0)?;
        let (_, fresh) = self.numbering.number(&columns[..1])?;
        self.rows.push_at(&columns, &fresh)
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        self.rows.columns()
    }

    fn answer(&self) -> Result<ArrayRef> {
        if self.rows.is_empty() { Ok(null(&self.gives)) } else { self.map() }
    }

    fn bytes(&self) -> usize {
        self.numbering.bytes() + self.rows.bytes()
    }
}

/// Entries of maps, and whether there was a map at all.
#[derive(Debug)]
struct Union {
    entries: Entries,
    any: bool,
}

impl Fold for Union {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let maps = without_nulls(columns, 0)?;
        let maps = maps[0].as_map();
        self.any |= (0..maps.len()).any(|row| maps.value_length(row) > 0);
        for row in 0..maps.len() {
            self.entries.add(maps.value(row).columns())?;
        }
        Ok(())
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        Ok(vec![match self.any {
            true => self.entries.map()?,
            false => new_empty_array(&self.entries.gives),
        }])
    }

    fn answer(&self) -> Result<ArrayRef> {
        if self.any { self.entries.map() } else { Ok(null(&self.entries.gives)) }
    }

    fn bytes(&self) -> usize {
        self.entries.bytes()
    }
}
