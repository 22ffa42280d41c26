//! Statements as people have them, and broken ones.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;

use super::*;
use crate::sql::ty::SqlType;

fn table(text: &str) -> TableShape {
    match parse(text, "t.sql") {
        Ok(ddl) => ddl.table,
        Err(error) => panic!("{text}\n{error}; {}", error.hint()),
    }
}

fn refused(text: &str) -> String {
    match parse(text, "t.sql") {
        Ok(ddl) => panic!("{text}\ngave {:?}", ddl.table),
        Err(error) => format!("{error}; {}", error.hint()),
    }
}

fn columns(table: &TableShape) -> Vec<String> {
    table.columns.iter().map(|column| format!("{} {}", column.name, column.ty)).collect()
}

#[test]
fn every_part_of_a_statement_is_read_or_passed() {
    let table = table(
        "-- the trail's table\n\
         create External TABLE IF NOT EXISTS `Audit`.`Trail-Logs`(\n\
           `eventVersion` string COMMENT 'from deserializer',\n\
           useridentity STRUCT< type:string, `arn` : string COMMENT 'it''s', ids: array<struct<a:string>> >,\n\
           /* numbers; all of them */\n\
           \"n1\" tinyint, n2 smallint, n3 int, n4 bigint, n5 float, n6 double,\n\
           n7 decimal, n8 decimal(5), n9 decimal(20,4),\n\
           b boolean, d date, t timestamp, x binary, v varchar(10), c char(2),\n\
           m map<string,array<int>>)\n\
         COMMENT \"all; of it\"\n\
         PARTITIONED BY (`date` string COMMENT 'the day', year int)\n\
         CLUSTERED BY (n1) INTO 4 BUCKETS\n\
         ROW FORMAT SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde'\n\
         WITH SERDEPROPERTIES ('paths'='a,b', 'x'='(')\n\
         STORED AS INPUTFORMAT 'in' OUTPUTFORMAT 'out'\n\
         LOCATION 's3://bucket/AWSLogs/'\n\
         TBLPROPERTIES ('Classification'='cloudtrail', 'a'='b\\'c');\n",
    );
    assert_eq!(table.name.to_string(), "\"awsdatacatalog\".\"audit\".\"trail-logs\"");
    assert_eq!(
        columns(&table),
        [
            "eventversion varchar",
            "useridentity row(type varchar, arn varchar, ids array(row(a varchar)))",
            "n1 tinyint",
            "n2 smallint",
            "n3 integer",
            "n4 bigint",
            "n5 real",
            "n6 double",
            "n7 decimal(10,0)",
            "n8 decimal(5,0)",
            "n9 decimal(20,4)",
            "b boolean",
            "d date",
            "t timestamp(3)",
            "x varbinary",
            "v varchar(10)",
            "c varchar(2)",
            "m map(varchar, array(integer))",
        ]
    );
    let partitions: Vec<_> = table.partitions.iter().map(|p| (p.name.as_str(), &p.ty)).collect();
    assert_eq!(partitions, [("date", &SqlType::VARCHAR), ("year", &SqlType::Integer)]);
    assert_eq!(table.serde.as_deref(), Some("com.amazon.emr.hive.serde.CloudTrailSerde"));
    assert_eq!(table.location.as_deref(), Some("s3://bucket/AWSLogs/"));
    assert_eq!(table.properties["classification"], "cloudtrail");
    assert_eq!(table.properties["a"], "b'c");
}

