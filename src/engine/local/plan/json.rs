//! SQL's own JSON functions, whose paths are literals.

use super::super::trino::{self, json::Mistake, json::SqlPath};
use super::expr::Context;
use super::{Planner, Result, Typed, hint};
use crate::sql::ast::{self, ExprKind};
use crate::sql::refusal::Refusal;

impl Planner<'_> {
    /// `json_exists`, `json_value` or `json_query` of a text and a path.
    pub(super) fn sql_json(
        &mut self,
        name: &str,
        arguments: &[ast::Expr],
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let [input, path] = arguments else {
            return Err(Refusal::syntax(at, format!("{name} takes a text and a JSON path")));
        };
        let ExprKind::Text(written) = &path.kind else {
            return Err(Refusal::syntax(path.at, "a JSON path is a text in single quotes"));
        };
        // Positions are those inside the quotes.
        SqlPath::parse(written).map_err(|mistake| match mistake {
            Mistake::Syntax(within, reason) => Refusal::syntax(path.at + 1 + within, reason)
                .hint(format!("{name}(x, 'lax $.name[0]')")),
            Mistake::Missing(within, what) => Refusal::new(
                "NOT_SUPPORTED",
                path.at + 1 + within,
                format!("the embedded engine does not have {what}"),
            ),
        })?;
        let Some(function) = trino::function(name) else {
            return Err(hint::unknown_function(name, at));
        };
        let values = vec![self.expr(input, context)?, self.expr(path, context)?];
        let given = values.first().map(|value| value.ty.to_string()).unwrap_or_default();
        self.apply(function, values)?.ok_or_else(|| {
            Refusal::new(
                "TYPE_MISMATCH",
                input.at,
                format!("Cannot read input of type {given} as JSON using formatting JSON"),
            )
            .hint("of JSON: json_extract(x, '$.name')")
        })
    }
}
