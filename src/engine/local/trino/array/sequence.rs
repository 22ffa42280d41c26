//! `sequence(start, stop[, step]) -> array`: of bigints, of dates, of timestamps, `stop` included.
//! Without a step it is 1, or a day, in the direction of `stop`. NULL argument, NULL. Fails if the
//! step is zero or leads away from `stop`, and for more than 50000 elements. Dialect 4.7.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, Months, NaiveDateTime};
use datafusion::arrow::array::{
    ArrayRef, Date32Array, Int64Array, NullBufferBuilder, TimestampMicrosecondArray,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, Days, Micros};
use super::super::function::Form;
use super::super::list::{list, offset};

pub(super) const FORMS: &[Form] = &[
    Form::new("(bigint, bigint) -> array(bigint)", numbers).fails(),
    Form::new("(bigint, bigint, bigint) -> array(bigint)", numbers).fails(),
    Form::new("(date, date) -> array(date)", days).fails(),
    Form::new("(date, date, interval day to second) -> array(date)", days).fails(),
    Form::new("(date, date, interval year to month) -> array(date)", months_of_days).fails(),
    Form::new("(timestamp, timestamp, interval day to second) -> array(timestamp)", moments)
        .fails(),
    Form::new("(timestamp, timestamp, interval year to month) -> array(timestamp)", months).fails(),
];

/// Athena's limit; Trino's is 10000.
const MOST: usize = 50_000;

const DAY_MILLIS: i64 = 86_400_000;

const DAY_MICROS: i64 = 1000 * DAY_MILLIS;

fn numbers(call: &Call) -> Result<ArrayRef> {
    let (starts, stops) = (call.values::<i64>(0)?, call.values::<i64>(1)?);
    let steps = match call.takes.len() {
        3 => Some(call.values::<i64>(2)?),
        _ => None,
    };
    let mut made = Made::new(call.rows);
    for row in 0..call.rows {
        let (start, stop) = (starts.get(row), stops.get(row));
        let step = match &steps {
            Some(steps) => steps.get(row),
            None => Some(if stop >= start { 1 } else { -1 }),
        };
        made.steps(start, stop, step)?;
    }
    let (values, offsets, nulls) = made.finish();
    list(call.gives, offsets, Arc::new(Int64Array::from(values)), nulls)
}

fn days(call: &Call) -> Result<ArrayRef> {
    let (starts, stops) = (call.values::<Days>(0)?, call.values::<Days>(1)?);
    let steps = match call.takes.len() {
        3 => Some(call.values::<i64>(2)?),
        _ => None,
    };
    let mut made = Made::new(call.rows);
    for row in 0..call.rows {
        let day = |value: Option<Days>| value.map(|days| i64::from(days.0));
        let (start, stop) = (day(starts.get(row)), day(stops.get(row)));
        let step = match &steps {
            Some(steps) => match steps.get(row) {
                Some(millis) if millis % DAY_MILLIS != 0 => {
                    return Err(failure::argument(
                        "sequence step must be a day interval if start and end values are dates",
                    ));
                }
                step => step.map(|millis| millis / DAY_MILLIS),
            },
            None => Some(if stop >= start { 1 } else { -1 }),
        };
        made.steps(start, stop, step)?;
    }
    date_list(call, made)
}

fn months_of_days(call: &Call) -> Result<ArrayRef> {
    let (starts, stops, steps) =
        (call.values::<Days>(0)?, call.values::<Days>(1)?, call.values::<i32>(2)?);
    let mut made = Made::new(call.rows);
    for row in 0..call.rows {
        let micros = |value: Option<Days>| value.map(|days| i64::from(days.0) * DAY_MICROS);
        made.months(micros(starts.get(row)), micros(stops.get(row)), steps.get(row))?;
    }
    made.values.iter_mut().for_each(|micros| *micros /= DAY_MICROS);
    date_list(call, made)
}

fn date_list(call: &Call, made: Made) -> Result<ArrayRef> {
    let (values, offsets, nulls) = made.finish();
    let days = values.into_iter().map(|day| i32::try_from(day).ok()).collect::<Date32Array>();
    list(call.gives, offsets, Arc::new(days), nulls)
}

