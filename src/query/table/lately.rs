//! The condition that keeps an installed view to the last days: nobody who selects from a view can see
//! how much of the log table it reads.

use super::{day, quoted};
use crate::sql::ty::SqlType;
use crate::table::content::Content;
use crate::table::{Partition, TableShape};

/// Whether a row of the table was delivered in the last `days`, today not counted. A condition on a
/// partition column itself is one from which Athena tells folders that it need not look for.
pub(in crate::query) fn condition(table: &TableShape, days: u16) -> String {
    let mut conditions = Vec::new();
    for partition in &table.partitions {
        let Some((condition, whole)) = of_partition(partition, days) else { continue };
        if whole {
            return condition;
        }
        conditions.push(condition);
    }
    conditions.push(format!("{} >= {}", day(table), text_of(&first(days), "%Y/%m/%d")));
    conditions.join("\nAND ")
}

/// The condition on a partition column, and whether it tells the day.
fn of_partition(partition: &Partition, days: u16) -> Option<(String, bool)> {
    let Content::Date(format) = &partition.content else {
        return None;
    };
    let text = || format.is_ordered().then(|| text_of(&first(days), &format.in_sql()));
    let (first, whole) = match &partition.ty {
        SqlType::Date => (first(days), true),
        SqlType::Timestamp(_) => (format!("CAST({} AS timestamp)", first(days)), true),
        ty if ty.is_text() => (text()?, format.places_of_day().is_some()),
        ty if ty.is_integer() && format.only_part().is_some() => {
            (format!("CAST({} AS {ty})", text()?), false)
        }
        _ => return None,
    };
    Some((format!("{} >= {first}", quoted(&partition.name)), whole))
}

fn first(days: u16) -> String {
    format!("current_date - INTERVAL '{days}' DAY")
}

fn text_of(day: &str, format: &str) -> String {
    format!("date_format({day}, '{format}')")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::table::ddl;

    #[test]
    fn days_are_compared_as_the_table_writes_them() {
        for (partitions, properties, expected) in [
            ("`dt` date", "", "\"dt\" >= current_date - INTERVAL '7' DAY"),
            ("ts timestamp", "", "\"ts\" >= CAST(current_date - INTERVAL '7' DAY AS timestamp)"),
            (
                "dt string",
                "'projection.dt.format'='yyyy-MM-dd'",
                "\"dt\" >= date_format(current_date - INTERVAL '7' DAY, '%Y-%m-%d')",
            ),
            (
                "year string, month string, day string",
                "",
                "\"year\" >= date_format(current_date - INTERVAL '7' DAY, '%Y')\nAND \
                 lpad(\"year\", 4, '0') || '/' || lpad(\"month\", 2, '0') || '/' || lpad(day, 2, '0') \
                 >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')",
            ),
            (
                "year int",
                "",
                "\"year\" >= CAST(date_format(current_date - INTERVAL '7' DAY, '%Y') AS integer)\nAND \
                 coalesce(regexp_extract(\"$path\", '/CloudTrail/[^/]+/([0-9]{4}/[0-9]{2}/[0-9]{2})/[^/]*$', 1), \
                 replace(substr(CAST(NULL AS varchar), 1, 10), '-', '/')) \
                 >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')",
            ),
            (
                "dt string",
                "'projection.dt.format'='dd.MM.yyyy'",
                "substr(\"dt\", 7, 4) || '/' || substr(\"dt\", 4, 2) || '/' || substr(\"dt\", 1, 2) \
                 >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')",
            ),
        ] {
            let ddl = format!(
                "CREATE TABLE t (eventid string) PARTITIONED BY ({partitions}) TBLPROPERTIES ({properties})"
            );
            let table = ddl::parse(&ddl, "t.sql").unwrap().table;
            assert_eq!(condition(&table, 7), expected, "{partitions}");
        }
    }
}
