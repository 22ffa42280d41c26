//! The columns of a log table as the reader of records needs them: names, shapes, order.

use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};

use super::arrow;
use crate::sql::ty::SqlType;
use crate::table::content::Content;
use crate::table::{Partition, TableShape};

/// The hidden column with the log's address.
pub(super) const PATH: &str = "$path";

/// A column, or a field of one.
#[derive(Debug)]
pub(super) struct Column {
    /// Lower-case; keys of records match it in any letter case.
    pub(super) name: String,
    pub(super) shape: Shape,
}

/// What a column holds.
#[derive(Debug)]
pub(super) enum Shape {
    /// One value, made of a text.
    Value,
    Row(Arc<[Column]>),
    /// Values by key.
    Map(Box<Shape>),
    List(Box<Shape>),
}

impl Shape {
    pub(super) fn of(ty: &SqlType) -> Self {
        match ty {
            SqlType::Row(fields) => Self::Row(
                fields
                    .iter()
                    .map(|(name, ty)| Column {
                        name: name.clone().unwrap_or_default(),
                        shape: Self::of(ty),
                    })
                    .collect(),
            ),
            SqlType::Map(_, value) => Self::Map(Box::new(Self::of(value))),
            SqlType::Array(item) => Self::List(Box::new(Self::of(item))),
            _ => Self::Value,
        }
    }
}

/// All columns of a table: those that come from records, then the partition columns, then [`PATH`].
#[derive(Debug)]
pub(super) struct Columns {
    /// The columns that come from records, and after them the fields that only partitions need.
    pub(super) record: Box<[Column]>,
    /// How many of [`Columns::record`] are columns.
    pub(super) count: usize,
    pub(super) partitions: Box<[Partition]>,
    /// Where the record tells what a partition column holds when the log's address does not.
    pub(super) told_by: ToldBy,
    schema: SchemaRef,
}

/// Positions in [`Columns::record`].
#[derive(Debug)]
pub(super) struct ToldBy {
    pub(super) account: usize,
    pub(super) identity: usize,
    pub(super) region: usize,
    pub(super) time: usize,
}

impl ToldBy {
    /// Which fields of a record have to be looked at for a partition column.
    pub(super) fn positions(&self, content: &Content) -> Vec<usize> {
        match content {
            Content::Account => vec![self.account, self.identity],
            Content::Region => vec![self.region],
            Content::Date(_) => vec![self.time],
            Content::Organisation | Content::Other => Vec::new(),
        }
    }
}

impl Columns {
    pub(super) fn of(table: &TableShape) -> Self {
        let mut record: Vec<Column> = table
            .columns
            .iter()
            .map(|column| Column { name: column.name.clone(), shape: Shape::of(&column.ty) })
            .collect();
        let count = record.len();
        let mut place_of = |name: &str| {
            position(&record, name, &mut 0).unwrap_or_else(|| {
                record.push(Column { name: name.to_owned(), shape: Shape::Value });
                record.len() - 1
            })
        };
        let told_by = ToldBy {
            account: place_of("recipientaccountid"),
            identity: place_of("useridentity"),
            region: place_of("awsregion"),
            time: place_of("eventtime"),
        };
        Self {
            record: record.into(),
            count,
            partitions: table.partitions.clone().into(),
            told_by,
            schema: schema(table),
        }
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Position of [`PATH`].
    pub(super) fn path(&self) -> usize {
        self.count + self.partitions.len()
    }

    /// Position of the partition column, or of [`PATH`] after them, that a query calls `name`.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        let known = |partition: &Partition| partition.name == name;
        let partition = self.partitions.iter().position(known);
        partition.or_else(|| (name == PATH).then_some(self.partitions.len()))
    }
}

/// Position of the column that a key of a record fills.
///
/// `guess` is where to look first: keys come in about the order of the columns, so the search
/// mostly ends at once. It is moved on for the next key.
pub(super) fn position(columns: &[Column], key: &str, guess: &mut usize) -> Option<usize> {
    let (before, after) = columns.split_at((*guess).min(columns.len()));
    let found = after
        .iter()
        .position(|column| column.name.eq_ignore_ascii_case(key))
        .map(|step| step + before.len())
        .or_else(|| before.iter().position(|column| column.name.eq_ignore_ascii_case(key)))?;
    *guess = found + 1;
    Some(found)
}

fn schema(table: &TableShape) -> SchemaRef {
    let columns = table.columns.iter().map(|column| (&column.name, &column.ty));
    let partitions = table.partitions.iter().map(|partition| (&partition.name, &partition.ty));
    let fields =
        columns.chain(partitions).map(|(name, ty)| Field::new(name, arrow::data_type(ty), true));
    let path = Field::new(PATH, arrow::data_type(&SqlType::VARCHAR), true);
    Arc::new(Schema::new(fields.chain([path]).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_match_in_any_case_and_order() {
        let columns = Columns::of(&TableShape::cloudtrail(None));
        let record = &columns.record;
        let mut guess = 0;
        for key in ["eventVersion", "EVENTTIME", "userIdentity", "eventName"] {
            let found = position(record, key, &mut guess);
            assert_eq!(found.map(|at| record[at].name.as_str()), Some(key.to_lowercase().as_str()));
        }
        assert_eq!(position(record, "managementEvent", &mut guess), None);
    }
}
