//! `repeat(T, bigint) -> array(T)`: a value, or NULL, so many times. Fails for negative numbers and
//! above 10000. NULL number, NULL. Dialect 4.7.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::list::Picks;

const MOST: usize = 10_000;

pub(super) fn repeat(call: &Call) -> Result<ArrayRef> {
    let (value, counts) = (call.column(0)?, call.values::<i64>(1)?);
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        let Some(count) = counts.get(row) else {
            picks.end_null()?;
            continue;
        };
        let Ok(count) = usize::try_from(count) else {
            return Err(failure::argument(
                "count argument of repeat function must be greater than or equal to 0",
            ));
        };
        if count > MOST {
            return Err(failure::argument(format!(
                "count argument of repeat function must be less than or equal to {MOST}"
            )));
        }
        picks.row(Some(std::iter::repeat_n(value.position(row), count)))?;
    }
    picks.lists(call.gives, value.array())
}
