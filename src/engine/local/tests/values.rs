//! Values in results, and functions called from SQL.

use super::*;

#[tokio::test]
async fn values_are_written_as_athena_writes_them() {
    let archive = Archive::new();
    for (sql, text) in [
        ("'a\"b'", "a\"b"),
        ("''", ""),
        ("42", "42"),
        ("1.50", "1.50"),
        ("1.5e0", "1.5"),
        ("1e7", "1.0E7"),
        ("true", "true"),
        ("NULL", "-"),
        ("DATE '2026-01-02'", "2026-01-02"),
        ("TIMESTAMP '2026-01-02 03:04:05'", "2026-01-02 03:04:05.000"),
        ("X'3132ff'", "31 32 ff"),
        ("ARRAY[1, NULL, 2]", "[1, null, 2]"),
        ("ARRAY['a', 'b c']", "[a, b c]"),
    ] {
        let answer = archive.query(&format!("SELECT {sql}")).await;
        assert_eq!(answer.lines(), [text], "{sql}");
    }
}

#[tokio::test]
async fn output_names_are_athenas() {
    let archive = Archive::of(r#"{"eventName":"A","userIdentity":{"arn":"x"}}"#);
    let sql = "SELECT eventName, userIdentity.arn, count(*), lower(eventname) AS Low \
               FROM cloudtrail GROUP BY 1, 2, 4";
    let answer = archive.query(sql).await;
    assert_eq!(answer.columns, ["eventName", "arn", "_col2", "Low"]);
    assert_eq!(answer.lines(), ["A|x|1|a"]);
}
