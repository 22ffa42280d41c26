//! The story: three days in which people use the console, and a few things
//! that only look as if they did.

mod first_day;
mod second_day;
mod third_day;

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};

use crate::random::Random;
use crate::scene::{Event, Scene};

type Script = fn(&mut Scene) -> Result<()>;

/// Day, hour and minute (UTC) at which each scene begins.
const PROGRAMME: &[(i64, i64, i64, Script)] = &[
    (0, 7, 5, first_day::opens_a_firewall),
    (0, 9, 10, first_day::publishes_a_bucket),
    (0, 10, 40, first_day::patches_a_function),
    (0, 13, 15, first_day::types_into_cloudshell),
    (0, 15, 40, first_day::changes_a_topic_before_an_outage),
    (0, 23, 22, first_day::resizes_a_database_at_night),
    (1, 6, 30, second_day::signs_in_as_root),
    (1, 8, 20, second_day::launches_instances),
    (1, 11, 0, second_day::starts_a_stack),
    (1, 14, 0, second_day::creates_a_database),
    (2, 7, 30, third_day::operates),
    (2, 9, 0, third_day::uses_aws_login),
    (2, 10, 10, third_day::works_with_tools),
    (2, 11, 30, third_day::asks_questions),
    (2, 13, 20, third_day::shops_in_a_browser),
    (2, 15, 0, third_day::tidies_up),
];

/// The story as it is told once, in an archive of `days` days.
pub(crate) fn premiere(start: DateTime<Utc>, days: i64, random: &mut Random) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for (day, hour, minute, script) in PROGRAMME {
        let begins = start
            + Duration::days(day % days)
            + Duration::hours(*hour)
            + Duration::minutes(*minute);
        let mut scene = Scene::new(begins, random);
        script(&mut scene)?;
        events.extend(scene.into_events());
    }
    Ok(events)
}

/// The whole story again, quickly, `turn` accounts further on.
pub(crate) fn encore(start: DateTime<Utc>, turn: usize, random: &mut Random) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for (.., script) in PROGRAMME {
        let mut scene = Scene::encore(start, turn, random);
        script(&mut scene)?;
        events.extend(scene.into_events());
    }
    Ok(events)
}
