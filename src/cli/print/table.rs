//! A table whose rows are shown while others are still to come.
//!
//! The first rows decide which columns there are and how wide; later ones may widen columns where
//! the terminal has room left. Without a terminal nothing is cut or left out.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::engine::Row;
use crate::render::{cut, neutral, squeeze};

/// Rows that are looked at before the columns are laid out, if as many come in time.
const FIRST: usize = 200;
/// Between two cells.
const GAP: usize = 2;
/// A column whose cells are no longer than this shows them whole: a time, an account, a region.
const WHOLE: usize = 20;
/// A column with longer cells may be cut down to this.
const READABLE: usize = 12;
/// Where nothing is cut, cells are padded up to this: one huge cell shall not make every line huge.
const PADDED: usize = 120;
/// Columns that tell most about an event come first where not all fit.
const TELLING: [&str; 6] =
    ["event_time", "actor", "event_name", "resource", "account_id", "region"];

/// A table as it is written.
pub(super) struct Table {
    names: Vec<String>,
    /// Columns of the terminal; `None` where lines may be of any length.
    width: Option<usize>,
    waiting: Vec<Vec<String>>,
    layout: Option<Layout>,
}

impl Table {
    pub(super) fn new(columns: &[String], width: Option<usize>) -> Self {
        let names = columns.iter().map(|name| neutral::line(name).into_owned()).collect();
        Self { names, width, waiting: Vec::new(), layout: None }
    }

    pub(super) fn add(&mut self, out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
        let shown = |cell: &Option<String>| match cell {
            Some(cell) => neutral::line(cell).into_owned(),
            None => String::new(),
        };
        self.waiting.extend(rows.iter().map(|row| row.iter().map(shown).collect()));
        if self.layout.is_some() || self.waiting.len() >= FIRST {
            self.settle(out)?;
        }
        Ok(())
    }

    pub(super) fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub(super) fn hidden(&self) -> usize {
        self.layout.as_ref().map_or(0, |layout| self.names.len() - layout.columns.len())
    }

    pub(super) fn settle(&mut self, out: &mut impl Write) -> io::Result<()> {
        let begins = self.layout.is_none();
        let layout =
            self.layout.get_or_insert_with(|| Layout::of(&self.names, &self.waiting, self.width));
        layout.widen(&self.waiting, self.width);
        if begins {
            layout.line(out, &self.names)?;
            layout.rule(out)?;
        }
        for row in self.waiting.drain(..) {
            layout.line(out, &row)?;
        }
        Ok(())
    }
}

/// The columns that are shown.
struct Layout {
    columns: Vec<Column>,
    /// Whether cells that are wider than their column are cut.
    cuts: bool,
}

struct Column {
    /// Position in a row.
    at: usize,
    width: usize,
    /// What its widest cell would take.
    widest: usize,
    /// Numbers stand at the right.
    right: bool,
}

impl Layout {
    /// Chooses the columns and the least width of each. Where they do not all fit, empty columns
    /// go first, then those to the right of what tells most.
    fn of(names: &[String], rows: &[Vec<String>], width: Option<usize>) -> Self {
        let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at));
        let column = |at: usize| {
            let widest = cells(at).chain([&names[at]]).map(|cell| cell.width()).max().unwrap_or(0);
            let width = match widest {
                widest if widest <= WHOLE => widest.max(1),
                _ => names[at].width().clamp(READABLE, WHOLE),
            };
            let filled = || cells(at).filter(|cell| !cell.is_empty());
            let right = filled().next().is_some() && filled().all(|cell| is_number(cell));
            Column { at, width, widest, right }
        };
        let mut columns: Vec<Column> = (0..names.len()).map(column).collect();
        if let Some(width) = width
            && used(&columns) > width
        {
            columns
                .retain(|column| rows.is_empty() || cells(column.at).any(|cell| !cell.is_empty()));
            columns.sort_by_key(|column| {
                let name = &names[column.at];
                TELLING.iter().position(|telling| name == telling).unwrap_or(TELLING.len())
            });
            let fit = (1..=columns.len()).rev().find(|count| used(&columns[..*count]) <= width);
            columns.truncate(fit.unwrap_or(1));
            columns.sort_by_key(|column| column.at);
            if let [only] = columns.as_mut_slice() {
                only.width = only.width.min(width);
            }
        }
        Self { columns, cuts: width.is_some() }
    }

    /// Gives the room that is left to the cells that would be cut, the same to each.
    fn widen(&mut self, rows: &[Vec<String>], width: Option<usize>) {
        for column in &mut self.columns {
            let cells = rows.iter().filter_map(|row| row.get(column.at));
            column.widest = cells.map(|cell| cell.width()).fold(column.widest, usize::max);
        }
        let Some(width) = width else {
            for column in &mut self.columns {
                column.width = column.width.max(column.widest.min(PADDED));
            }
            return;
        };
        let mut left = width.saturating_sub(used(&self.columns));
        loop {
            let narrow = self.columns.iter_mut().filter(|column| column.width < column.widest);
            let mut narrow: Vec<_> = narrow.collect();
            if left == 0 || narrow.is_empty() {
                return;
            }
            let share = (left / narrow.len()).max(1);
            for column in &mut narrow {
                let more = share.min(column.widest - column.width).min(left);
                column.width += more;
                left -= more;
            }
        }
    }

    fn line(&self, out: &mut impl Write, cells: &[String]) -> io::Result<()> {
        let mut line = String::new();
        for (place, column) in self.columns.iter().enumerate() {
            let cell = cells.get(column.at).map_or("", String::as_str);
            let cell = match self.cuts {
                // Of an ARN, the end tells what it is of.
                true if cell.starts_with("arn:") => squeeze(cell, column.width),
                true => cut(cell, column.width),
                false => cell.to_owned(),
            };
            let blanks = " ".repeat(column.width.saturating_sub(cell.width()));
            if place > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            if column.right {
                line.push_str(&blanks);
            }
            line.push_str(&cell);
            if !column.right {
                line.push_str(&blanks);
            }
        }
        writeln!(out, "{}", line.trim_end())
    }

    fn rule(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", "─".repeat(used(&self.columns)))
    }
}

