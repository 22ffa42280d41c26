//! The module's files, read and parsed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use hcl_edit::parser::parse_body;
use hcl_edit::structure::{Block, Body};

use crate::program::project;

/// Where the module is.
pub(super) const MODULE: &str = "terraform";

/// Files by their path in the project: `terraform/main.tf`.
#[derive(Clone)]
pub(super) struct Sources(BTreeMap<String, String>);

/// The files of one folder: the module, or an example.
pub(super) struct Folder {
    pub(super) path: String,
    pub(super) files: Vec<(String, Body)>,
}

impl Sources {
    /// Every `.tf` file of the module and its examples.
    pub(super) fn read() -> Self {
        let mut files = BTreeMap::new();
        gather(MODULE, &mut files);
        assert!(files.len() > 10, "the module is not there: {:?}", files.keys());
        Self(files)
    }

    /// The same with a text of one file in place of another, which has to be there once.
    pub(super) fn with(&self, file: &str, from: &str, to: &str) -> Self {
        let text = &self.0[file];
        assert_eq!(text.matches(from).count(), 1, "{file} has not one '{from}'");
        let mut files = self.0.clone();
        files.insert(file.to_owned(), text.replace(from, to));
        Self(files)
    }

    /// The files by folder, the module's own first.
    ///
    /// # Errors
    /// What is no HCL, with its place.
    pub(super) fn folders(&self) -> Result<Vec<Folder>, String> {
        let mut folders: BTreeMap<String, Vec<(String, Body)>> = BTreeMap::new();
        for (path, text) in &self.0 {
            let body = parse_body(text).map_err(|error| format!("{path}: {error}"))?;
            let folder = path.rsplit_once('/').unwrap().0.to_owned();
            folders.entry(folder).or_default().push((path.clone(), body));
        }
        Ok(folders.into_iter().map(|(path, files)| Folder { path, files }).collect())
    }
}

fn gather(folder: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(project(folder)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = format!("{folder}/{name}");
        // What `terraform init` leaves.
        if name.starts_with('.') {
            continue;
        }
        if project(&path).is_dir() {
            gather(&path, files);
        } else if Path::new(&name).extension().is_some_and(|extension| extension == "tf") {
            files.insert(path.clone(), fs::read_to_string(project(&path)).unwrap());
        }
    }
}

impl Folder {
    /// Whether it is the module itself.
    pub(super) fn is_module(&self) -> bool {
        self.path == MODULE
    }

    /// Blocks of a kind at the top of its files, each with its file.
    pub(super) fn blocks<'a>(
        &'a self,
        kind: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Block)> {
        self.files.iter().flat_map(move |(path, body)| {
            body.get_blocks(kind).map(move |one| (path.as_str(), one))
        })
    }

    /// The block of a kind with these labels.
    pub(super) fn block<'a>(&'a self, kind: &'a str, labels: &[&str]) -> Option<&'a Block> {
        self.blocks(kind).map(|(_, block)| block).find(|block| block.has_exact_labels(labels))
    }
}

/// A label of a block.
pub(super) fn label(block: &Block, at: usize) -> &str {
    block.labels.get(at).map_or("", |label| label.as_str())
}
