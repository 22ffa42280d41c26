//! Windows and their frames.

use super::{Parsed, Parser};
use crate::sql::ast::{Bound, Frame, FrameUnit, Ident, Over, Window};

impl Parser<'_> {
    pub(super) fn named_window(&mut self) -> Parsed<(Ident, Window)> {
        let name = self.ident()?;
        self.need_word("as")?;
        Ok((name, self.window()?))
    }

    pub(super) fn over(&mut self) -> Parsed<Option<Over>> {
        if !self.word("over") {
            return Ok(None);
        }
        Ok(Some(if self.here().is("(") {
            Over::Window(Box::new(self.window()?))
        } else {
            Over::Named(self.ident()?)
        }))
    }

    fn window(&mut self) -> Parsed<Window> {
        self.need("(")?;
        let at = self.place();
        const CLAUSES: [&str; 4] = ["partition", "rows", "range", "groups"];
        let named = self.is_name(0) && !CLAUSES.iter().any(|word| self.here().is_word(word));
        let base = if named { Some(self.ident()?) } else { None };
        let partition =
            if self.words(&["partition", "by"]) { self.list(Self::expr)? } else { Vec::new() };
        let order_at = self.place();
        let order = self.order_by()?;
        let frame_at = self.place();
        let unit = if self.word("rows") {
            Some(FrameUnit::Rows)
        } else if self.word("range") {
            Some(FrameUnit::Range)
        } else if self.word("groups") {
            Some(FrameUnit::Groups)
        } else {
            None
        };
        let frame = match unit {
            None => None,
            Some(unit) if self.word("between") => {
                let start = self.bound()?;
                self.need_word("and")?;
                Some(Frame { unit, start, end: self.bound()?, at: frame_at })
            }
            Some(unit) => {
                let start = self.bound()?;
                Some(Frame { unit, start, end: Bound::Current, at: frame_at })
            }
        };
        self.need(")")?;
        Ok(Window { base, partition, order, order_at, frame, at })
    }

    fn bound(&mut self) -> Parsed<Bound> {
        if self.words(&["unbounded", "preceding"]) {
            return Ok(Bound::Start);
        }
        if self.words(&["unbounded", "following"]) {
            return Ok(Bound::End);
        }
        if self.words(&["current", "row"]) {
            return Ok(Bound::Current);
        }
        let distance = self.value()?;
        if self.word("preceding") {
            return Ok(Bound::Before(distance));
        }
        self.need_word("following")?;
        Ok(Bound::After(distance))
    }
}
