//! The first CTE of every statement: the base table under its documented names.
//!
//! Whatever shape the table has, the CTE has the same columns with the same types: what the table
//! lacks is NULL, what it declares otherwise is converted, and account, region and day come from
//! the partition columns that hold them, or else from the address of the log.

use crate::sql::ty::SqlType;
use crate::table::content::Content;
use crate::table::day_format::DayFormat;
use crate::table::{Partition, TableShape};

pub(super) mod lately;

/// Where CloudTrail's layout has the account, as a group of a pattern for the address of a log.
pub(crate) const ACCOUNT: &str = "/([0-9]{12})/CloudTrail/[^/]+/[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/]*$";
/// The same for the region.
pub(crate) const REGION: &str = "/CloudTrail/([^/]+)/[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/]*$";
/// The same for the day.
const DAY: &str = "/CloudTrail/[^/]+/([0-9]{4}/[0-9]{2}/[0-9]{2})/[^/]*$";

/// The body of the relation `cloudtrail`, which selects from `table`.
pub(super) fn relation(table: &TableShape, wants_path: bool) -> String {
    let documented = TableShape::cloudtrail(None);
    let mut items: Vec<String> = documented
        .columns
        .iter()
        .map(|column| item(&column.name, &of_records(table, &column.name, &column.ty)))
        .collect();
    items.push(item("account", &account(table)));
    items.push(item("region", &region(table)));
    items.push(item("day", &day(table)));
    // A CTE has no hidden columns, so the file's address is there under its own name only when the
    // query asks for it by that name.
    if wants_path {
        items.push("\"$path\"".to_owned());
    }
    format!("SELECT {}, \"$path\" AS log_file\nFROM {}", items.join(", "), table.name)
}

fn item(name: &str, expression: &str) -> String {
    if name == expression { name.to_owned() } else { format!("{expression} AS {name}") }
}

/// A documented column, made of the table's column of that name. Its types are none of its own.
fn of_records(table: &TableShape, name: &str, to: &SqlType) -> String {
    match table.columns.iter().find(|column| column.name == name) {
        Some(column) => converted(name, &column.ty, to),
        None => null(to),
    }
}

fn null(ty: &SqlType) -> String {
    format!("CAST(NULL AS {ty})")
}

/// An expression of type `from` as one of type `to`.
fn converted(expression: &str, from: &SqlType, to: &SqlType) -> String {
    use SqlType as T;
    match (from, to) {
        (T::Varchar(_), T::Varchar(_)) => expression.to_owned(),
        _ if from == to => expression.to_owned(),
        (T::Row(_) | T::Array(_) | T::Map(..), T::Varchar(_)) => {
            format!("json_format(CAST({expression} AS json))")
        }
        (T::Timestamp(_), T::Varchar(_)) => {
            format!("date_format({expression}, '%Y-%m-%dT%H:%i:%sZ')")
        }
        (T::Varbinary, T::Varchar(_)) => format!("from_utf8({expression})"),
        (_, T::Varchar(_)) => format!("CAST({expression} AS varchar)"),
        (T::Row(have), T::Row(want)) => row(expression, to, want, |name| {
            let (_, ty) = have.iter().find(|(known, _)| known.as_deref() == Some(name))?;
            Some((format!("{expression}.{}", quoted(name)), ty.clone()))
        }),
        // The keys of a map are as the record writes them.
        (T::Map(_, value), T::Row(want)) => row(expression, to, want, |name| {
            let lower = format!("transform_keys({expression}, (k, v) -> lower(k))");
            Some((format!("element_at({lower}, '{name}')"), (**value).clone()))
        }),
        (T::Array(have), T::Array(want)) => {
            format!("transform({expression}, item -> {})", converted("item", have, want))
        }
        (T::Varchar(_), _) => format!("TRY(CAST(json_parse({expression}) AS {to}))"),
        _ => null(to),
    }
}

/// A row with the fields that are wanted, each from what `field` gives for its name.
fn row(
    expression: &str,
    to: &SqlType,
    want: &[(Option<String>, SqlType)],
    field: impl Fn(&str) -> Option<(String, SqlType)>,
) -> String {
    let fields: Vec<String> = want
        .iter()
        .map(|(name, ty)| match field(name.as_deref().unwrap_or_default()) {
            Some((expression, have)) => converted(&expression, &have, ty),
            None => null(ty),
        })
        .collect();
    format!("IF({expression} IS NOT NULL, CAST(ROW({}) AS {to}))", fields.join(", "))
}

fn account(table: &TableShape) -> String {
    partition(table, &Content::Account).unwrap_or_else(|| {
        let recipient = of_records(table, "recipientaccountid", &SqlType::VARCHAR);
        let caller = match table.columns.iter().find(|column| column.name == "useridentity") {
            Some(column) if has_field(&column.ty, "accountid") => "useridentity.accountid",
            _ => "NULL",
        };
        format!("coalesce(regexp_extract(\"$path\", '{ACCOUNT}', 1), {recipient}, {caller})")
    })
}

fn region(table: &TableShape) -> String {
    partition(table, &Content::Region).unwrap_or_else(|| {
        let region = of_records(table, "awsregion", &SqlType::VARCHAR);
        format!("coalesce(regexp_extract(\"$path\", '{REGION}', 1), {region})")
    })
}

