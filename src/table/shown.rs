//! Which logs a table shows. Where Athena computes the partitions, it looks into no other folders, and
//! says nothing of what lies in them.

use super::content::Content;
use super::{Partition, TableShape};
use crate::logs::Log;

/// Why a table does not show a log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unshown {
    /// Columns, and the values of the log's folder that they do not list.
    Unlisted(Vec<(String, String)>),
    /// A column, and the range that the value of the log's folder is not in.
    Outside(String, String),
    /// The log lies where the table has no folders.
    Elsewhere,
}

impl TableShape {
    /// Why Athena does not read a log of this table; `None` where it does, for all that is known:
    /// where partitions lie that somebody adds is nowhere in the table.
    pub fn unshown(&self, log: &Log) -> Option<Unshown> {
        let values = match (&self.template, &self.location) {
            (Some(template), _) => template.values_there(&log.address),
            (None, Some(location)) if self.partitions.is_empty() => {
                let folder = format!("{}/", location.trim_end_matches('/'));
                log.address.starts_with(&folder).then(Box::default)
            }
            (None, _) => return None,
        };
        let Some(values) = values else {
            return Some(Unshown::Elsewhere);
        };
        let values = || self.partitions.iter().zip(&values);
        let outside =
            values().find_map(|(partition, value)| self.outside(partition, value.as_ref()?));
        if let Some(outside) = outside {
            return Some(outside);
        }
        let unlisted: Vec<_> = values()
            .filter_map(|(partition, value)| Some((partition.name.clone(), value.clone()?)))
            .filter(|(name, value)| {
                self.listed(name).is_some_and(|listed| !listed.contains(&value.as_str()))
            })
            .collect();
        (!unlisted.is_empty()).then_some(Unshown::Unlisted(unlisted))
    }

    /// The values that a column of the type `enum` lists.
    pub fn listed(&self, partition: &str) -> Option<Vec<&str>> {
        let is_enum = self.is_projected_as(partition, "enum");
        // Athena takes blanks for a part of the value.
        self.projection(partition, "values")
            .filter(|_| is_enum)
            .map(|list| list.split(',').collect())
    }

    /// Whether a value lies outside of the range of a column that has one. Ends that depend on the
    /// time are not looked at.
    fn outside(&self, partition: &Partition, value: &str) -> Option<Unshown> {
        let name = &partition.name;
        let range = self.projection(name, "range")?;
        let (first, last) = range.split_once(',')?;
        let (first, last) = (first.trim(), last.trim());
        let is_outside = if self.is_projected_as(name, "integer") {
            let number = |text: &str| text.parse::<i64>().ok();
            let value = number(value)?;
            number(first).is_some_and(|first| value < first)
                || number(last).is_some_and(|last| value > last)
        } else {
            let Content::Date(format) = &partition.content else { return None };
            // In these formats times are in the order of their texts, and an end may be shorter.
            let is_fixed = |end: &str| format.is_ordered() && !end.starts_with("NOW");
            let start = |end: &str| value.get(..end.len()).unwrap_or(value);
            is_fixed(first) && start(first) < first || is_fixed(last) && start(last) > last
        };
        is_outside.then(|| Unshown::Outside(name.clone(), range.trim().to_owned()))
    }

    fn is_projected_as(&self, partition: &str, wanted: &str) -> bool {
        let kind = self.projection(partition, "type");
        kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
    }

    fn projection(&self, partition: &str, what: &str) -> Option<&str> {
        self.properties.get(&format!("projection.{partition}.{what}")).map(String::as_str)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::logs::{LogKey, Place};
    use crate::table::ddl;

    fn why(ddl: &str, address: &str) -> String {
        let log = Log {
            address: address.to_owned(),
            key: LogKey::of(&[]),
            place: Place::of(address),
            delivered: chrono::DateTime::UNIX_EPOCH,
            bytes: 0,
        };
        match ddl::parse(ddl, "t.sql").unwrap().table.unshown(&log) {
            None => "shown".to_owned(),
            Some(Unshown::Elsewhere) => "elsewhere".to_owned(),
            Some(Unshown::Outside(column, range)) => format!("{column} not in {range}"),
            Some(Unshown::Unlisted(values)) => {
                let pair = |(column, value): (String, String)| format!("{column} {value}");
                values.into_iter().map(pair).collect::<Vec<_>>().join(", ")
            }
        }
    }

    #[test]
    fn only_what_the_properties_say_is_shown() {
        const PROJECTED: &str = "CREATE TABLE t (eventid string) PARTITIONED BY (account string, region string, dt string) \
            LOCATION 's3://logs/p/AWSLogs/' TBLPROPERTIES ('projection.enabled'='true', \
            'projection.account.type'='enum', 'projection.account.values'='111122223333', \
            'projection.region.type'='enum', 'projection.region.values'='eu-west-1, us-east-1', \
            'projection.dt.type'='date', 'projection.dt.format'='yyyy/MM/dd', 'projection.dt.range'='2020/01/01,NOW', \
            'storage.location.template'='s3://logs/p/AWSLogs/${account}/CloudTrail/${region}/${dt}')";
        for (folder, expected) in [
            ("s3://logs/p/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23", "shown"),
            ("s3://logs/p/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23/more", "shown"),
            (
                "s3://logs/p/AWSLogs/444455556666/CloudTrail/eu-north-1/2026/11/23",
                "account 444455556666, region eu-north-1",
            ),
            (
                "s3://logs/p/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/23",
                "region us-east-1",
            ),
            ("s3://logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23", "elsewhere"),
            ("s3://logs/p/AWSLogs/o-1/111122223333/CloudTrail/eu-west-1/2026/11/23", "elsewhere"),
            ("s3://other/p/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23", "elsewhere"),
        ] {
            assert_eq!(why(PROJECTED, &format!("{folder}/x.json.gz")), expected, "{folder}");
        }
        for (folder, expected) in [
            ("s3://b/2025/12/31/1", "shown"),
            ("s3://b/2026/01/01/1", "dt not in 2020/01/01,2025/12/31"),
            ("s3://b/2019/12/31/1", "dt not in 2020/01/01,2025/12/31"),
            ("s3://b/2024/06/01/07", "shown"),
            ("s3://b/2024/06/01/8", "part not in 1,7"),
        ] {
            const ENDED: &str = "CREATE TABLE t (eventid string) PARTITIONED BY (dt string, part int) \
                LOCATION 's3://b/' TBLPROPERTIES ('projection.enabled'='true', \
                'projection.dt.type'='date', 'projection.dt.format'='yyyy/MM/dd', \
                'projection.dt.range'='2020/01/01,2025/12/31', 'projection.part.type'='integer', \
                'projection.part.range'='1,7', 'storage.location.template'='s3://b/${dt}/${part}')";
            assert_eq!(why(ENDED, &format!("{folder}/x.json.gz")), expected, "{folder}");
        }
        let plain = "CREATE TABLE t (eventid string) LOCATION 's3://logs/AWSLogs'";
        assert_eq!(why(plain, "s3://logs/AWSLogs/x.json"), "shown");
        assert_eq!(why(plain, "s3://logs/AWSLogs2/x.json"), "elsewhere");
        let added =
            "CREATE TABLE t (eventid string) PARTITIONED BY (dt string) LOCATION 's3://logs/a/'";
        assert_eq!(why(added, "s3://logs/b/x.json"), "shown");
        assert_eq!(why("CREATE TABLE t (eventid string)", "s3://logs/b/x.json"), "shown");
    }
}