#[test]
fn the_first_table_counts_and_the_rest_is_named() {
    let text = "\u{feff}CREATE DATABASE audit;\nDROP TABLE IF EXISTS a;;\n\
                CREATE EXTERNAL TABLE a (x string)\nROW FORMAT DELIMITED FIELDS TERMINATED BY ','\n\
                STORED AS textfile;\n\
                ALTER TABLE a ADD PARTITION (x='1') LOCATION 's3://b/;/';\nMSCK REPAIR TABLE a;\n\
                CREATE EXTERNAL TABLE b (y string);\nSELECT 1";
    let ddl = parse(text, "t.sql").unwrap();
    assert_eq!(ddl.table.name.table(), "a");
    let ignored: Vec<_> =
        ddl.ignored.iter().map(|ignored| (ignored.line, ignored.begins.as_str())).collect();
    assert_eq!(
        ignored,
        [
            (1, "CREATE DATABASE"),
            (2, "DROP TABLE"),
            (6, "ALTER TABLE"),
            (7, "MSCK REPAIR"),
            (8, "CREATE EXTERNAL"),
            (9, "SELECT 1"),
        ]
    );
}

#[test]
fn names_come_in_every_form() {
    for (written, whole) in [
        ("logs", "\"awsdatacatalog\".\"default\".\"logs\""),
        ("Audit.Logs", "\"awsdatacatalog\".\"audit\".\"logs\""),
        ("`audit`.`logs`", "\"awsdatacatalog\".\"audit\".\"logs\""),
        ("`audit.logs`", "\"awsdatacatalog\".\"audit\".\"logs\""),
        ("\"audit\".\"logs\"", "\"awsdatacatalog\".\"audit\".\"logs\""),
        ("`c`.`audit`.`2026_logs`", "\"c\".\"audit\".\"2026_logs\""),
    ] {
        let table = table(&format!("CREATE TABLE {written} (a string)"));
        assert_eq!(table.name.to_string(), whole);
    }
}

