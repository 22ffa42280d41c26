//! The catalogue of `.sql` files: those compiled in, and a user's folder over them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::QueryError;
use super::header::{self, Header};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sql");

/// What a file is for, told by its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `views/`: a relation that queries select from.
    View,
    /// `queries/`: a question with parameters.
    Query,
}

impl Kind {
    const ALL: [(Self, &'static str); 2] = [(Self::View, "views"), (Self::Query, "queries")];
}

/// One `.sql` file.
#[derive(Debug, Clone)]
pub struct SqlFile {
    /// What it is for.
    pub kind: Kind,
    /// Where it stands: `sql/views/events.sql`, or a path of the user's.
    pub origin: String,
    /// What it says of itself.
    pub header: Header,
    /// The whole text, header included.
    pub text: String,
}

/// All `.sql` files by name.
#[derive(Debug, Clone)]
pub struct Catalogue {
    files: BTreeMap<String, SqlFile>,
}

impl Catalogue {
    /// The files that are compiled in.
    ///
    /// # Errors
    /// [`QueryError::Header`] when a shipped header is broken.
    pub fn shipped() -> Result<Self, QueryError> {
        let mut catalogue = Self { files: BTreeMap::new() };
        for (kind, folder) in Kind::ALL {
            let files = SHIPPED.get_dir(folder).into_iter().flat_map(Dir::files);
            for file in files {
                let path = file.path();
                if let (true, Some(text)) = (is_sql(path), file.contents_utf8()) {
                    catalogue.add(
                        kind,
                        format!("sql/{}", path.display()),
                        path,
                        text.to_owned(),
                    )?;
                }
            }
        }
        Ok(catalogue)
    }

    /// Puts the files of a user's folder, laid out like `sql/`, over those that are there.
    ///
    /// # Errors
    /// [`QueryError::File`] when the folder or a file in it cannot be read, [`QueryError::Astray`]
    /// when it is not laid out so, and errors in headers.
    pub fn with_folder(mut self, folder: &Path) -> Result<Self, QueryError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| QueryError::File { path, source }
        };
        let entries = fs::read_dir(folder).map_err(unreadable(folder))?;
        if Kind::ALL.iter().all(|(_, sub)| !folder.join(sub).is_dir())
            && let Some(file) =
                entries.flatten().map(|entry| entry.path()).find(|path| is_sql(path))
        {
            let file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(QueryError::Astray { folder: folder.to_owned(), file });
        }
        for (kind, sub) in Kind::ALL {
            let sub = folder.join(sub);
            if !sub.is_dir() {
                continue;
            }
            for entry in fs::read_dir(&sub).map_err(unreadable(&sub))? {
                let path = entry.map_err(unreadable(&sub))?.path();
                if is_sql(&path) {
                    let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
                    self.add(kind, path.display().to_string(), &path, text)?;
                }
            }
        }
        Ok(self)
    }

    /// Puts one file in the place of that of the same name, wherever it stands.
    ///
    /// # Errors
    /// [`QueryError::File`] when it cannot be read, [`QueryError::Unknown`] when there is nothing
    /// of its name to replace, and errors in its header.
    pub fn with_file(mut self, path: &Path) -> Result<Self, QueryError> {
        let text = fs::read_to_string(path)
            .map_err(|source| QueryError::File { path: path.to_owned(), source })?;
        let origin = path.display().to_string();
        let header = header::parse(&text, &origin)?;
        let kind = self.get(&header.name)?.kind;
        self.files.insert(header.name.to_lowercase(), SqlFile { kind, origin, header, text });
        Ok(self)
    }

    /// Puts another text in place of a view's.
    pub fn replace_view(&mut self, name: &str, text: String) {
        if let Some(file) = self.files.get_mut(name).filter(|file| file.kind == Kind::View) {
            file.text = text;
        }
    }

    /// The file called `name`; letter case does not matter.
    ///
    /// # Errors
    /// [`QueryError::Unknown`], with the nearest name.
    pub fn get(&self, name: &str) -> Result<&SqlFile, QueryError> {
        self.files.get(&name.to_lowercase()).ok_or_else(|| QueryError::Unknown {
            name: name.to_owned(),
            nearest: crate::nearest(name, self.files.keys()).cloned(),
        })
    }

    /// The view called `name`, if there is one.
    pub fn view(&self, name: &str) -> Option<&SqlFile> {
        self.files.get(name).filter(|file| file.kind == Kind::View)
    }

