//! Dates and times in the notation of ISO 8601. Dialect 4.3.

use std::sync::LazyLock;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::zone::Zone;
use super::super::call::Call;
use super::super::function::{Form, Function};
use super::calendar::{self, MILLIS_OF_DAY};
use super::format::{Format, Item, Room};
use super::wall::Field;
use super::{day, packed};

/// `from_iso8601_timestamp(text) -> timestamp(3) with time zone`: a date, a time after `T`, and a
/// zone, of which the last ones may be missing. The zone is that of the text, or UTC. NULL gives
/// NULL; fails for other texts.
pub(super) const FROM_ISO8601_TIMESTAMP: Function = Function {
    name: "from_iso8601_timestamp",
    forms: &[Form::new("(varchar) -> timestamp(3) with time zone", timestamps).fails()],
};

/// `from_iso8601_date(text) -> date`: `2026-01-02`, `2026-01`, `2026`, `2026-W01-5`, `2026-002`.
/// NULL gives NULL; fails for other texts.
pub(super) const FROM_ISO8601_DATE: Function =
    Function { name: "from_iso8601_date", forms: &[Form::new("(varchar) -> date", dates).fails()] };

static TIMESTAMP: LazyLock<Format> = LazyLock::new(timestamp_grammar);

static DATE: LazyLock<Format> = LazyLock::new(|| Format::grammar(vec![date()]));

fn timestamps(call: &Call) -> Result<ArrayRef> {
    let mut room = Room::default();
    call.each1(|text: &str| {
        if let Some(millis) = usual(text.as_bytes()) {
            return packed(millis, Zone::UTC).map(Some);
        }
        let moment = TIMESTAMP.read(text, &mut room)?;
        packed(moment.millis, moment.zone).map(Some)
    })
}

fn dates(call: &Call) -> Result<ArrayRef> {
    let mut room = Room::default();
    call.each1(|text: &str| {
        let moment = DATE.read(text, &mut room)?;
        day(moment.wall.div_euclid(MILLIS_OF_DAY)).map(Some)
    })
}

/// Milliseconds of `2026-01-02T03:04:05Z`, the way in which CloudTrail writes nearly every time.
fn usual(text: &[u8]) -> Option<i64> {
    let [
        y0,
        y1,
        y2,
        y3,
        b'-',
        m0,
        m1,
        b'-',
        d0,
        d1,
        b'T',
        h0,
        h1,
        b':',
        i0,
        i1,
        b':',
        s0,
        s1,
        b'Z',
    ] = text
    else {
        return None;
    };
    let two = |tens: &u8, ones: &u8| {
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
    };
    let year = two(y0, y1)? * 100 + two(y2, y3)?;
    let days = calendar::day(year, two(m0, m1)?, two(d0, d1)?)?;
    let (hour, minute, second) = (two(h0, h1)?, two(i0, i1)?, two(s0, s1)?);
    let seconds = (hour * 60 + minute) * 60 + second;
    let there_is = hour < 24 && minute < 60 && second < 60;
    there_is.then_some(days * MILLIS_OF_DAY + seconds * 1000)
}

/// `[date]T[time][zone]`: without a date the time must be there, and without a `T` neither.
fn timestamp_grammar() -> Format {
    let after_date = vec![
        Item::literal("T"),
        Item::optional(time()),
        Item::optional(vec![Item::Offset { colon: true }]),
    ];
    let mut only_time = vec![Item::literal("T")];
    only_time.extend(time());
    only_time.push(Item::optional(vec![Item::Offset { colon: true }]));
    let with_date = vec![date(), Item::optional(after_date)];
    Format::grammar(vec![Item::Either { of: vec![only_time, with_date], optional: false }])
}

/// Year, month and day, year and week, or year and day.
fn date() -> Item {
    let dash = || Item::literal("-");
    let year = |field| Item::signed(field, 4, 9);
    let day = Item::optional(vec![dash(), Item::number(Field::Day, 2, 2)]);
    let month = Item::optional(vec![dash(), Item::number(Field::Month, 2, 2), day]);
    let week_day = Item::optional(vec![dash(), Item::number(Field::DayOfWeek, 1, 1)]);
    Item::Either {
        of: vec![
            vec![year(Field::Year), month],
            vec![
                year(Field::WeekYear),
                Item::literal("-W"),
                Item::number(Field::Week, 2, 2),
                week_day,
            ],
            vec![year(Field::Year), dash(), Item::number(Field::DayOfYear, 3, 3)],
        ],
        optional: false,
    }
}

/// Hour, minute and second, of which the last one that is there may have a fraction.
fn time() -> Vec<Item> {
    let fraction = |of| {
        let point = ['.', ','].map(|point| vec![Item::literal(point)]).to_vec();
        let point = Item::Either { of: point, optional: false };
        vec![point, Item::Fraction { of, least: 1, most: 9 }]
    };
    let number = |field| vec![Item::literal(':'), Item::number(field, 2, 2)];
    let mut second = number(Field::Second);
    second.push(Item::optional(fraction(Field::Second)));
    let mut minute = number(Field::Minute);
    minute.push(Item::Either { of: vec![second, fraction(Field::Minute)], optional: true });
    vec![
        Item::number(Field::Hour, 2, 2),
        Item::Either { of: vec![minute, fraction(Field::Hour)], optional: true },
    ]
}
