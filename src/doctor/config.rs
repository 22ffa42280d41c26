//! The config: that the files it names are there, and fit together.

use super::Check;
use crate::app::App;
use crate::error::Error;
use crate::tick::by_minutes;

pub(super) const NAME: &str = "config";

pub(super) async fn examine(app: &App) -> Vec<Check> {
    vec![Check::of(NAME, together(app))]
}

fn together(app: &App) -> Result<String, Error> {
    let config = &app.config;
    let detections = config.detections(&config.catalogue()?)?;
    app.embedded_assembler()?;
    by_minutes(config)?;
    if let Some(folder) = config.templates.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(Error::usage(
            format!("{} is no folder", folder.display()),
            "Set source.templates to a folder laid out like templates/.",
        ));
    }
    let reports: Vec<_> = config.reports.iter().map(|report| report.name.as_str()).collect();
    let detections: Vec<_> = detections.iter().map(String::as_str).collect();
    let (reports, detections) = (reports.join(", "), detections.join(", "));
    Ok(format!("reports: {reports}; detections: {detections}; engine: {}", app.engine_name()))
}
