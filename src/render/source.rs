//! Where templates come from: the user's folder first, then what is compiled in.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use minijinja::Error;

use crate::message::Form;

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Finds templates by the path under `templates/`.
#[derive(Debug, Clone)]
pub(super) struct Source {
    folder: Option<PathBuf>,
}

/// The path of a template: `text/digest.txt.j2`.
pub(super) fn path(form: Form, name: &str) -> String {
    format!("{}/{name}.{}.j2", form.folder(), form.extension())
}

/// Names of the shipped templates of a form, without partials.
pub(super) fn names(form: Form) -> Vec<String> {
    let end = format!(".{}.j2", form.extension());
    let files = SHIPPED.get_dir(form.folder()).map(Dir::files);
    files
        .into_iter()
        .flatten()
        .filter_map(|file| file.path().file_name()?.to_str()?.strip_suffix(&end))
        .filter(|name| !name.starts_with('_'))
        .map(str::to_owned)
        .collect()
}

/// Names of all shipped files, parts too, in the folder of the template with this path.
pub(super) fn files(path: &str) -> Vec<String> {
    let folder = path.split('/').next().unwrap_or_default();
    let files = SHIPPED.get_dir(folder).map(Dir::files);
    files
        .into_iter()
        .flatten()
        .filter_map(|file| Some(file.path().file_name()?.to_str()?.to_owned()))
        .collect()
}

impl Source {
    pub(super) fn new(folder: Option<&Path>) -> Self {
        Self { folder: folder.map(Path::to_owned) }
    }

    /// The text of a template; `None` where there is none of this name.
    pub(super) fn load(&self, name: &str) -> Result<Option<String>, Error> {
        if let Some(path) = self.own(name) {
            match fs::read_to_string(&path) {
                Ok(text) => return Ok(Some(text)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(Error::new(
                        minijinja::ErrorKind::InvalidOperation,
                        format!("cannot read {}: {error}", path.display()),
                    ));
                }
            }
        }
        Ok(SHIPPED.get_file(name).and_then(|file| file.contents_utf8()).map(str::to_owned))
    }

    /// The user's file of this name, whether it is there or not.
    fn own(&self, name: &str) -> Option<PathBuf> {
        let mut path = self.folder.clone()?;
        for part in name.split('/') {
            // No template reads outside its folder.
            if part.is_empty() || part.starts_with('.') || part.contains('\\') {
                return None;
            }
            path.push(part);
        }
        Some(path)
    }

    /// The user's file, where a template of this name comes from it.
    pub(super) fn file(&self, name: &str) -> Option<PathBuf> {
        self.own(name).filter(|path| path.exists())
    }
}
