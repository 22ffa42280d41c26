//! What Athena's catalogue says of a table.

use clickops::sql::ty::SqlType;
use clickops::table::TableShape;
use serde_json::{Value, json};

/// `TableMetadata` of a table of this name.
pub(crate) fn of_table(name: &str, table: &TableShape) -> Value {
    let column = |name: &str, ty: &SqlType| json!({"Name": name, "Type": hive(ty)});
    let columns: Vec<_> = table.columns.iter().map(|c| column(&c.name, &c.ty)).collect();
    let keys: Vec<_> = table.partitions.iter().map(|c| column(&c.name, &c.ty)).collect();
    let mut parameters = json!(table.properties);
    parameters["location"] = json!(table.location);
    parameters["serde.serialization.lib"] = json!(table.serde);
    parameters.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    json!({
        "Name": name, "TableType": "EXTERNAL_TABLE", "Columns": columns,
        "PartitionKeys": keys, "Parameters": parameters,
    })
}

/// A type in Hive's words.
fn hive(ty: &SqlType) -> String {
    match ty {
        SqlType::Varchar(None) => "string".to_owned(),
        SqlType::Integer => "int".to_owned(),
        SqlType::Real => "float".to_owned(),
        SqlType::Timestamp(_) => "timestamp".to_owned(),
        SqlType::Varbinary => "binary".to_owned(),
        SqlType::Array(item) => format!("array<{}>", hive(item)),
        SqlType::Map(key, value) => format!("map<{},{}>", hive(key), hive(value)),
        SqlType::Row(fields) => {
            let field = |(name, ty): &(Option<String>, SqlType)| {
                format!("{}:{}", name.as_deref().unwrap(), hive(ty))
            };
            format!("struct<{}>", fields.iter().map(field).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}