fn day(table: &TableShape) -> String {
    let dates = table.partitions.iter().filter_map(|partition| match &partition.content {
        Content::Date(format) => Some((partition, format)),
        _ => None,
    });
    let mut parts = [const { None }; 3];
    for (partition, format) in dates {
        let name = quoted(&partition.name);
        if matches!(partition.ty, SqlType::Date | SqlType::Timestamp(_)) {
            return format!("date_format({name}, '%Y/%m/%d')");
        }
        let text = as_text(partition);
        if let Some(places) = format.places_of_day() {
            let part = |(start, length)| format!("substr({text}, {}, {length})", start + 1);
            return match *format == DayFormat::folders() {
                true => text,
                false => places.map(part).join(" || '/' || "),
            };
        }
        if let Some((part, digits)) = format.only_part() {
            parts[part] = Some(format!("lpad({text}, {digits}, '0')"));
        }
    }
    if let [Some(year), Some(month), Some(day)] = &parts {
        return format!("{year} || '/' || {month} || '/' || {day}");
    }
    let time = of_records(table, "eventtime", &SqlType::VARCHAR);
    format!(
        "coalesce(regexp_extract(\"$path\", '{DAY}', 1), replace(substr({time}, 1, 10), '-', '/'))"
    )
}

/// The partition column that holds this, as text.
fn partition(table: &TableShape, content: &Content) -> Option<String> {
    table.partitions.iter().find(|partition| partition.content == *content).map(as_text)
}

fn as_text(partition: &Partition) -> String {
    let name = match partition.name.as_str() {
        plain @ ("account" | "region" | "day") => plain.to_owned(),
        other => quoted(other),
    };
    converted(&name, &partition.ty, &SqlType::VARCHAR)
}

fn has_field(ty: &SqlType, name: &str) -> bool {
    matches!(ty, SqlType::Row(fields)
        if fields.iter().any(|(known, ty)| known.as_deref() == Some(name) && ty.is_text()))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::table::ddl;

    fn select(ddl: &str) -> String {
        relation(&ddl::parse(ddl, "t.sql").unwrap().table, false)
    }

    #[test]
    fn the_shipped_table_is_taken_as_it_is() {
        let body = relation(&TableShape::cloudtrail(None), true);
        assert!(body.starts_with("SELECT eventversion, useridentity, eventtime, "), "{body}");
        assert!(body.ends_with(
            ", tlsdetails, account, region, day, \"$path\", \"$path\" AS log_file\n\
             FROM \"awsdatacatalog\".\"default\".\"cloudtrail\""
        ));
    }

    #[test]
    fn what_a_table_lacks_is_null_and_what_it_has_otherwise_is_converted() {
        let body = select(
            "CREATE TABLE a.t (eventtime timestamp, readonly boolean, requestparameters map<string,string>, \
             useridentity struct<arn:string,sessioncontext:struct<webidfederationdata:map<string,string>>>, \
             resources array<struct<arn:string>>, tlsdetails string, addendum int)",
        );
        for part in [
            "CAST(NULL AS varchar) AS eventversion, ",
            "date_format(eventtime, '%Y-%m-%dT%H:%i:%sZ') AS eventtime, ",
            "CAST(readonly AS varchar) AS readonly, ",
            "json_format(CAST(requestparameters AS json)) AS requestparameters, ",
            "IF(useridentity IS NOT NULL, CAST(ROW(CAST(NULL AS varchar), CAST(NULL AS varchar), \
             useridentity.\"arn\", ",
            "element_at(transform_keys(useridentity.\"sessioncontext\".\"webidfederationdata\", \
             (k, v) -> lower(k)), 'federatedprovider')",
            "transform(resources, item -> IF(item IS NOT NULL, CAST(ROW(item.\"arn\", CAST(NULL AS varchar), \
             CAST(NULL AS varchar)) AS row(arn varchar, accountid varchar, type varchar)))) AS resources, ",
            "TRY(CAST(json_parse(tlsdetails) AS row(tlsversion varchar, ciphersuite varchar, \
             clientprovidedhostheader varchar))) AS tlsdetails, ",
            "CAST(NULL AS row(reason varchar, ",
            "/[^/]*$', 1), CAST(NULL AS varchar), NULL) AS account, ",
            "/[^/]*$', 1), CAST(NULL AS varchar)) AS region, ",
            "/[^/]*$', 1), replace(substr(date_format(eventtime, '%Y-%m-%dT%H:%i:%sZ'), 1, 10), '-', '/')) AS day, ",
            "\nFROM \"awsdatacatalog\".\"a\".\"t\"",
        ] {
            assert!(body.contains(part), "{part}\n{body}");
        }
    }

    #[test]
    fn the_day_comes_from_partitions_of_every_form() {
        for (partitions, properties, day) in [
            ("`day` string", "", "day"),
            ("`timestamp` string", "", "\"timestamp\" AS day"),
            (
                "dt string",
                "'projection.dt.format'='yyyy-MM-dd'",
                "substr(\"dt\", 1, 4) || '/' || substr(\"dt\", 6, 2) || '/' || substr(\"dt\", 9, 2) AS day",
            ),
            ("`date` date", "", "date_format(\"date\", '%Y/%m/%d') AS day"),
            (
                "year int, month string, day string",
                "",
                "lpad(CAST(\"year\" AS varchar), 4, '0') || '/' || lpad(\"month\", 2, '0') || '/' || \
                 lpad(day, 2, '0') AS day",
            ),
        ] {
            let body = select(&format!(
                "CREATE TABLE t (eventid string) PARTITIONED BY ({partitions}) TBLPROPERTIES ({properties})"
            ));
            assert!(body.contains(&format!(", {day}, \"$path\"")), "{partitions}\n{body}");
        }
    }
}
