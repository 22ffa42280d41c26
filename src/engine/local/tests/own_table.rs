//! Tables of other shapes than the shipped one.

use std::sync::Arc;

use super::*;
use crate::table::ddl;

/// An engine for the table of a statement.
fn engine(ddl: &str) -> LocalEngine {
    let table = ddl::parse(ddl, "t.sql").unwrap().table;
    LocalEngine::new().with_partitions(2).with_table(Arc::new(table))
}

#[tokio::test]
async fn columns_have_their_own_types() {
    let engine = engine(
        "CREATE EXTERNAL TABLE t (
           eventname string, readonly boolean, small tinyint, whole int, large bigint, part double,
           exact decimal(6,2), at timestamp, day date, code varchar(3),
           requestparameters struct<count:int,tags:array<string>>, sizes map<string,bigint>,
           matrix array<array<int>>, nothere string)",
    );
    let archive = Archive::of(
        r#"{"eventName":"A","readOnly":true,"small":-7,"whole":"12","large":9007199254740993,
            "part":2.5e3,"exact":12.345,"at":"2026-11-23T09:00:00Z","day":"2026-11-23","code":"abc",
            "requestParameters":{"Count":3,"tags":["x",null,{"a": 1}]},"sizes":{"A":1,"b":"x"},
            "matrix":[[1,2],[],null]},
           {"eventName":"B","readOnly":"false","small":300,"whole":1.5,"large":"many","part":"NaN",
            "exact":null,"at":"2026-11-23 09:00:00.123","day":"soon","requestParameters":"text",
            "sizes":[1],"matrix":{}}"#,
    );
    let answer = archive.query_on(&engine, "SELECT *, \"$path\" FROM t ORDER BY eventname").await;
    assert_eq!(
        answer.lines(),
        [
            "A|true|-7|12|9007199254740993|2500.0|12.35|2026-11-23 09:00:00.000|2026-11-23|abc|\
             {count=3, tags=[x, null, {\"a\":1}]}|{A=1, b=null}|[[1, 2], [], null]|-|",
            "B|false|-|-|-|NaN|-|2026-11-23 09:00:00.123|-|-|-|-|-|-|",
        ]
        .map(|line| format!("{line}{}", archive.logs[0].address))
    );
}

#[tokio::test]
async fn logs_are_chosen_by_the_tables_own_partitions() {
    let engine = engine(
        "CREATE EXTERNAL TABLE t (eventname string)
         PARTITIONED BY (acct string, area string, year int, month int, dt date)
         TBLPROPERTIES ('projection.enabled'='true',
           'projection.acct.type'='injected',
           'projection.area.type'='enum', 'projection.area.values'='eu-west-1,us-east-1',
           'projection.year.type'='integer', 'projection.year.range'='2020,2040',
           'projection.month.type'='integer', 'projection.month.range'='1,12',
           'projection.month.digits'='2',
           'projection.dt.type'='date', 'projection.dt.range'='2020,NOW',
           'projection.dt.format'='yyyy/MM/dd',
           'storage.location.template'='s3://b/${year}-${month}/${acct}/CloudTrail/${area}/${dt}')",
    );
    let mut archive = Archive::new();
    for month in ["2026-01", "2026-02"] {
        for area in ["eu-west-1", "us-east-1"] {
            archive.add(
                &format!(
                    "{month}/111111111111/CloudTrail/{area}/{}/03/x.json",
                    month.replace('-', "/")
                ),
                r#"[{"eventName":"A","recipientAccountId":"999999999999"}]"#,
            );
        }
    }
    archive.add(
        "loose.json",
        r#"[{"eventName":"B","recipientAccountId":"222222222222","awsRegion":"eu-west-1",
            "eventTime":"2026-02-03T00:00:00Z"}]"#,
    );
    for (condition, rows, opened) in [
        ("true", 5, 5),
        ("acct = '111111111111'", 4, 5),
        ("area = 'us-east-1'", 2, 3),
        ("month = 2", 3, 3),
        ("year = 2026 AND month = 1 AND area = 'eu-west-1'", 1, 2),
        ("year < 2026", 0, 1),
        ("dt = DATE '2026-02-03'", 3, 3),
        ("dt > DATE '2026-02-03'", 0, 1),
    ] {
        let sql = format!("SELECT eventname FROM t WHERE {condition}");
        let answer = archive.query_on(&engine, &sql).await;
        assert_eq!((answer.rows.len(), answer.logs_read()), (rows, opened), "{condition}");
    }
    let sql = "SELECT acct, area, year, month, dt FROM t WHERE eventname = 'B'";
    let answer = archive.query_on(&engine, sql).await;
    assert_eq!(answer.lines(), ["222222222222|eu-west-1|2026|2|2026-02-03"]);
}

#[tokio::test]
async fn a_table_has_the_name_that_its_owner_gave() {
    let archive = Archive::of(r#"{"eventName":"A"}"#);
    let engine = engine("CREATE EXTERNAL TABLE audit.logs (eventname string)");
    for name in ["logs", "audit.logs", "awsdatacatalog.audit.logs", "\"audit\".\"logs\""] {
        let answer = archive.query_on(&engine, &format!("SELECT eventname FROM {name}")).await;
        assert_eq!(answer.lines(), ["A"], "{name}");
    }
    let query = archive.bound("SELECT eventname FROM other.logs");
    assert!(engine.rows(&query).await.is_err());
}

#[tokio::test]
async fn rows_may_be_of_any_width() {
    let columns: Vec<String> = (0..200).map(|at| format!("c{at} string")).collect();
    let fields: Vec<String> = (0..200).map(|at| format!("f{at}:string")).collect();
    let engine = engine(&format!(
        "CREATE EXTERNAL TABLE t ({}, r struct<{}>)",
        columns.join(", "),
        fields.join(",")
    ));
    let archive = Archive::of(r#"{"c199":"x","c0":"y","r":{"f199":"z","f0":1}}"#);
    let answer = archive.query_on(&engine, "SELECT c0, c199, r.f0, r.f199, c1 FROM t").await;
    assert_eq!(answer.lines(), ["y|x|1|z|-"]);
}