fn moments(call: &Call) -> Result<ArrayRef> {
    let (starts, stops, steps) =
        (call.values::<Micros>(0)?, call.values::<Micros>(1)?, call.values::<i64>(2)?);
    let mut made = Made::new(call.rows);
    for row in 0..call.rows {
        let micros = |value: Option<Micros>| value.map(|micros| micros.0);
        let step = steps.get(row).map(|millis| millis.saturating_mul(1000));
        made.steps(micros(starts.get(row)), micros(stops.get(row)), step)?;
    }
    moment_list(call, made)
}

fn months(call: &Call) -> Result<ArrayRef> {
    let (starts, stops, steps) =
        (call.values::<Micros>(0)?, call.values::<Micros>(1)?, call.values::<i32>(2)?);
    let mut made = Made::new(call.rows);
    for row in 0..call.rows {
        let micros = |value: Option<Micros>| value.map(|micros| micros.0);
        made.months(micros(starts.get(row)), micros(stops.get(row)), steps.get(row))?;
    }
    moment_list(call, made)
}

fn moment_list(call: &Call, made: Made) -> Result<ArrayRef> {
    let (values, offsets, nulls) = made.finish();
    list(call.gives, offsets, Arc::new(TimestampMicrosecondArray::from(values)), nulls)
}

/// The sequences of all rows.
struct Made {
    values: Vec<i64>,
    offsets: Vec<i32>,
    nulls: NullBufferBuilder,
}

impl Made {
    fn new(rows: usize) -> Self {
        Self { values: Vec::new(), offsets: vec![0], nulls: NullBufferBuilder::new(rows) }
    }

    fn end(&mut self, known: bool) -> Result<()> {
        self.nulls.append(known);
        self.offsets.push(offset(self.values.len())?);
        Ok(())
    }

    fn finish(mut self) -> (Vec<i64>, Vec<i32>, Option<NullBuffer>) {
        (self.values, self.offsets, self.nulls.finish())
    }

    /// A row of numbers.
    fn steps(&mut self, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Result<()> {
        let (Some(start), Some(stop), Some(step)) = (start, stop, step) else {
            return self.end(false);
        };
        check_step(step.signum(), start, stop)?;
        let before = self.values.len();
        let mut next = Some(start);
        while let Some(value) = next.filter(|value| !is_past(*value, stop, step.signum())) {
            self.push(value, before)?;
            next = value.checked_add(step);
        }
        self.end(true)
    }

    /// A row of moments, in microseconds, whole months apart: each is counted from the start, so
    /// that the ends of months do not wander.
    fn months(&mut self, start: Option<i64>, stop: Option<i64>, step: Option<i32>) -> Result<()> {
        let (Some(start), Some(stop), Some(step)) = (start, stop, step) else {
            return self.end(false);
        };
        check_step(i64::from(step.signum()), start, stop)?;
        let before = self.values.len();
        let first = DateTime::from_timestamp_micros(start).map(|moment| moment.naive_utc());
        for count in 0_i64.. {
            let months = i64::from(step).checked_mul(count);
            let moment = first.zip(months).and_then(|(first, months)| add_months(first, months));
            match moment {
                Some(value) if !is_past(value, stop, i64::from(step.signum())) => {
                    self.push(value, before)?;
                }
                _ => break,
            }
        }
        self.end(true)
    }

    fn push(&mut self, value: i64, before: usize) -> Result<()> {
        if self.values.len() - before == MOST {
            return Err(failure::argument(format!(
                "result of sequence function must not have more than {MOST} entries"
            )));
        }
        self.values.push(value);
        Ok(())
    }
}

fn is_past(value: i64, stop: i64, direction: i64) -> bool {
    if direction > 0 { value > stop } else { value < stop }
}

fn check_step(direction: i64, start: i64, stop: i64) -> Result<()> {
    let wrong = match stop.cmp(&start) {
        _ if direction == 0 => return Err(failure::argument("step must not be zero")),
        Ordering::Equal => false,
        Ordering::Greater => direction < 0,
        Ordering::Less => direction > 0,
    };
    if wrong {
        return Err(failure::argument(
            "sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start",
        ));
    }
    Ok(())
}

fn add_months(moment: NaiveDateTime, months: i64) -> Option<i64> {
    let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    let moment = match months {
        0.. => moment.checked_add_months(count),
        _ => moment.checked_sub_months(count),
    };
    Some(moment?.and_utc().timestamp_micros())
}