#[test]
fn mistakes_have_a_place_and_a_remedy() {
    for (text, message) in [
        (
            "",
            "t.sql:1:1: there is no CREATE EXTERNAL TABLE in it; Save what `SHOW CREATE TABLE your_table` prints in Athena.",
        ),
        ("\nSELECT 1", "t.sql:2:1: there is no CREATE EXTERNAL TABLE in it; Save what"),
        (
            "CREATE EXTERNAL VIEW x",
            "t.sql:1:17: TABLE has to be here, not 'VIEW'; Write CREATE EXTERNAL TABLE name (...).",
        ),
        (
            "CREATE TABLE IF EXISTS x (a string)",
            "t.sql:1:17: NOT has to be here, not 'EXISTS'; Write IF NOT EXISTS.",
        ),
        (
            "CREATE TABLE x AS SELECT 1",
            "t.sql:1:16: the columns have to be here, in parentheses; Save what",
        ),
        ("CREATE TABLE a.b.c.d (x string)", "t.sql:1:14: this is no name of a table; "),
        ("CREATE TABLE (x string)", "t.sql:1:14: the table's name has to be here, not '('; "),
        ("CREATE TABLE x ()", "t.sql:1:17: a column has to be here, not ')'; "),
        ("CREATE TABLE x (a string,)", "t.sql:1:26: a column has to be here, not ')'; "),
        (
            "CREATE TABLE x (a string\n b string)",
            "t.sql:2:2: ',' or ')' has to be here, not 'b'; Columns read: (name type, name type).",
        ),
        ("CREATE TABLE x (a strin)", "t.sql:1:19: 'strin' is no type of Hive's; Write string."),
        (
            "CREATE TABLE x (a row(b varchar))",
            "t.sql:1:19: 'row' is no type of Hive's; Write struct<name:type>.",
        ),
        (
            "CREATE TABLE x (a varchar)",
            "t.sql:1:26: '(' has to be here, not ')'; Write varchar(100), or string.",
        ),
        (
            "CREATE TABLE x (a decimal(40,2))",
            "t.sql:1:26: a decimal has 1 to 38 digits, and no more after the point; Write decimal(10,2).",
        ),
        ("CREATE TABLE x (a decimal(2,3))", "t.sql:1:26: a decimal has"),
        (
            "CREATE TABLE x (a struct<b string>)",
            "t.sql:1:28: ':' has to be here, not 'string'; Structs read: struct<name:type,name:type>.",
        ),
        (
            "CREATE TABLE x (a struct<b:string,B:int>)",
            "t.sql:1:35: field 'b' is there twice; Take one away.",
        ),
        (
            "CREATE TABLE x (a map<int,string>)",
            "t.sql:1:23: the keys of JSON objects are texts; Maps read: map<string,type>.",
        ),
        (
            "CREATE TABLE x (a array<string)",
            "t.sql:1:31: '>' has to be here, not ')'; Arrays read: array<type>.",
        ),
        (
            "CREATE TABLE x (a string, A int)",
            "t.sql:1:27: column 'A' is there twice; Take one away; a partition",
        ),
        (
            "CREATE TABLE x (a string)\nPARTITIONED BY (b string, a string)",
            "t.sql:2:27: column 'a' is there twice",
        ),
        (
            "CREATE TABLE x (a string) PARTITIONED BY (region)",
            "t.sql:1:49: a type has to be here, not ')'; Write string if you are not sure.",
        ),
        (
            "CREATE TABLE x (a string) PARTITION BY (b string)",
            "t.sql:1:27: 'PARTITION' is no part of a table; Did you mean PARTITIONED?",
        ),
        (
            "CREATE TABLE x (a string) ALTER TABLE x",
            "t.sql:1:27: 'ALTER' is no part of a table; There may be COMMENT, ",
        ),
        (
            "CREATE TABLE x (a string) AS SELECT 1",
            "t.sql:1:27: a table made from another one is not read; ",
        ),
        (
            "CREATE TABLE x (a string) LOCATION s3",
            "t.sql:1:36: the location has to be here, not 's3'; Write it in single quotes.",
        ),
        (
            "CREATE TABLE x (a string) LOCATION 'a' LOCATION 'b'",
            "t.sql:1:40: LOCATION is there twice; Take one away.",
        ),
        (
            "CREATE TABLE x (a string) TBLPROPERTIES ('a':'b')",
            "t.sql:1:45: '=' has to be here, not ':'; Properties read:",
        ),
        (
            "CREATE TABLE x (a string) TBLPROPERTIES ('a'='b','A'='c')",
            "t.sql:1:50: property 'a' is there twice; Take one away.",
        ),
        (
            "CREATE TABLE x (a string) CLUSTERED BY (a",
            "t.sql:1:42: ')' has to be here, not the end; Close the parenthesis.",
        ),
        (
            "CREATE TABLE x (a string) COMMENT 'open",
            "t.sql:1:35: the text that begins here is not closed; Close it.",
        ),
        (
            "CREATE TABLE `x (a string)",
            "t.sql:1:14: the name that begins here is not closed; Close it.",
        ),
        (
            "CREATE TABLE x (a string) /* open",
            "t.sql:1:27: the comment that begins here is not closed; Close it.",
        ),
    ] {
        let refused = refused(text);
        assert!(refused.starts_with(message), "{text}\n{refused}");
    }
}

