//! The tables that are clickops' own: `sql/tables/*.sql` with the holes filled, and what they are told
//! by.

use std::collections::BTreeSet;

use super::{TableName, TableShape};
use crate::config::S3Place;

const CLOUDTRAIL: &str = include_str!("../../sql/tables/cloudtrail.sql");
const FINDINGS: &str = include_str!("../../sql/tables/findings.sql");

/// The property, and its value, of tables that clickops may change.
const MANAGED: (&str, &str) = ("managed_by", "clickops");

/// Where a trail delivers, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The folder above the accounts.
    pub folder: S3Place,
    /// Twelve digits each.
    pub accounts: BTreeSet<String>,
    /// `eu-west-1`.
    pub regions: BTreeSet<String>,
}

impl TableShape {
    /// Whether clickops may change it. Every other table is its owner's business.
    pub fn is_own(&self) -> bool {
        self.properties.get(MANAGED.0).is_some_and(|value| value == MANAGED.1)
    }
}

/// The statement that makes the log table.
///
/// # Errors
/// What is wrong with the folder.
pub fn cloudtrail(name: &TableName, trail: &Trail) -> Result<String, String> {
    let list =
        |values: &BTreeSet<String>| values.iter().map(String::as_str).collect::<Vec<_>>().join(",");
    Ok(body(CLOUDTRAIL)
        .replacen("TABLE cloudtrail ", &format!("TABLE {} ", in_hive(name)), 1)
        .replace("'ACCOUNTS'", &text(&list(&trail.accounts)))
        .replace("'REGIONS'", &text(&list(&trail.regions)))
        .replace("BUCKET/TRAIL", address(&trail.folder)?.trim_end_matches('/')))
}

/// The statement that makes the journal of a store a table.
///
/// # Errors
/// What is wrong with the store's address.
pub fn findings(name: &TableName, store: &S3Place) -> Result<String, String> {
    Ok(body(FINDINGS)
        .replacen("TABLE findings ", &format!("TABLE {} ", in_hive(name)), 1)
        .replace("BUCKET/PREFIX", address(store)?.trim_end_matches('/')))
}

/// The statement that gives a table other properties.
pub fn set_properties(name: &TableName, properties: &[(String, String)]) -> String {
    let pairs: Vec<String> =
        properties.iter().map(|(key, value)| format!("{} = {}", text(key), text(value))).collect();
    format!("ALTER TABLE {} SET TBLPROPERTIES ({})", in_hive(name), pairs.join(", "))
}

/// A name as Hive's statements write it. The catalogue is no part of it, but of the request.
fn in_hive(name: &TableName) -> String {
    let quoted = |part: &str| format!("`{}`", part.replace('`', "``"));
    format!("{}.{}", quoted(name.database()), quoted(name.table()))
}

/// A text as Hive's statements write it.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The statement without the comments in front of it.
fn body(file: &str) -> String {
    let lines = file.lines().skip_while(|line| line.starts_with("--"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Bucket and prefix, which stand between quotes and slashes.
fn address(place: &S3Place) -> Result<String, String> {
    let odd = |char: char| matches!(char, '\'' | '"' | '\\' | '`' | '$' | '{' | '}' | ';');
    match place.prefix.chars().find(|char| odd(*char)) {
        Some(char) => Err(format!("{place} has a {char} in it, which cannot stand in a table")),
        None => Ok(format!("{}/{}", place.bucket, place.prefix)),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::table::ddl;

    fn trail(folder: &str) -> Trail {
        Trail {
            folder: folder.parse().unwrap(),
            accounts: ["444455556666", "111122223333"].map(str::to_owned).into(),
            regions: ["eu-west-1"].map(str::to_owned).into(),
        }
    }

    #[test]
    fn the_file_says_what_the_shape_does() {
        let read = ddl::parse(CLOUDTRAIL, "sql/tables/cloudtrail.sql").unwrap().table;
        assert_eq!(read.columns, TableShape::cloudtrail(None).columns);
        assert!(read.is_shipped() && read.is_own());
    }

    #[test]
    fn every_layout_has_its_folder_in_the_table() {
        let name = "audit.trail".parse().unwrap();
        for (folder, lies) in [
            ("s3://logs/AWSLogs/o-abc123", "s3://logs/AWSLogs/o-abc123/"),
            ("s3://logs/AWSLogs", "s3://logs/AWSLogs/"),
            ("s3://logs/o-abc123/AWSLogs/o-abc123/", "s3://logs/o-abc123/AWSLogs/o-abc123/"),
            ("s3://logs/o-abc123/AWSLogs", "s3://logs/o-abc123/AWSLogs/"),
            ("s3://logs/p/q/AWSLogs", "s3://logs/p/q/AWSLogs/"),
            ("s3://logs", "s3://logs/"),
        ] {
            let statement = cloudtrail(&name, &trail(folder)).unwrap();
            assert!(statement.starts_with("CREATE EXTERNAL TABLE `audit`.`trail` (\n"));
            let table = ddl::parse(&statement, "t").unwrap().table;
            assert_eq!(table.location.as_deref(), Some(lies));
            let property = |key: &str| table.properties[key].as_str();
            assert_eq!(
                property("storage.location.template"),
                format!("{lies}${{account}}/CloudTrail/${{region}}/${{day}}/")
            );
            assert_eq!(property("projection.account.values"), "111122223333,444455556666");
            assert!(!statement.contains("BUCKET") && !statement.contains("REGIONS"));
        }
        for folder in ["s3://logs/it's", "s3://logs/${account}", "s3://logs/a\"b"] {
            let refused = cloudtrail(&name, &trail(folder)).unwrap_err();
            assert!(refused.contains("cannot stand in a table"), "{refused}");
        }
    }

    #[test]
    fn the_journal_lies_in_the_store() {
        let name = "audit.findings".parse().unwrap();
        let statement = findings(&name, &"s3://state/prod".parse().unwrap()).unwrap();
        let table = ddl::parse(&statement, "t").unwrap().table;
        assert_eq!(table.location.as_deref(), Some("s3://state/prod/journal/"));
        assert!(table.is_own() && table.name.is_called(&["audit", "findings"]));
    }

    #[test]
    fn nothing_ends_a_text_or_a_name_early() {
        let name: TableName = "audit.`tr``ail`".parse().unwrap();
        let properties = [("a'b".to_owned(), "c\\'d".to_owned())];
        assert_eq!(
            set_properties(&name, &properties),
            "ALTER TABLE `audit`.`tr``ail` SET TBLPROPERTIES ('a\\'b' = 'c\\\\\\'d')"
        );
    }
}
