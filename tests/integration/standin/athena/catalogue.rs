//! The data catalogue: what tables there are, and which logs each of them shows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use clickops::logs::Log;
use clickops::query::catalogue::Catalogue as Shipped;
use clickops::query::lexer;
use clickops::table::{TableName, TableShape, ddl};
use serde_json::{Value, json};

use super::metadata::of_table;

/// All of it, by database and name.
#[derive(Default)]
pub(super) struct Catalogue {
    entries: Mutex<BTreeMap<(String, String), Entry>>,
    /// The names of the views, in the order in which they were made.
    views: Mutex<Vec<String>>,
}

/// A table or a view.
#[derive(Clone)]
pub(super) enum Entry {
    Table(Arc<TableShape>),
    /// A view, by its statement.
    View(String),
}

impl Catalogue {
    pub(super) fn add(&self, name: &TableName, entry: Entry) {
        let key = (name.database().to_owned(), name.table().to_owned());
        self.entries.lock().unwrap().insert(key, entry);
    }

    /// The answer to `GetTableMetadata`.
    pub(super) fn get(&self, body: &Value) -> Result<Value, String> {
        assert_eq!(body["CatalogName"], "awsdatacatalog");
        let text = |key: &str| body[key].as_str().unwrap().to_owned();
        let key = (text("DatabaseName"), text("TableName"));
        let entries = self.entries.lock().unwrap();
        let entry = entries.get(&key).ok_or_else(not_found)?;
        Ok(json!({"TableMetadata": metadata(&key.1, entry)}))
    }

