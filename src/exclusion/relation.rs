//! The relation `exclusions`: the entries as rows that the view `all_activity` joins.

use super::pattern::{Pattern, Patterns};
use super::{Exclusion, SCOPES};
use crate::query::value::quoted;

/// The columns, all of them text. `accounts` holds ids between blanks; from `event_source` on, NULL
/// is a scope that is not set, and everything else a `LIKE` pattern with `\` as its escape.
const COLUMNS: &str = "name, kind, reason, owner, until, origin, priority, accounts, event_source, event_name, \
                       actor, account_id, region, resource, user_agent, verdict, channel, tag";

/// The body of the relation: a row for each combination of patterns of each entry.
///
/// Entries that have ended are there too. Whether one still hides an event depends on the event's
/// own day, so the same logs give the same answer on every later day, and what comes back can be
/// told from what was never hidden.
pub fn relation(entries: &[Exclusion]) -> String {
    let mut rows = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        // Later entries are the user's own, whose reasons say more than the shipped ones.
        let priority = format!("{:06}", entries.len() - place);
        let mut fixed = vec![
            quoted(&entry.name),
            quoted(entry.kind.as_str()),
            quoted(&entry.explained()),
            cell(entry.owner.as_deref()),
            cell(entry.until.map(|until| until.0.to_string()).as_deref()),
            quoted(if entry.shipped { "shipped" } else { "config" }),
            quoted(&priority),
        ];
        let ids = entry.account_ids();
        fixed.push(cell((!ids.is_empty()).then(|| format!(" {} ", ids.join(" "))).as_deref()));
        let mut combinations = vec![fixed.join(", ")];
        for cells in columns(entry) {
            combinations = combinations
                .iter()
                .flat_map(|row| cells.iter().map(move |cell| format!("{row}, {cell}")))
                .collect();
        }
        rows.extend(combinations.into_iter().map(|row| format!("({row})")));
    }
    if rows.is_empty() {
        let none = COLUMNS.split(", ").map(|name| format!("CAST(NULL AS varchar) AS {name}"));
        return format!("SELECT {} WHERE false", none.collect::<Vec<_>>().join(", "));
    }
    format!("SELECT * FROM (VALUES\n{}\n) AS entries ({COLUMNS})", rows.join(",\n"))
}

/// How many rows an entry becomes.
pub(super) fn row_count(entry: &Exclusion) -> usize {
    columns(entry).iter().map(Vec::len).fold(1, usize::saturating_mul)
}

/// What stands in each scope's column, one cell for each row.
fn columns(entry: &Exclusion) -> [Vec<String>; SCOPES] {
    let cells = |patterns: &Patterns, like: &dyn Fn(&Pattern) -> Option<String>| {
        let set = patterns.set().unwrap_or_default();
        let some: Vec<_> = set.iter().filter_map(like).map(|text| quoted(&text)).collect();
        if some.is_empty() { vec![cell(None)] } else { some }
    };
    let like = |pattern: &Pattern| Some(pattern.like());
    // Ids stand in `accounts`, however many there are.
    let account = |pattern: &Pattern| plain_id(pattern).is_none().then(|| pattern.like());
    [
        cells(&entry.event_source, &|pattern| Some(pattern.of_service().like())),
        cells(&entry.event_name, &like),
        cells(&entry.actor, &like),
        cells(&entry.account, &account),
        cells(&entry.region, &like),
        cells(&entry.resource, &like),
        cells(&entry.user_agent, &like),
        cells(&entry.verdict, &like),
        cells(&entry.channel, &like),
        cells(&entry.tag, &like),
    ]
}

/// The account id that a pattern stands for, if it is no more than that.
pub(super) fn plain_id(pattern: &Pattern) -> Option<String> {
    pattern.only().filter(|id| !id.contains(' '))
}

fn cell(text: Option<&str>) -> String {
    text.map_or_else(|| "CAST(NULL AS varchar)".to_owned(), quoted)
}
