//! The edit: what the flags change, and what they say that is so already.

use std::path::Path;

use super::DiffArgs;
use crate::app::App;
use crate::config::Config;
use crate::error::Error;
use crate::exclusion::{self, Exclusion};
use crate::nearest;
use crate::query::assemble::Assembler;
use crate::query::catalogue::{Catalogue, Kind};

/// What the flags change.
pub(super) struct Edit {
    /// Makes statements as the edit would have them.
    pub(super) assembler: Assembler,
    /// The entries of `--exclusions`.
    pub(super) entries: Vec<Exclusion>,
    /// Parts of the edit that change nothing, each with what to do.
    pub(super) idle: Vec<String>,
    /// Files of `--sql` that say something else than before.
    changed: Vec<(Kind, String)>,
    /// Whether exclusions were added or taken away.
    excludes: bool,
}

impl Edit {
    pub(super) fn of(app: &App, args: &DiffArgs) -> Result<Self, Error> {
        let mut config = app.config.clone();
        let mut idle = Vec::new();
        // First, so that an entry can be taken away and another one of its name be added.
        for name in &args.without {
            take_away(&mut config, name)?;
        }
        let entries = match &args.exclusions {
            Some(path) => entries(&config, path)?,
            None => Vec::new(),
        };
        // One that is there already must not move: the last one that covers an event decides.
        let (known, new): (Vec<_>, Vec<_>) =
            entries.iter().cloned().partition(|entry| config.exclusions.contains(entry));
        for Exclusion { name, .. } in known {
            idle.push(format!(
                "exclusion '{name}' is in the config already, as it stands: `--without {name}` \
                 shows what it does"
            ));
        }
        let excludes = !new.is_empty() || !args.without.is_empty();
        config.exclusions = exclusion::together(config.exclusions, new);

        let before = config.catalogue()?;
        let mut changed = Vec::new();
        let mut after = before.clone();
        if let Some(path) = &args.sql {
            let folder = path.is_dir();
            after = if folder { after.with_folder(path)? } else { after.with_file(path)? };
            changed = different(&before, &after);
            if folder && !has_files(&after, path) {
                return Err(Error::usage(
                    format!("--sql: {} has no .sql file in views/ or queries/", path.display()),
                    "Lay it out like sql/, or give one file.",
                ));
            }
            if changed.is_empty() {
                idle.push(same(&config, path, &after)?);
            }
        }
        let relation = exclusion::relation(&config.exclusions);
        let assembler = Assembler::new(after, app.known_table()?, relation);
        Ok(Self { assembler, entries, idle, changed, excludes })
    }

    /// Why nothing of these detections changes.
    pub(super) fn beside(&self, detections: &[&str]) -> Option<String> {
        let mut edited: Vec<_> = self.changed.iter().map(|(_, name)| format!("'{name}'")).collect();
        if self.excludes {
            edited.push("exclusions".to_owned());
        }
        let edited = (!edited.is_empty()).then(|| edited.join(", "))?;
        let remedy = match self.changed.as_slice() {
            [first, rest @ ..]
                if !self.excludes
                    && rest.iter().chain([first]).all(|(kind, _)| *kind == Kind::Query) =>
            {
                "a query is no part of a detection; `clickops query --file` asks it"
            }
            _ => "give the detection that does with --detection",
        };
        let select = if detections.len() == 1 { "selects" } else { "select" };
        Some(format!(
            "{} {select} from nothing that the edit changes, which is {edited}: {remedy}",
            detections.join(" and ")
        ))
    }
}

fn take_away(config: &mut Config, name: &str) -> Result<(), Error> {
    let names: Vec<_> = config.exclusions.iter().map(|entry| entry.name.clone()).collect();
    if !names.iter().any(|known| known == name) {
        let hint = match nearest(name, &names) {
            Some(nearest) => format!("Did you mean '{nearest}'?"),
            None => "Digests, the config and sql/exclusions.toml have the names.".to_owned(),
        };
        return Err(Error::usage(format!("--without: no exclusion is called '{name}'"), hint));
    }
    config.exclusions.retain(|entry| entry.name != name);
    Ok(())
}

/// The entries of a file, of which there have to be some.
fn entries(config: &Config, path: &Path) -> Result<Vec<Exclusion>, Error> {
    let mut alone = Config { exclusions: Vec::new(), ..config.clone() };
    alone.add_exclusions(path)?;
    if alone.exclusions.is_empty() {
        return Err(Error::usage(
            format!("--exclusions: {} has no [[exclusion]] in it", path.display()),
            "Write one as sql/README.md tells, or let `clickops snooze EVENT_ID` print one.",
        ));
    }
    Ok(alone.exclusions)
}

/// Files that `after` has otherwise than `before`, or alone.
fn different(before: &Catalogue, after: &Catalogue) -> Vec<(Kind, String)> {
    let same = |name: &str, text: &str| before.get(name).is_ok_and(|file| file.text == text);
    let files = after.files().into_iter();
    files
        .filter(|file| !same(&file.header.name, &file.text))
        .map(|file| (file.kind, file.header.name.clone()))
        .collect()
}

fn has_files(catalogue: &Catalogue, folder: &Path) -> bool {
    catalogue.files().iter().any(|file| Path::new(&file.origin).starts_with(folder))
}

/// That `--sql` says what is so without it, and whether the user's own folder or the shipped files
/// say it.
fn same(config: &Config, path: &Path, after: &Catalogue) -> Result<String, Error> {
    let shipped = Catalogue::shipped()?;
    let differs = different(&shipped, after);
    let path = path.display();
    let own = config.sql.as_ref().filter(|_| !differs.is_empty());
    Ok(match own {
        Some(folder) => format!(
            "--sql: {path} says what {}, the source.sql of the config, has already: leave --config \
             out, or give one without source.sql, to compare it with the shipped files",
            folder.display()
        ),
        None => format!("--sql: {path} says what the shipped sql/ says: edit it first"),
    })
}