    /// The answer to `ListTableMetadata`, two tables a page.
    pub(super) fn list(&self, body: &Value) -> Result<Value, String> {
        let database = body["DatabaseName"].as_str().unwrap();
        let entries = self.entries.lock().unwrap();
        let there: Vec<_> = entries.iter().filter(|((of, _), _)| of == database).collect();
        if there.is_empty() {
            return Err(not_found());
        }
        let start: usize = body["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        let page = there.iter().skip(start).take(2);
        let page: Vec<_> = page.map(|((_, name), entry)| metadata(name, entry)).collect();
        let mut answer = json!({"TableMetadataList": page});
        if start + 2 < there.len() {
            answer["NextToken"] = (start + 2).to_string().into();
        }
        Ok(answer)
    }

    /// Carries out a statement that makes or changes something, in a database.
    pub(super) fn change(&self, database: &str, statement: &str) -> Result<(), String> {
        if let Some(rest) = statement.strip_prefix("CREATE OR REPLACE VIEW ") {
            let (name, body) = rest.split_once(" AS\n").unwrap();
            return self.make_view(database, name, body);
        }
        if let Some(rest) = statement.strip_prefix("ALTER TABLE ") {
            let (name, properties) = rest.split_once(" SET TBLPROPERTIES ").unwrap();
            let name: TableName = name.parse().unwrap();
            let like = format!("CREATE EXTERNAL TABLE x (a string) TBLPROPERTIES {properties}");
            let key = (name.database().to_owned(), name.table().to_owned());
            let mut entries = self.entries.lock().unwrap();
            let Some(Entry::Table(there)) = entries.get_mut(&key) else {
                return Err(format!("FAILED: SemanticException Table not found {}", key.1));
            };
            let mut changed = there.as_ref().clone();
            changed.properties.extend(table(&like).properties.clone());
            *there = Arc::new(changed);
            return Ok(());
        }
        assert!(statement.starts_with("CREATE EXTERNAL TABLE "), "{statement}");
        let made = table(statement);
        let key = (made.name.database().to_owned(), made.name.table().to_owned());
        if self.entries.lock().unwrap().contains_key(&key) {
            return Err(format!("FAILED: AlreadyExistsException Table {} already exists", key.1));
        }
        self.add(&made.name.clone(), Entry::Table(made));
        Ok(())
    }

    fn make_view(&self, database: &str, name: &str, body: &str) -> Result<(), String> {
        let lexed = lexer::lex(body, name).unwrap();
        assert!(lexed.holes.is_empty(), "a view has no values: {body}");
        let there = |name: &str| {
            let key = (database.to_owned(), name.to_owned());
            self.entries.lock().unwrap().contains_key(&key)
        };
        let shipped = Shipped::shipped().unwrap();
        let is_view = |name: &str| name == "exclusions" || shipped.view(name).is_some();
        let mut mentioned = lexed.relations.difference(&lexed.defined);
        if let Some(missing) = mentioned.find(|name| is_view(name) && !there(name)) {
            return Err(format!("TABLE_NOT_FOUND: Table '{database}.{missing}' does not exist"));
        }
        let key = (database.to_owned(), name.to_owned());
        if let Some(Entry::Table(_)) = self.entries.lock().unwrap().get(&key) {
            return Err(format!("Table already exists: 'awsdatacatalog.{database}.{name}'"));
        }
        let named = format!("{database}.{name}").parse().unwrap();
        self.add(&named, Entry::View(body.to_owned()));
        let mut views = self.views.lock().unwrap();
        views.retain(|known| known != name);
        views.push(name.to_owned());
        Ok(())
    }

    /// A statement with the views that it selects from in front of it.
    pub(super) fn expanded(&self, database: &str, statement: &str) -> String {
        let lexed = lexer::lex(statement, "statement").unwrap();
        let views = self.views.lock().unwrap();
        let mut mentioned = lexed.relations.difference(&lexed.defined);
        if !mentioned.any(|name| views.contains(name)) {
            return statement.to_owned();
        }
        let entries = self.entries.lock().unwrap();
        let body = |name: &String| match &entries[&(database.to_owned(), name.clone())] {
            Entry::View(body) => format!("{name} AS (\n{body}\n)"),
            Entry::Table(_) => panic!("{name} is a table"),
        };
        let all: Vec<_> = views.iter().map(body).collect();
        format!("WITH {}\n{statement}", all.join(",\n"))
    }

    pub(super) fn property(&self, name: &str, key: &str) -> String {
        let name: TableName = name.parse().unwrap();
        let entries = self.entries.lock().unwrap();
        match &entries[&(name.database().to_owned(), name.table().to_owned())] {
            Entry::Table(table) => table.properties[key].clone(),
            Entry::View(_) => panic!("{name} is a view"),
        }
    }

    /// The table that a statement reads: the one that it names whole, or else by its own name.
    pub(super) fn read_by(&self, statement: &str) -> Option<Arc<TableShape>> {
        let entries = self.entries.lock().unwrap();
        let tables = || {
            entries.values().filter_map(|entry| match entry {
                Entry::Table(table) => Some(table),
                Entry::View(_) => None,
            })
        };
        let whole = tables().find(|table| statement.contains(&table.name.to_string()));
        whole.or_else(|| tables().find(|table| statement.contains(table.name.table()))).cloned()
    }
}

/// As Athena hands on what Glue says.
fn not_found() -> String {
    "Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: \
     EntityNotFoundException; Request ID: 0; Proxy: null)"
        .to_owned()
}

/// What the catalogue says of it.
fn metadata(name: &str, entry: &Entry) -> Value {
    match entry {
        Entry::View(_) => json!({"Name": name, "TableType": "VIRTUAL_VIEW", "Columns": [
            {"Name": "eventname", "Type": "string"}, {"Name": "eventsource", "Type": "string"},
        ]}),
        Entry::Table(table) => of_table(name, table),
    }
}

/// A table by its statement.
pub(super) fn table(statement: &str) -> Arc<TableShape> {
    Arc::new(ddl::parse(statement, "statement").unwrap().table)
}

/// Why a statement may not read a table.
pub(super) fn refusal(table: &TableShape, statement: &str) -> Option<String> {
    let injected = table.partitions.iter().find(|partition| {
        let column = format!("\"{}\"", partition.name);
        let static_condition = [format!("{column} IN ('"), format!("{column} = '")];
        projection(table, &partition.name, "type") == Some("injected")
            && !static_condition.iter().any(|condition| statement.contains(condition))
    })?;
    Some(format!(
        "CONSTRAINT_VIOLATION: For the injected projected partition column {}, the WHERE clause \
         must contain only static equality conditions, and at least one such condition must be \
         present.",
        injected.name
    ))
}

/// Whether a projected table shows a log, whose address is one in S3: it lies where the template
/// says, in a folder of one of the values.
pub(super) fn shows(table: &TableShape, log: &Log) -> bool {
    let Some(template) = table.properties.get("storage.location.template") else {
        return table.location.as_ref().is_none_or(|location| log.address.starts_with(location));
    };
    let mut rest = log.address.as_str();
    let mut template = template.trim_end_matches('/');
    while let Some((literal, hole)) = template.split_once("${") {
        let Some(after) = rest.strip_prefix(literal) else { return false };
        let (name, next) = hole.split_once('}').unwrap();
        let folders = match projection(table, name, "format") {
            Some(format) => 1 + format.matches('/').count(),
            None => 1,
        };
        let end = after.match_indices('/').nth(folders - 1).map(|(at, _)| at).unwrap();
        let values = projection(table, name, "values")
            .filter(|_| projection(table, name, "type") == Some("enum"));
        if values.is_some_and(|values| !values.split(',').any(|value| value == &after[..end])) {
            return false;
        }
        (rest, template) = (&after[end..], next);
    }
    rest.starts_with(template)
}

fn projection<'a>(table: &'a TableShape, column: &str, what: &str) -> Option<&'a str> {
    table.properties.get(&format!("projection.{column}.{what}")).map(String::as_str)
}