#[test]
fn projection_has_to_be_complete() {
    let table = |columns: &str, properties: &str| {
        refused(&format!(
            "CREATE EXTERNAL TABLE x (a string)\nPARTITIONED BY ({columns})\n\
             TBLPROPERTIES ('projection.enabled'='true',\n{properties})"
        ))
    };
    const DAY: &str = "'projection.d.type'='date','projection.d.range'='2020/01/01,NOW','projection.d.format'='yyyy/MM/dd'";
    for (columns, properties, message) in [
        (
            "r string",
            "'a'='b'",
            "t.sql:2:17: partition projection is on, but column 'r' has no property 'projection.r.type'; Add 'projection.r.type'='enum' to TBLPROPERTIES.",
        ),
        (
            "r string",
            "'projection.r.type'='list'",
            "t.sql:2:17: 'projection.r.type' is 'list'; Write enum, integer, date or injected.",
        ),
        (
            "r string",
            "'projection.r.type'='enum'",
            "t.sql:2:17: partition projection is on, but column 'r' has no property 'projection.r.values'",
        ),
        (
            "r int",
            "'projection.r.type'='injected'",
            "t.sql:2:17: column 'r' is injected, and no text; Declare it in PARTITIONED BY as: r string.",
        ),
        (
            "y int",
            "'projection.y.type'='integer'",
            "t.sql:2:17: partition projection is on, but column 'y' has no property 'projection.y.range'",
        ),
        (
            "y int",
            "'projection.y.type'='integer','projection.y.range'='1,2','projection.y.digits'='two'",
            "t.sql:2:17: 'projection.y.digits' is no number",
        ),
        (
            "d string",
            "'projection.d.type'='date','projection.d.range'='2020,NOW'",
            "t.sql:2:17: partition projection is on, but column 'd' has no property 'projection.d.format'; Add 'projection.d.format'='yyyy/MM/dd' to",
        ),
        (
            "d string",
            "'projection.d.type'='date','projection.d.range'='2020,NOW','projection.d.format'='YYYY'",
            "t.sql:2:17: 'projection.d.format' cannot be 'YYYY': 'YYYY' in it is none of yyyy",
        ),
        ("d string", &format!("{DAY},'storage.location.template'='s3://b/${{day}}'"), "t.sql:4:"),
        (
            "d string",
            &format!("{DAY},'storage.location.template'='s3://b/${{day}}'"),
            "has a hole for 'day', which is no partition column; Holes are ${column}, of",
        ),
        (
            "d string",
            &format!("{DAY},'storage.location.template'='s3://b/'"),
            "has no hole for column 'd'; Put ${d} where the folder of that name is.",
        ),
        (
            "d string",
            &format!("{DAY},'storage.location.template'='s3://b/${{d'"),
            "has a ${ without a }: s3://b/${d; Close it.",
        ),
    ] {
        let refused = table(columns, properties);
        assert!(refused.contains(message), "{properties}\n{refused}");
    }
}

#[test]
fn no_nesting_is_too_deep_to_be_refused() {
    for text in ["array<", "struct<a:", "map<string,"] {
        let deep = text.repeat(100_000);
        assert!(refused(&format!("CREATE TABLE x (a {deep}")).contains("nested more than 32 deep"));
        assert!(column_type(&deep).is_err());
    }
    let table = table(&format!("CREATE TABLE x (a {}int{})", "array<".repeat(32), ">".repeat(32)));
    assert!(columns(&table)[0].ends_with("array(integer))))))))))))))))))))))))))))))))"));
}

#[test]
fn catalogues_write_types_alone() {
    let ty = column_type("struct<type:string,at:timestamp>").unwrap();
    assert_eq!(ty.to_string(), "row(type varchar, at timestamp(3))");
    assert_eq!(
        column_type("array<strng>").unwrap_err(),
        "array<strng>:7: 'strng' is no type of Hive's; Write string."
    );
    assert!(column_type("int int").is_err());
}

proptest! {
    /// Any text is a table or an error with a place in it.
    #[test]
    fn no_text_is_too_odd(text in "[a-z`'\"(),.;<>:=*/ \n\\\\é-]{0,80}") {
        for start in ["", "CREATE TABLE x (", "CREATE TABLE x (a string) TBLPROPERTIES ('"] {
            let text = format!("{start}{text}");
            if let Err(DdlError::Text { line, column, .. }) = parse(&text, "t.sql") {
                let there = text.split('\n').nth(usize::try_from(line - 1).unwrap());
                let length = there.unwrap().chars().count() as u64;
                prop_assert!((1..=length + 1).contains(&column), "{text:?} {line}:{column}");
            }
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = read(Path::new("no/such.sql")).unwrap_err();
    assert!(error.to_string().starts_with("cannot read no/such.sql: "), "{error}");
}
