//! The log table: that it has the columns that detection looks at.

use super::Check;
use crate::app::App;
use crate::config::EngineName;

/// Of the shipped table over files there is nothing to say.
///
/// # Errors
/// The check that there is no table to ask.
pub(super) async fn examine(app: &App) -> Result<Option<Check>, Check> {
    let name = "table";
    let own = app.config.engine == EngineName::Athena || app.config.ddl.is_some();
    if !own || app.config.replay.is_some() {
        return Ok(None);
    }
    let table = match app.table().await {
        Ok(table) => table,
        Err(error) if app.is_table_to_come().await => {
            return Err(Check::warning(
                name,
                error.message,
                "The first run that finds a log makes it.",
            ));
        }
        Err(error) => return Err(Check::error(name, error)),
    };
    let missing = table.missing();
    if missing.is_empty() {
        return Ok(Some(Check::ok(name, format!("{} has every documented column", table.name))));
    }
    Ok(Some(Check::warning(
        name,
        format!("{} has no {}", table.name, missing.join(", ")),
        "Detection goes without what they say: add them with ALTER TABLE ... ADD COLUMNS, as AWS's \
         guide to CloudTrail tables has them.",
    )))
}
