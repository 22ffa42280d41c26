//! The columns of the table `cloudtrail`, as the Athena DDL has them: names, shapes, order.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};

/// A column, or a field of one.
#[derive(Debug)]
pub(super) struct Column {
    /// Lower-case; keys of records match it in any letter case.
    pub(super) name: &'static str,
    pub(super) shape: Shape,
}

/// What a column holds.
#[derive(Debug)]
pub(super) enum Shape {
    Text,
    Row(&'static [Column]),
    /// Texts by key.
    Map,
    Rows(&'static [Column]),
}

const fn text(name: &'static str) -> Column {
    Column { name, shape: Shape::Text }
}

const fn row(name: &'static str, fields: &'static [Column]) -> Column {
    Column { name, shape: Shape::Row(fields) }
}

/// The columns that come from records.
pub(super) const RECORD: &[Column] = &[
    text("eventversion"),
    row("useridentity", USER_IDENTITY),
    text("eventtime"),
    text("eventsource"),
    text("eventname"),
    text("awsregion"),
    text("sourceipaddress"),
    text("useragent"),
    text("errorcode"),
    text("errormessage"),
    text("requestparameters"),
    text("responseelements"),
    text("additionaleventdata"),
    text("requestid"),
    text("eventid"),
    text("readonly"),
    Column {
        name: "resources",
        shape: Shape::Rows(&[text("arn"), text("accountid"), text("type")]),
    },
    text("eventtype"),
    text("apiversion"),
    text("recipientaccountid"),
    text("serviceeventdetails"),
    text("sharedeventid"),
    text("vpcendpointid"),
    text("vpcendpointaccountid"),
    text("eventcategory"),
    row(
        "addendum",
        &[
            text("reason"),
            text("updatedfields"),
            text("originalrequestid"),
            text("originaleventid"),
        ],
    ),
    text("sessioncredentialfromconsole"),
    text("edgedevicedetails"),
    row("tlsdetails", &[text("tlsversion"), text("ciphersuite"), text("clientprovidedhostheader")]),
];

const USER_IDENTITY: &[Column] = &[
    text("type"),
    text("principalid"),
    text("arn"),
    text("accountid"),
    text("invokedby"),
    text("accesskeyid"),
    text("username"),
    row("onbehalfof", &[text("userid"), text("identitystorearn")]),
    row(
        "sessioncontext",
        &[
            row("attributes", &[text("mfaauthenticated"), text("creationdate")]),
            row(
                "sessionissuer",
                &[
                    text("type"),
                    text("principalid"),
                    text("arn"),
                    text("accountid"),
                    text("username"),
                ],
            ),
            text("ec2roledelivery"),
            row(
                "webidfederationdata",
                &[text("federatedprovider"), Column { name: "attributes", shape: Shape::Map }],
            ),
        ],
    ),
];

/// The columns that tell where a record lies, after those of [`RECORD`].
pub(super) const PLACE: [&str; 4] = ["account", "region", "day", "$path"];

/// Most fields that any row has, the record included.
pub(super) const WIDEST: usize = 32;

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

/// Position in [`RECORD`] of a column known to be there.
pub(super) fn record_column(name: &str) -> usize {
    position(RECORD, name, &mut 0).unwrap_or(RECORD.len())
}

/// The table's schema: [`RECORD`], then [`PLACE`].
pub(super) fn schema() -> SchemaRef {
    let place = PLACE.map(|name| Arc::new(Field::new(name, DataType::Utf8, true)));
    Arc::new(Schema::new(fields(RECORD).iter().cloned().chain(place).collect::<Vec<_>>()))
}

/// The Arrow fields of some columns.
pub(super) fn fields(columns: &[Column]) -> Fields {
    columns.iter().map(|column| Field::new(column.name, data_type(&column.shape), true)).collect()
}

fn data_type(shape: &Shape) -> DataType {
    match shape {
        Shape::Text => DataType::Utf8,
        Shape::Row(columns) => DataType::Struct(fields(columns)),
        Shape::Map => DataType::Map(Arc::new(map_entries()), false),
        Shape::Rows(columns) => DataType::List(Arc::new(list_item(columns))),
    }
}

/// The field inside a map's type.
pub(super) fn map_entries() -> Field {
    Field::new("entries", DataType::Struct(map_fields()), false)
}

/// Key and value of a map's entries.
pub(super) fn map_fields() -> Fields {
    Fields::from(vec![
        Field::new("key", DataType::Utf8, false),
        Field::new("value", DataType::Utf8, true),
    ])
}

/// The field inside a list's type.
pub(super) fn list_item(columns: &[Column]) -> Field {
    Field::new("item", DataType::Struct(fields(columns)), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_is_wider_than_the_decoder_has_room_for() {
        fn widest(columns: &[Column]) -> usize {
            let inner = columns.iter().map(|column| match column.shape {
                Shape::Row(columns) | Shape::Rows(columns) => widest(columns),
                Shape::Text | Shape::Map => 0,
            });
            inner.max().unwrap_or(0).max(columns.len())
        }
        assert!(widest(RECORD) <= WIDEST);
    }

    #[test]
    fn keys_match_in_any_case_and_order() {
        let mut guess = 0;
        for key in ["eventVersion", "EVENTTIME", "userIdentity", "eventName"] {
            let found = position(RECORD, key, &mut guess);
            assert_eq!(found.map(|at| RECORD[at].name), Some(key.to_lowercase().as_str()));
        }
        assert_eq!(position(RECORD, "managementEvent", &mut guess), None);
    }
}
