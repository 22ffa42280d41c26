//! How a query comes together.

use super::*;
use crate::query::catalogue::Catalogue;

fn assembler(files: &[(&str, &str)]) -> Assembler {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(format!("{name}.sql"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let catalogue = Catalogue::shipped().unwrap().with_folder(folder.path()).unwrap();
    let table = TableShape::cloudtrail(Some("base".parse().unwrap()));
    Assembler::new(catalogue, table.into(), "SELECT 'x' AS name")
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn sql(assembler: &Assembler, text: &str) -> String {
    assembler.text("--sql", text, &values(&[]), Arc::default()).unwrap().sql
}

#[test]
fn follows_views_and_puts_cloudtrail_first() {
    let views = assembler(&[
        ("views/a", "-- name: a\nSELECT eventid AS b FROM cloudtrail"),
        ("views/z", "-- name: z\n-- column: b The id.\nSELECT b FROM a, exclusions;"),
    ]);
    let bound = views.named("z", &values(&[]), Arc::default()).unwrap();
    let at = |text: &str| bound.sql.find(text).unwrap();
    assert!(bound.sql.starts_with("WITH cloudtrail AS (\nSELECT eventversion, "));
    assert!(at("cloudtrail AS (") < at("a AS (") && at("a AS (") < at("\nz AS ("));
    assert!(at("exclusions AS (") < at("\nz AS ("));
    assert!(bound.sql.ends_with("\nSELECT * FROM z\n"), "{}", bound.sql);
    assert!(!bound.sql.contains(';'));
}

#[test]
fn a_querys_own_with_list_goes_on_and_hides_views() {
    let views = assembler(&[("views/a", "-- name: a\nSELECT 1 AS x FROM cloudtrail")]);
    let text = sql(&views, "WITH q AS (SELECT x FROM a) SELECT * FROM q");
    assert!(text.ends_with(")\n,    q AS (SELECT x FROM a) SELECT * FROM q\n"), "{text}");
    let hidden = sql(&views, "WITH a AS (SELECT 1 AS x) SELECT * FROM a");
    assert_eq!(hidden, "WITH a AS (SELECT 1 AS x) SELECT * FROM a\n");
    let recursive = "WITH RECURSIVE t(n) AS (SELECT x FROM a) SELECT n FROM t";
    let refused = views.text("--sql", recursive, &values(&[]), Arc::default()).unwrap_err();
    assert!(refused.to_string().contains("'cloudtrail'"), "{refused}");
    let own = "WITH RECURSIVE t(n) AS (SELECT 1) SELECT n FROM t, x.base";
    assert_eq!(sql(&views, own), format!("{own}\n"));
}

#[test]
fn two_relations_of_one_name_are_refused() {
    let views = assembler(&[
        ("views/a", "-- name: a\nSELECT x FROM b"),
        ("views/b", "-- name: b\nWITH c AS (SELECT 1 AS x) SELECT x FROM c"),
        ("views/c", "-- name: c\nSELECT 2 AS x"),
        ("views/d", "-- name: d\nSELECT 3 AS x FROM cloudtrail"),
    ]);
    let refused = |text: &str| {
        views.text("--sql", text, &values(&[]), Arc::default()).unwrap_err().to_string()
    };
    assert!(
        refused("WITH b AS (SELECT 1 AS x) SELECT * FROM a, b").starts_with("--sql defines 'b'")
    );
    assert!(refused("SELECT * FROM b, c").contains("b.sql defines 'c'"));
    assert!(
        refused("WITH cloudtrail AS (SELECT * FROM cloudtrail) SELECT * FROM cloudtrail, d")
            .contains("'cloudtrail'")
    );
}

#[test]
fn a_column_with_the_name_of_a_view_is_no_view() {
    let views = assembler(&[
        ("views/role", "-- name: role\nSELECT role FROM names"),
        ("views/names", "-- name: names\nSELECT role FROM cloudtrail"),
    ]);
    assert!(views.named("role", &values(&[]), Arc::default()).is_ok());
}

#[test]
fn the_users_own_table_keeps_its_name() {
    let views = |name: &str| Assembler {
        table: {
            let text = format!("CREATE TABLE {name} (eventid string)");
            Arc::new(crate::table::ddl::parse(&text, "t.sql").unwrap().table)
        },
        ..assembler(&[("views/a", "-- name: a\nSELECT eventid FROM cloudtrail")])
    };
    for (name, text) in [
        ("cloudtrail", "SELECT * FROM cloudtrail"),
        ("a", "SELECT * FROM a"),
        ("logs", "SELECT * FROM logs, x.a, awsdatacatalog.x.cloudtrail"),
        ("logs", "WITH cloudtrail AS (SELECT * FROM logs) SELECT * FROM cloudtrail"),
        ("cloudtrail", "WITH cloudtrail AS (SELECT 1 FROM cloudtrail) TABLE cloudtrail"),
    ] {
        assert_eq!(sql(&views(name), text), format!("{text}\n"));
    }
    let both = "SELECT * FROM cloudtrail, a";
    let refused = views("x.cloudtrail").text("--sql", both, &values(&[]), Arc::default());
    assert_eq!(
        refused.unwrap_err().hint().unwrap(),
        "Write \"awsdatacatalog\".\"x\".\"cloudtrail\" for the table."
    );
    assert!(sql(&views("logs"), both).contains("FROM \"awsdatacatalog\".\"default\".\"logs\"\n"));
    let named = views("cloudtrail").named("a", &values(&[]), Arc::default()).unwrap();
    assert!(named.sql.starts_with("WITH cloudtrail AS ("));
}

#[test]
fn the_hidden_path_is_there_when_asked_for() {
    let plain = assembler(&[("views/p", "-- name: p\nSELECT \"$path\" FROM cloudtrail")]);
    assert!(sql(&plain, "SELECT * FROM p").contains("\"$path\", \"$path\" AS log_file"));
    assert!(!sql(&plain, "SELECT * FROM cloudtrail").contains("\"$path\", "));
    assert!(
        sql(&plain, "SELECT \"$path\" FROM cloudtrail")
            .contains("\"$path\", \"$path\" AS log_file")
    );
}

#[test]
fn values_become_literals_and_mistakes_say_what_to_do() {
    let query = "-- name: q\n-- param: who text The person.\n-- param: n integer default=5 How many.\n\
                 SELECT * FROM cloudtrail WHERE a = :who LIMIT :n";
    let queries = assembler(&[("queries/q", query)]);
    let named = |pairs| queries.named("q", &values(pairs), Arc::default());
    let bound = named(&[("who", "O'Hara")]).unwrap();
    assert!(bound.sql.contains("a = 'O''Hara' LIMIT 5"), "{}", bound.sql);
    let refused = |pairs| {
        let refused = named(pairs).unwrap_err();
        format!("{refused} | {}", refused.hint().unwrap())
    };
    assert!(
        refused(&[])
            .ends_with("q: parameter 'who' has no value | Give one: --param who=... The person.")
    );
    assert!(refused(&[("who", "a"), ("n", "ten")]).contains("Give a whole number"));
    assert_eq!(
        refused(&[("who", "a"), ("whom", "b")]),
        "q: no parameter is called 'whom' | Its parameters are: n, who."
    );
}

#[test]
fn an_error_line_leads_back_to_its_file() {
    let views = assembler(&[("views/a", "-- name: a\nSELECT\n  oops\nFROM cloudtrail")]);
    let bound =
        views.text("--sql", "SELECT 1,\n  wrong FROM a", &values(&[]), Arc::default()).unwrap();
    let line_of =
        |text: &str| 1 + bound.sql[..bound.sql.find(text).unwrap()].matches('\n').count() as u64;
    let (file, line, column) = bound.written_at(line_of("oops"), 3).unwrap();
    assert!(file.ends_with("a.sql"));
    assert_eq!((line, column), (3, 3));
    assert_eq!(bound.written_at(line_of("wrong"), 3), Some(("--sql", 2, 3)));
}

#[test]
fn a_place_behind_a_value_leads_back_to_where_it_was_written() {
    let text = "SELECT\n  :a, wrong, :long_name, wrong";
    let given = values(&[("a", "a text"), ("long_name", "")]);
    let bound = assembler(&[]).text("--sql", text, &given, Arc::default()).unwrap();
    let line = bound.sql.lines().nth(1).unwrap();
    assert_eq!(line, "  'a text', wrong, '', wrong");
    let written = |column| bound.written_at(2, column).unwrap().2;
    let wrong = |text: &str| text.find("wrong").unwrap() as u64 + 1;
    let last = |text: &str| text.rfind("wrong").unwrap() as u64 + 1;
    let second = text.lines().nth(1).unwrap();
    assert_eq!(written(1), 1);
    assert_eq!(written(5), 3);
    assert_eq!(written(wrong(line)), wrong(second));
    assert_eq!(written(last(line)), last(second));
}

#[test]
fn circles_are_found() {
    let views = assembler(&[
        ("views/a", "-- name: a\nSELECT * FROM b"),
        ("views/b", "-- name: b\nSELECT * FROM a"),
    ]);
    let circle = views.named("a", &values(&[]), Arc::default()).unwrap_err();
    assert_eq!(circle.to_string(), "views select from each other: a -> b -> a");
}
