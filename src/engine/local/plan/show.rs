//! `SHOW`, `DESCRIBE` and `EXPLAIN`.

use datafusion::logical_expr::{LogicalPlanBuilder, lit};

use super::{Planned, Planner, Result, bug, function_names};
use crate::sql::ast::{Name, Query};
use crate::sql::ty::SqlType;

impl Planner<'_> {
    pub(super) fn explain(&mut self, query: &Query, analyze: bool) -> Result<Planned> {
        let plan = self.output(query)?.plan;
        let plan = LogicalPlanBuilder::from(plan)
            .explain(false, analyze)
            .and_then(LogicalPlanBuilder::build)
            .map_err(bug)?;
        let columns = ["plan_type", "plan"].map(|name| (name.to_owned(), SqlType::VARCHAR)).into();
        Ok(Planned { plan, columns })
    }

    pub(super) fn show_tables(&mut self) -> Result<Planned> {
        let tables = self.tables.iter().filter_map(|table| table.name.last().cloned());
        let rows = tables.map(|name| vec![name]).collect();
        texts(&["tab_name"], rows)
    }

    pub(super) fn show_columns(&mut self, name: &Name) -> Result<Planned> {
        let relation = self.find_table(name)?;
        let rows = relation
            .fields
            .iter()
            .filter(|field| !field.hidden)
            .map(|field| vec![field.name.clone().unwrap_or_default(), field.ty.to_string()]);
        texts(&["col_name", "data_type"], rows.collect())
    }

    pub(super) fn show_functions(&mut self) -> Result<Planned> {
        let rows = function_names::names().into_iter().map(|name| vec![name.to_owned()]).collect();
        texts(&["Function"], rows)
    }
}

/// Rows of text that are known already.
fn texts(names: &[&str], rows: Vec<Vec<String>>) -> Result<Planned> {
    let columns = names.iter().map(|name| ((*name).to_owned(), SqlType::VARCHAR)).collect();
    let plan = if rows.is_empty() {
        LogicalPlanBuilder::empty(false)
    } else {
        let rows = rows.into_iter().map(|row| row.into_iter().map(lit).collect()).collect();
        LogicalPlanBuilder::values(rows).map_err(bug)?
    };
    Ok(Planned { plan: plan.build().map_err(bug)?, columns })
}
