//! What a partition column holds: told by its projection, by where it stands in the template, or by
//! its name.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::day_format::DayFormat;
use super::template::{self, Template};
use super::{Partition, ShapeError};
use crate::logs::Log;
use crate::sql::ty::SqlType;

/// What a partition column says of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The account that the log is of: twelve digits.
    Account,
    /// The region that the log is of.
    Region,
    /// The organisation of the trail, `o-...`.
    Organisation,
    /// The day of delivery or a part of it, in this format.
    Date(DayFormat),
    /// Anything else: only a folder can tell.
    Other,
}

impl Partition {
    /// What CloudTrail's own folders say of a log.
    pub(super) fn of_place(&self, log: &Log) -> Option<String> {
        let place = log.place.as_ref()?;
        match &self.content {
            Content::Account => Some(place.account.clone()),
            Content::Region => Some(place.region.clone()),
            Content::Organisation => template::organisation(&log.address),
            Content::Date(_) => {
                self.of_day(NaiveDate::parse_from_str(&place.day, "%Y/%m/%d").ok()?)
            }
            Content::Other => None,
        }
    }

    /// Its value for logs of this day; `None` where a day does not tell.
    pub fn of_day(&self, day: NaiveDate) -> Option<String> {
        match &self.content {
            Content::Date(format) => self.typed(day.into(), || format.of_day(day)),
            _ => None,
        }
    }

    /// What the time of an event says, as its record writes it: for a log whose address says
    /// nothing of the day.
    pub fn of_event_time(&self, text: &str) -> Option<String> {
        let Content::Date(format) = &self.content else {
            return None;
        };
        let time = text.get(..19).and_then(|text| text.parse::<NaiveDateTime>().ok());
        match time {
            Some(time) => self.typed(time, || Some(format.of_time(time))),
            None => {
                let day: NaiveDate = text.get(..10)?.parse().ok()?;
                self.typed(day.into(), || format.of_day(day))
            }
        }
    }

    /// A time as this column's type writes it; `text` is for types that are written in the format.
    pub(super) fn typed(
        &self,
        time: NaiveDateTime,
        text: impl FnOnce() -> Option<String>,
    ) -> Option<String> {
        match self.ty {
            SqlType::Date => Some(time.date().to_string()),
            SqlType::Timestamp(_) => Some(time.to_string()),
            _ => text(),
        }
    }
}

/// How Athena computes the values of a partition column.
#[derive(Debug)]
enum Projection {
    Integer {
        digits: usize,
    },
    Date(DayFormat),
    /// One of several texts.
    Enum,
    /// Any text.
    Injected,
}

/// Tells what each partition column holds, and where partitions lie if the table computes that.
pub(super) fn resolve(
    columns: &[(String, SqlType)],
    properties: &BTreeMap<String, String>,
) -> Result<(Vec<Partition>, Option<Template>), ShapeError> {
    let enabled = properties
        .get("projection.enabled")
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    let pattern = enabled.then(|| properties.get("storage.location.template")).flatten();
    let has_months = columns.iter().any(|(name, _)| is_month(name));
    let mut partitions = Vec::new();
    for (name, ty) in columns {
        let projection = if enabled { Some(projection(name, ty, properties)?) } else { None };
        let injected = matches!(projection, Some(Projection::Injected));
        let content = match projection {
            Some(Projection::Date(format)) => Content::Date(format),
            Some(Projection::Integer { digits }) => {
                part_of_day(name, has_months, digits).map_or(Content::Other, Content::Date)
            }
            Some(Projection::Enum | Projection::Injected) | None => pattern
                .and_then(|pattern| by_neighbours(name, pattern))
                .map_or_else(|| by_name(name, ty, has_months, properties), Ok)?,
        };
        partitions.push(Partition { name: name.clone(), ty: ty.clone(), content, injected });
    }
    let template = pattern.map(|pattern| Template::parse(pattern, &partitions)).transpose()?;
    Ok((partitions, template))
}