fn used(columns: &[Column]) -> usize {
    let gaps = GAP * columns.len().saturating_sub(1);
    columns.iter().map(|column| column.width).sum::<usize>() + gaps
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn row(cells: &[&str]) -> Row {
        cells.iter().map(|cell| Some((*cell).to_owned())).collect()
    }

    /// The table, each page of rows written before the next comes.
    fn drawn(columns: &[String], pages: &[Vec<Row>], width: Option<usize>) -> (String, usize) {
        let mut table = Table::new(columns, width);
        let mut out = Vec::new();
        for page in pages {
            table.add(&mut out, page).unwrap();
            table.settle(&mut out).unwrap();
        }
        (String::from_utf8(out).unwrap(), table.hidden())
    }

    fn widest(text: &str) -> usize {
        text.lines().map(UnicodeWidthStr::width).max().unwrap_or(0)
    }

    #[test]
    fn a_wide_table_shows_what_fits() {
        let mut columns = texts(&["event_id", "event_time", "nothing", "actor", "event_name"]);
        let id = "0".repeat(36);
        let mut cells = vec![id.as_str(), "2026-11-23T09:00:00Z", "", "ann", "Run"];
        let long = "a long value that nobody needs in full".repeat(20);
        for n in 0..28 {
            columns.push(format!("column_{n}"));
            cells.push(&long);
        }
        for width in [60, 80, 120, 200] {
            let (table, hidden) = drawn(&columns, &[vec![row(&cells)]], Some(width));
            assert!(widest(&table) <= width, "{width}\n{table}");
            assert!(table.contains("2026-11-23T09:00:00Z") && table.contains("ann"), "{table}");
            assert!(!table.contains("nothing"), "{table}");
            assert_eq!(table.lines().count(), 3, "{table}");
            assert!(hidden > 0);
        }
        let (table, hidden) = drawn(&columns, &[vec![row(&cells)]], None);
        assert!(table.contains(&long) && hidden == 0);
    }

    #[test]
    fn a_table_that_fits_is_whole() {
        let columns = texts(&["name", "empty", "n"]);
        let rows = vec![row(&["王小明", "", "7"]), row(&["ann", "", "12"])];
        let (table, hidden) = drawn(&columns, &[rows], Some(40));
        assert_eq!(
            table,
            "name    empty   n\n─────────────────\n王小明          7\nann            12\n"
        );
        assert_eq!(hidden, 0);
    }

    #[test]
    fn long_cells_are_cut_and_an_arn_in_its_middle() {
        let arn = format!("arn:aws:iam::111122223333:role/{}/the-role", "x".repeat(60));
        let cells = row(&[&arn, &"x".repeat(300)]);
        let (table, _) = drawn(&texts(&["arn", "sql"]), &[vec![cells]], Some(60));
        assert_eq!(widest(&table), 60);
        assert!(table.contains("/the-role  xxx") && table.ends_with("…\n"), "{table}");
    }

    #[test]
    fn later_rows_may_widen_a_column_that_has_room() {
        let columns = texts(&["code", "n"]);
        let pages = [vec![row(&["ok", "1"])], vec![row(&["AccessDenied", "2"])]];
        let (table, _) = drawn(&columns, &pages, Some(40));
        assert!(table.contains("\nok    1\n") && table.contains("\nAccessDenied  2\n"), "{table}");
        let (table, _) = drawn(&columns, &pages, Some(10));
        assert!(table.contains("\nAccess…  2\n"), "{table}");
    }

    #[test]
    fn nothing_is_cut_without_a_terminal() {
        let long = "x".repeat(10_000);
        let rows = vec![row(&[&long, "end"]), row(&["short", "end"])];
        let (table, _) = drawn(&texts(&["a", "b"]), &[rows], None);
        assert!(table.contains(&format!("{long}  end\n")));
        assert!(table.lines().all(|line| line.width() <= PADDED + 8 || line.contains(&long)));
    }

    proptest! {
        /// Whatever a page holds, no line is wider than the terminal, and there is one for each row.
        #[test]
        fn any_rows_fit(
            pages in proptest::collection::vec(
                proptest::collection::vec(
                    proptest::collection::vec(proptest::option::of(any::<String>()), 4), 0..4), 1..4),
            width in 1_usize..90,
        ) {
            let columns = texts(&["a", "name", "a longer name than others have", "d"]);
            let (table, _) = drawn(&columns, &pages, Some(width));
            let rows: usize = pages.iter().map(Vec::len).sum();
            prop_assert!(widest(&table) <= width, "{}", table);
            prop_assert_eq!(table.lines().count(), rows + 2);
        }
    }
}
