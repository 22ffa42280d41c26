//! The README against the tree: what it promises exists.

use std::fmt::Write as _;
use std::fs;

use clickops::query::catalogue::{Catalogue, Kind};

use crate::program::{Desk, project};

fn readme() -> String {
    fs::read_to_string(project("README.md")).unwrap()
}

/// The text between a heading and the next one.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let begin =
        text.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    let rest = &text[begin + 4..];
    rest.split("\n## ").next().unwrap()
}

#[test]
fn every_place_in_the_table_exists() {
    let text = readme();
    let table = section(&text, "Where things are");
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| -"))
        .skip(1)
        .collect();
    for question in
        ["detection SQL", "prove a change", "add a sink", "what Slack shows", "window", "crash"]
    {
        assert!(
            rows.iter().any(|row| row.contains(question)),
            "the table answers no question about '{question}'"
        );
    }
    for row in rows {
        let answer = row.split('|').nth(2).unwrap();
        let places: Vec<&str> =
            answer.split('`').skip(1).step_by(2).filter(|code| code.contains('/')).collect();
        assert!(!places.is_empty(), "no place in: {row}");
        for place in places {
            // A file, or an item in it: `src/window.rs::choose`.
            let (path, item) = place.split_once("::").unwrap_or((place, ""));
            let found = project(path);
            assert!(found.exists(), "{path} does not exist: {row}");
            if !item.is_empty() {
                let text = fs::read_to_string(found).unwrap();
                assert!(text.contains(&format!(" {item}")), "{path} has no {item}");
            }
        }
    }
}

#[test]
fn the_example_config_is_one() {
    let text = readme();
    let config = section(&text, "Configuration")
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let desk = Desk::new();
    desk.write("clickops.toml", config);
    for folder in ["sql", "templates"] {
        fs::create_dir_all(desk.path(folder)).unwrap();
    }
    desk.clickops("sql list --config clickops.toml").ok();
}

#[test]
fn every_command_in_it_is_one() {
    let text = readme();
    let help = Desk::new().clickops("--help").ok();
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("clickops "));
    for line in lines {
        let command = line.split_whitespace().nth(1).unwrap();
        assert!(help.contains(&format!("\n  {command} ")), "there is no `{command}`: {line}");
    }
}

#[test]
fn the_table_of_named_queries_is_the_folder() {
    let text = fs::read_to_string(project("sql/README.md")).unwrap();
    let rows: Vec<_> =
        section(&text, "Named queries").lines().filter(|line| line.starts_with("| `")).collect();
    let catalogue = Catalogue::shipped().unwrap();
    let mut expected = Vec::new();
    for file in catalogue.files().iter().filter(|file| file.kind == Kind::Query) {
        let header = &file.header;
        let about = header.about.split(". ").next().unwrap().trim_end_matches('.');
        let values: Vec<_> =
            header.params.iter().map(|param| format!("`{}`", param.name)).collect();
        expected.push(format!("| `{}` | {about}. | {} |", header.name, values.join(", ")));
    }
    let mut different = String::new();
    for row in expected.iter().filter(|row| !rows.contains(&row.as_str())) {
        let _ = writeln!(different, "{row}");
    }
    assert!(different.is_empty(), "sql/README.md lacks these rows:\n{different}");
    assert_eq!(rows.len(), expected.len(), "sql/README.md tells of queries that are not there");
}