fn projection(
    name: &str,
    ty: &SqlType,
    properties: &BTreeMap<String, String>,
) -> Result<Projection, ShapeError> {
    let property = |what: &str| properties.get(&format!("projection.{name}.{what}"));
    let needed = |what: &str, example: &str| {
        property(what).map(|text| text.trim()).filter(|text| !text.is_empty()).ok_or_else(|| {
            ShapeError {
                subject: name.to_owned(),
                reason: format!("partition projection is on, but column '{name}' has no property 'projection.{name}.{what}'"),
                hint: format!("Add 'projection.{name}.{what}'='{example}' to TBLPROPERTIES."),
            }
        })
    };
    match needed("type", "enum")?.to_lowercase().as_str() {
        "enum" => {
            needed("values", "one,two")?;
            Ok(Projection::Enum)
        }
        "injected" if ty.is_text() => Ok(Projection::Injected),
        "injected" => Err(ShapeError {
            subject: name.to_owned(),
            reason: format!("column '{name}' is injected, and no text"),
            hint: format!("Declare it in PARTITIONED BY as: {name} string."),
        }),
        "integer" => {
            needed("range", "1,12")?;
            let digits = property("digits").map_or(Ok(1), |digits| digits.trim().parse());
            digits.map(|digits| Projection::Integer { digits }).map_err(|_| ShapeError {
                subject: name.to_owned(),
                reason: format!("'projection.{name}.digits' is no number"),
                hint: "Write how many digits a value has at least: '2'.".to_owned(),
            })
        }
        "date" => {
            needed("range", "2020/01/01,NOW")?;
            needed("format", "yyyy/MM/dd")?;
            written_format(name, properties)
                .map(|format| Projection::Date(format.unwrap_or_else(DayFormat::folders)))
        }
        other => Err(ShapeError {
            subject: name.to_owned(),
            reason: format!("'projection.{name}.type' is '{other}'"),
            hint: "Write enum, integer, date or injected.".to_owned(),
        }),
    }
}

/// The format that a property gives a column.
fn written_format(
    name: &str,
    properties: &BTreeMap<String, String>,
) -> Result<Option<DayFormat>, ShapeError> {
    let key = format!("projection.{name}.format");
    let Some(text) = properties.get(&key) else {
        return Ok(None);
    };
    DayFormat::parse(text.trim()).map(Some).map_err(|reason| ShapeError {
        subject: name.to_owned(),
        reason: format!("'{key}' cannot be '{text}': {reason}"),
        hint: "Write the format of the folders, such as yyyy/MM/dd.".to_owned(),
    })
}

/// What a folder of CloudTrail's layout holds that the template leaves open.
fn by_neighbours(name: &str, pattern: &str) -> Option<Content> {
    const FOLDER: Option<&&str> = Some(&"CloudTrail");
    let folders: Vec<&str> = pattern.split('/').collect();
    let hole = format!("${{{name}}}");
    let at = folders.iter().position(|folder| folder.eq_ignore_ascii_case(&hole))?;
    if folders.get(at + 1) == FOLDER {
        Some(Content::Account)
    } else if folders.get(at + 2) == FOLDER && folders[at + 1].starts_with("${") {
        Some(Content::Organisation)
    } else if folders.get(at.checked_sub(1)?) == FOLDER {
        Some(Content::Region)
    } else {
        None
    }
}

fn by_name(
    name: &str,
    ty: &SqlType,
    has_months: bool,
    properties: &BTreeMap<String, String>,
) -> Result<Content, ShapeError> {
    let has = |part: &str| name.contains(part);
    if has("account") || has("acct") {
        Ok(Content::Account)
    } else if has("region") {
        Ok(Content::Region)
    } else if name.starts_with("org") {
        Ok(Content::Organisation)
    } else if let Some(format) = part_of_day(name, has_months, 2) {
        Ok(Content::Date(format))
    } else if ["day", "date", "time"].into_iter().any(has)
        || name == "dt"
        || matches!(ty, SqlType::Date | SqlType::Timestamp(_))
    {
        let format = written_format(name, properties)?;
        Ok(Content::Date(format.unwrap_or_else(DayFormat::folders)))
    } else {
        Ok(Content::Other)
    }
}

fn is_month(name: &str) -> bool {
    matches!(name, "month" | "mon" | "mm" | "m")
}

/// The format of a column that holds a year, a month or a day of one.
fn part_of_day(name: &str, has_months: bool, digits: usize) -> Option<DayFormat> {
    match name {
        "year" | "yyyy" | "yr" | "y" => Some(DayFormat::year()),
        _ if is_month(name) => Some(DayFormat::month(digits)),
        "day" | "dd" | "d" if has_months => Some(DayFormat::day_of_month(digits)),
        _ => None,
    }
}
