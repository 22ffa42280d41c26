//! Keeps the log table up with what delivers: a log that Athena does not read must never look like one
//! in which nothing happened.
//!
//! A table of clickops' own is made with the first log, if the config says so (`athena.apply`), and
//! told of new accounts and regions. Of any other table it is said what
//! its owner has to do, and until then the logs that it does not show are none that were read.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::app::App;
use crate::error::Error;
use crate::logs::{Listing, Log};
use crate::table::TableShape;
use crate::table::own;
use crate::table::shown::Unshown;

/// Values that columns of the table should list, by column.
pub(crate) type Unlisted = BTreeMap<String, BTreeSet<String>>;

/// A listing without the logs that the table does not show, which are now among those that cannot be
/// read; and what was done about it. Nothing is done if that may not `change` the table.
///
/// # Errors
/// As [`App::table`] and [`App::install`].
pub async fn readable(
    app: &App,
    mut listing: Listing,
    change: bool,
) -> Result<(Listing, Vec<String>), Error> {
    let mut said = Vec::new();
    if !app.asks_athena() || listing.logs.is_empty() {
        return Ok((listing, said));
    }
    let mut table = match change {
        true => app.table_of_logs(&mut said).await?,
        false => app.table().await?,
    };
    let mut trouble = None;
    let mut unlisted = unlisted(&table, &listing.logs);
    // Only what the catalogue says of itself may be changed there.
    let own = table.is_own() && app.discovered().is_some();
    if own && change && !unlisted.is_empty() {
        match app.list_in_table(&unlisted).await {
            Ok(changed) => {
                said.push(format!("{} now lists {}", changed.name, told(&unlisted)));
                (table, unlisted) = (changed, Unlisted::new());
            }
            Err(error) => trouble = Some(error),
        }
    }
    let mut withheld: BTreeMap<Unshown, (String, usize)> = BTreeMap::new();
    listing.logs.retain(|log| {
        let Some(why) = table.unshown(log) else { return true };
        let (above, count) = withheld.entry(why).or_insert_with(|| (log.address.clone(), 0));
        *above = in_common(above, &log.address).to_owned();
        *count += 1;
        false
    });
    if own && !change && !unlisted.is_empty() {
        said.push(format!("a run that is no trial has {} list {}", table.name, told(&unlisted)));
    } else if !unlisted.is_empty() && trouble.is_none() {
        let statement = own::set_properties(&table.name, &properties(&table, &unlisted));
        let also = match app.config.ddl {
            Some(_) => ", and source.ddl has to say the same",
            None => "",
        };
        said.push(format!("the owner of {} has to run {statement}{also}", table.name));
    }
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (why, (above, count)) in withheld {
        let reason = reason(&table, &why, count, trouble.as_ref());
        reasons.entry(above).or_default().push(reason);
    }
    let unread = reasons.into_iter();
    listing.unreadable.extend(unread.map(|(above, why)| (above, io::Error::other(why.join("; ")))));
    Ok((listing, said))
}

/// Looks whether a table can be asked for minutes of delivery without being told of accounts and
/// regions, which nobody lists then.
///
/// # Errors
/// [`Error`] with what to set.
pub fn tells_all(table: &TableShape) -> Result<(), Error> {
    match table.partitions.iter().find(|partition| partition.injected) {
        None => Ok(()),
        Some(partition) => Err(Error::usage(
            format!(
                "{} has to be told which values of its injected partition column '{}' are wanted, \
                 and window.by = \"minutes\" knows none",
                table.name, partition.name
            ),
            "Set window.by to \"logs\", or make the column an enum in the table's properties.",
        )),
    }
}

/// What the table should list to show all of these logs.
fn unlisted(table: &TableShape, logs: &[Log]) -> Unlisted {
    let mut unlisted = Unlisted::new();
    for log in logs {
        if let Some(Unshown::Unlisted(values)) = table.unshown(log) {
            for (column, value) in values {
                unlisted.entry(column).or_default().insert(value);
            }
        }
    }
    unlisted
}

/// The properties of a table that lists these values too.
pub(crate) fn properties(table: &TableShape, unlisted: &Unlisted) -> Vec<(String, String)> {
    let property = |(column, values): (&String, &BTreeSet<String>)| {
        let mut all = table.listed(column).unwrap_or_default();
        all.extend(values.iter().map(String::as_str));
        all.sort_unstable();
        all.dedup();
        (format!("projection.{column}.values"), all.join(","))
    };
    unlisted.iter().map(property).collect()
}

fn reason(table: &TableShape, why: &Unshown, count: usize, trouble: Option<&Error>) -> String {
    let logs = if count == 1 { "1 log".to_owned() } else { format!("{count} logs") };
    let start = format!("{logs} that Athena does not read, because {}", table.name);
    let values = match why {
        Unshown::Unlisted(values) => values,
        Unshown::Outside(column, range) => {
            return format!(
                "{start} has {column} only from {range}; its owner has to set \
                 'projection.{column}.range' to one that ends with NOW, or in the future"
            );
        }
        Unshown::Elsewhere => {
            return format!(
                "{start} has no folder there; set source.logs to the folder of that table, or \
                 athena.table to a table of this folder"
            );
        }
    };
    let pair =
        |(column, value): &(String, String)| (column.clone(), BTreeSet::from([value.clone()]));
    let what = format!("{start} does not list {}", told(&values.iter().map(pair).collect()));
    match trouble {
        Some(trouble) => format!("{what}, and cannot be told: {trouble}"),
        None => what,
    }
}

/// `account 111122223333 and region eu-west-1`.
fn told(unlisted: &Unlisted) -> String {
    let column = |(column, values): (&String, &BTreeSet<String>)| {
        format!("{column} {}", values.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
    };
    unlisted.iter().map(column).collect::<Vec<_>>().join(" and ")
}

/// The folders that two addresses have in common, with a slash at the end.
fn in_common<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    one.as_bytes()[..same].iter().rposition(|byte| *byte == b'/').map_or("", |end| &one[..=end])
}

#[cfg(test)]
mod tests {
    #[test]
    fn folders_in_common_are_whole_ones() {
        for (one, other, expected) in [
            ("s3://b/AWSLogs/1/a.json", "s3://b/AWSLogs/1/a.json", "s3://b/AWSLogs/1/"),
            ("s3://b/AWSLogs/1/", "s3://b/AWSLogs/12/a.json", "s3://b/AWSLogs/"),
            ("s3://b/é/x", "s3://b/è/x", "s3://b/"),
            ("x", "y", ""),
        ] {
            assert_eq!(super::in_common(one, other), expected);
        }
    }
}