    /// All files, views first, by name.
    pub fn files(&self) -> Vec<&SqlFile> {
        let mut files: Vec<_> = self.files.values().collect();
        files.sort_by_key(|file| file.kind);
        files
    }

    fn add(
        &mut self,
        kind: Kind,
        origin: String,
        path: &Path,
        text: String,
    ) -> Result<(), QueryError> {
        let header = header::parse(&text, &origin)?;
        let stem = path.file_stem().map(|stem| stem.to_string_lossy());
        if stem.as_deref() != Some(header.name.as_str()) {
            return Err(QueryError::Header {
                origin,
                line: 1,
                reason: format!("the name '{}' is not the file's", header.name),
            });
        }
        let error = |reason: String| QueryError::Header { origin: origin.clone(), line: 1, reason };
        let key = header.name.to_lowercase();
        if let Some(other) = self.files.get(&key).filter(|other| other.kind != kind) {
            return Err(error(format!("{} has this name already", other.origin)));
        }
        let plain = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_lowercase())
                && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        };
        if kind == Kind::View && !plain(&header.name) {
            return Err(error("a view's name is made of small letters, digits and _".to_owned()));
        }
        let file = SqlFile { kind, origin, header, text };
        self.files.insert(key, file);
        Ok(())
    }
}

fn is_sql(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sql")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_users_file_hides_the_shipped_one_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("views")).unwrap();
        let path = folder.path().join("views/events.sql");
        fs::write(&path, "-- name: events\nSELECT 1 AS mine").unwrap();
        let catalogue = Catalogue::shipped().unwrap().with_folder(folder.path()).unwrap();
        assert_eq!(catalogue.get("Events").unwrap().origin, path.display().to_string());
    }

    #[test]
    fn one_file_replaces_that_of_its_header_whatever_it_is_called_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("try.sql");
        fs::write(&path, "-- name: events\nSELECT 1 AS mine").unwrap();
        let catalogue = Catalogue::shipped().unwrap().with_file(&path).unwrap();
        assert_eq!(catalogue.view("events").unwrap().origin, path.display().to_string());
        fs::write(&path, "-- name: event\nSELECT 1 AS mine").unwrap();
        let unknown = Catalogue::shipped().unwrap().with_file(&path).unwrap_err();
        assert!(unknown.hint().unwrap().contains("'events'"));
    }

    #[test]
    fn a_missing_folder_and_a_misnamed_file_are_errors() {
        let shipped = || Catalogue::shipped().unwrap();
        assert!(shipped().with_folder(Path::new("/no/such/folder")).is_err());
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("queries")).unwrap();
        fs::write(folder.path().join("queries/a.sql"), "-- name: b\nSELECT 1").unwrap();
        let refused = shipped().with_folder(folder.path()).unwrap_err().to_string();
        assert!(refused.ends_with("a.sql:1: the name 'b' is not the file's"), "{refused}");
    }

    #[test]
    fn files_that_lie_in_neither_folder_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let with = || Catalogue::shipped().unwrap().with_folder(folder.path());
        assert!(with().is_ok());
        fs::write(folder.path().join("events.sql"), "-- name: events\nSELECT 1 AS mine").unwrap();
        let refused = with().unwrap_err();
        assert!(refused.to_string().contains("such as events.sql"), "{refused}");
        assert!(refused.hint().unwrap().contains("views/"));
        fs::create_dir(folder.path().join("views")).unwrap();
        assert!(with().is_ok());
    }

    #[test]
    fn a_query_cannot_take_a_views_name_and_a_views_name_is_a_plain_one() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            let refused = Catalogue::shipped().unwrap().with_folder(folder.path()).unwrap_err();
            fs::remove_file(path).unwrap();
            refused.to_string()
        };
        let taken = refused("queries/events.sql", "-- name: events\nSELECT 1");
        assert!(taken.ends_with("sql/views/events.sql has this name already"), "{taken}");
        assert!(
            refused("views/my-view.sql", "-- name: my-view\nSELECT 1").contains("small letters")
        );
    }

    #[test]
    fn an_unknown_name_suggests_the_nearest() {
        let unknown = Catalogue::shipped().unwrap();
        let unknown = unknown.get("console_change").unwrap_err();
        assert!(unknown.hint().unwrap().contains("console_changes"));
    }
}
