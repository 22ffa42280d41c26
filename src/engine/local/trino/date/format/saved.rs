//! Fields as they are read, and the wall that they make.

use super::super::super::super::zone::Zone;
use super::super::wall::{Field, Wall};

/// The year of months and days that come without one; it has a 29 February.
const YEAR: i64 = 2000;

/// What has been read.
#[derive(Debug, Clone, Default)]
pub(super) struct Saved {
    fields: Vec<(Field, i64)>,
    pub(super) zone: Option<Place>,
}

/// Where the wall is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Milliseconds east of UTC.
    Offset(i64),
    Zone(Zone),
}

impl Saved {
    pub(super) fn add(&mut self, field: Field, value: i64) {
        self.fields.push((field, value));
    }

    pub(super) fn clear(&mut self) {
        self.fields.clear();
        self.zone = None;
    }

    /// Sets the fields, longer ones first; of two that are alike the last one counts. What no field
    /// says is that of 1 January 1970 at midnight. The error says which value there cannot be.
    pub(super) fn wall(&mut self) -> Result<i64, String> {
        let fields = &mut self.fields;
        fields.sort_by_key(|(field, _)| field.rank());
        if let Some((first, _)) = fields.first()
            && (Field::Month.rank()..=Field::DayOfWeek.rank()).contains(&first.rank())
        {
            fields.insert(0, (Field::Year, YEAR));
        }
        let mut wall = Wall::default();
        for (field, value) in fields.iter() {
            wall.set(*field, *value)?;
            wall.floor(*field);
        }
        // A shorter field may have moved a longer one: the day of the week a month, say.
        for (field, value) in fields.iter() {
            wall.set(*field, *value)?;
        }
        if let Some((field, _)) = fields.last() {
            wall.floor(*field);
        }
        Ok(wall.total())
    }
}
