//! Where the shell keeps what was typed: in the user's own state folder, for nobody else to read.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;

use rustyline::Editor;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;

use super::complete::Completion;
use crate::cli::remark;

/// A history on disk. One that fails says so once, and the shell goes on without it.
pub(super) struct History {
    file: Option<PathBuf>,
}

impl History {
    /// Reads what earlier shells kept.
    pub(super) fn open(editor: &mut Editor<Completion, FileHistory>) -> Self {
        let mut history = Self { file: place(|name| std::env::var_os(name)) };
        let Some(file) = history.file.clone() else {
            return history;
        };
        let opened = private_folder(&file).map_err(ReadlineError::Io).and_then(|()| {
            match editor.load_history(&file) {
                Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                loaded => loaded,
            }
        });
        if let Err(error) = opened {
            history.give_up(&error);
        }
        history
    }

    /// Keeps what was typed, at once: a shell may end in any way.
    pub(super) fn add(&mut self, editor: &mut Editor<Completion, FileHistory>, text: &str) {
        let kept = editor.add_history_entry(text).and_then(|_| match &self.file {
            Some(file) => editor.append_history(file),
            None => Ok(()),
        });
        if let Err(error) = kept {
            self.give_up(&error);
        }
    }

    fn give_up(&mut self, error: &ReadlineError) {
        if let Some(file) = self.file.take() {
            remark(&format!(
                "note: {} cannot hold the history: {error}; what you type is not kept",
                file.display()
            ));
        }
    }
}

/// `clickops/history` in the state folder of the XDG specification, which wants relative paths
/// ignored.
fn place(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = folder("XDG_STATE_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".local/state")))
        .or_else(|| folder("LOCALAPPDATA"))?;
    Some(state.join("clickops").join("history"))
}

fn private_folder(file: &std::path::Path) -> io::Result<()> {
    let Some(folder) = file.parent() else { return Ok(()) };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn the_state_folder_is_where_the_specification_says() {
        let place = |xdg: Option<&str>, home: Option<&str>| {
            place(|name| match name {
                "XDG_STATE_HOME" => xdg.map(OsString::from),
                "HOME" => home.map(OsString::from),
                _ => None,
            })
        };
        let is = |path: &str| Some(PathBuf::from(path));
        assert_eq!(place(Some("/state"), Some("/home/ann")), is("/state/clickops/history"));
        for ignored in [None, Some(""), Some("state")] {
            let path = is("/home/ann/.local/state/clickops/history");
            assert_eq!(place(ignored, Some("/home/ann")), path);
        }
        assert_eq!(place(None, None), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_a_history() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("state/clickops/history");
        private_folder(&file).unwrap();
        let mut editor: Editor<Completion, FileHistory> = Editor::new().unwrap();
        let mut history = History { file: Some(file.clone()) };
        history.add(&mut editor, "SELECT 1\nFROM t;");
        let mode =
            |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().unwrap()), 0o700);

        let mut later: Editor<Completion, FileHistory> = Editor::new().unwrap();
        later.load_history(&file).unwrap();
        assert_eq!(later.history().iter().collect::<Vec<_>>(), ["SELECT 1\nFROM t;"]);
    }

    #[test]
    fn a_history_that_fails_is_given_up() {
        let mut editor: Editor<Completion, FileHistory> = Editor::new().unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut history = History { file: Some(file.path().join("below/a/file")) };
        history.add(&mut editor, "SELECT 1;");
        assert_eq!(history.file, None);
        history.add(&mut editor, "SELECT 2;");
        assert_eq!(editor.history().iter().count(), 2);
    }
}
