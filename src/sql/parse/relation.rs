//! What stands after `FROM`.

use super::{Parsed, Parser};
use crate::sql::ast::{JoinKind, JoinOn, Relation};
use crate::sql::refusal::Refusal;

impl Parser<'_> {
    pub(super) fn relation(&mut self) -> Parsed<Relation> {
        let mut left = self.nested(Self::relation_primary)?;
        loop {
            let at = self.place();
            if self.words(&["cross", "join"]) {
                let right = Box::new(self.nested(Self::relation_primary)?);
                let on = JoinOn::Nothing;
                left =
                    Relation::Join { kind: JoinKind::Cross, left: Box::new(left), right, on, at };
                continue;
            }
            if self.here().is_word("natural") {
                return Err(Refusal::new("NOT_SUPPORTED", at, "Natural join not supported")
                    .hint("write JOIN ... USING (columns)"));
            }
            let Some(kind) = self.join_kind()? else {
                return Ok(left);
            };
            let right = Box::new(self.relation()?);
            let on = if self.word("on") {
                JoinOn::Condition(self.expr()?)
            } else if self.word("using") {
                JoinOn::Columns(self.listed(Self::ident)?)
            } else {
                return Err(self.unexpected("'ON', 'USING'"));
            };
            left = Relation::Join { kind, left: Box::new(left), right, on, at };
        }
    }

    fn join_kind(&mut self) -> Parsed<Option<JoinKind>> {
        let kind = if self.word("join") {
            return Ok(Some(JoinKind::Inner));
        } else if self.word("inner") {
            JoinKind::Inner
        } else if self.word("left") {
            JoinKind::Left
        } else if self.word("right") {
            JoinKind::Right
        } else if self.word("full") {
            JoinKind::Full
        } else {
            return Ok(None);
        };
        if kind != JoinKind::Inner {
            self.word("outer");
        }
        self.need_word("join")?;
        Ok(Some(kind))
    }

    fn relation_primary(&mut self) -> Parsed<Relation> {
        let relation = self.relation_unnamed()?;
        if self.here().is_word("tablesample") {
            return Err(Refusal::new(
                "NOT_SUPPORTED",
                self.place(),
                "TABLESAMPLE has other rows every time",
            )
            .hint("use WHERE on a partition, or LIMIT"));
        }
        if self.word("as") || self.is_alias() {
            let name = self.ident()?;
            let columns = self.column_names()?;
            return Ok(Relation::Alias { relation: Box::new(relation), name, columns });
        }
        Ok(relation)
    }

    fn relation_unnamed(&mut self) -> Parsed<Relation> {
        let at = self.place();
        if self.word("unnest") {
            let values = self.listed(Self::expr)?;
            let ordinality = self.words(&["with", "ordinality"]);
            return Ok(Relation::Unnest { values, ordinality, at });
        }
        if self.word("lateral") {
            self.need("(")?;
            let query = Box::new(self.query()?);
            self.need(")")?;
            return Ok(Relation::Query { query, lateral: true, at });
        }
        if !self.here().is("(") {
            return Ok(Relation::Table(self.name()?));
        }
        // `((SELECT ...) JOIN ...)` and `((SELECT ...) UNION ...)` begin alike.
        let start = self.at;
        self.need("(")?;
        let query = self.query().and_then(|query| self.need(")").map(|()| query));
        match query {
            Ok(query) => Ok(Relation::Query { query: Box::new(query), lateral: false, at }),
            Err(refused) => {
                let reached = self.at;
                self.at = start;
                self.need("(")?;
                let relation = self.relation().and_then(|relation| {
                    self.need(")")?;
                    Ok(relation)
                });
                // The reading that came further says better what is wrong.
                match relation {
                    Err(_) if reached >= self.at => Err(refused),
                    relation => relation,
                }
            }
        }
    }
}
