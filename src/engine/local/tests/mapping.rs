//! Records to columns.

use super::*;

/// The rows of one expression over records.
async fn column(records: &str, expression: &str) -> Vec<String> {
    let sql = format!("SELECT {expression} FROM cloudtrail");
    Archive::of(records).query(&sql).await.lines()
}

#[tokio::test]
async fn the_columns_are_those_of_the_ddl() {
    let answer = Archive::new().query("SELECT * FROM cloudtrail").await;
    assert_eq!(
        answer.columns.join(" "),
        "eventversion useridentity eventtime eventsource eventname awsregion sourceipaddress \
         useragent errorcode errormessage requestparameters responseelements additionaleventdata \
         requestid eventid readonly resources eventtype apiversion recipientaccountid \
         serviceeventdetails sharedeventid vpcendpointid vpcendpointaccountid eventcategory \
         addendum sessioncredentialfromconsole edgedevicedetails tlsdetails account region day"
    );
    assert!(answer.rows.is_empty());
}

#[tokio::test]
async fn text_columns_take_any_value_as_text() {
    for (value, text) in [
        (r#""x""#, "x"),
        (r#""""#, ""),
        (r#""a\"b\\\n\u00e9\ud83d\ude00""#, "a\"b\\\n\u{e9}\u{1f600}"),
        (r#""\ud800 half""#, "? half"),
        ("12", "12"),
        ("-1.50e+3", "-1.50e+3"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("true", "true"),
        ("false", "false"),
        ("null", "-"),
        (
            r#"{ "B" : 1.10, "a" : [ 1 , "x  y" ], "a": null }"#,
            r#"{"B":1.10,"a":[1,"x  y"],"a":null}"#,
        ),
        ("[ ]", "[]"),
        ("{}", "{}"),
    ] {
        let record = format!(r#"{{"eventName":"A","requestParameters":{value}}}"#);
        assert_eq!(column(&record, "requestparameters").await, [text]);
    }
}

#[tokio::test]
async fn keys_match_in_any_case_and_the_last_one_counts() {
    let records = r#"{"EVENTNAME":"a","eventName":"b","other":{"eventName":"c"}},
        {"eventname":"d","eventname":null},
        {"event\u004eame":"e"}"#;
    assert_eq!(column(records, "eventname").await, ["b", "-", "e"]);
    let records = r#"{"eventName":"","userIdentity":{"ARN":"a","arn":"b","userName":"u"}}"#;
    let sql = "useridentity.arn, useridentity.username, useridentity.type";
    assert_eq!(column(records, sql).await, ["b|u|-"]);
}

#[tokio::test]
async fn row_columns_are_null_unless_they_are_objects() {
    let records = r#"{"eventName":"1","tlsDetails":{"tlsVersion":"v","cipherSuite":7}},
        {"eventName":"2","tlsDetails":"text"},
        {"eventName":"3","tlsDetails":[1]},
        {"eventName":"4","tlsDetails":null},
        {"eventName":"5"},
        {"eventName":"6","tlsDetails":{}}"#;
    let rows = column(records, "eventname, tlsdetails").await;
    let value = |version, suite| {
        format!("{{tlsversion={version}, ciphersuite={suite}, clientprovidedhostheader=null}}")
    };
    assert_eq!(
        rows,
        [
            format!("1|{}", value("v", "7")),
            "2|-".to_owned(),
            "3|-".to_owned(),
            "4|-".to_owned(),
            "5|-".to_owned(),
            format!("6|{}", value("null", "null")),
        ]
    );
}

#[tokio::test]
async fn nested_rows_maps_and_lists() {
    let records = r#"{"eventName":"1","userIdentity":{"sessionContext":{
        "attributes":{"mfaAuthenticated":"true"},"sessionIssuer":{"userName":"role"},
        "webIdFederationData":{"federatedProvider":"p",
            "attributes":{"Key":"v","n":1,"Key":"w","o":{"a": 1}}}}},
        "resources":[{"ARN":"a","accountId":"1","type":"T"},7,{}]},
        {"eventName":"2","userIdentity":{"sessionContext":{"attributes":5}},"resources":{}}"#;
    let session = "useridentity.sessioncontext";
    let rows = column(
        records,
        &format!(
            "{session}.attributes.mfaauthenticated, {session}.sessionissuer.username, \
             {session}.webidfederationdata.attributes, resources"
        ),
    )
    .await;
    assert_eq!(
        rows,
        [
            "true|role|{Key=w, n=1, o={\"a\":1}}|[{arn=a, accountid=1, type=T}, null, \
             {arn=null, accountid=null, type=null}]",
            "-|-|-|-",
        ]
    );
}

#[tokio::test]
async fn rows_and_lists_are_reached_into() {
    let records = r#"{"eventName":"1","resources":[{"ARN":"a"},{"ARN":"b"}],
        "userIdentity":{"sessionContext":{"webIdFederationData":{"attributes":{"k":"v"}}}}},
        {"eventName":"2","resources":[]}"#;
    let map = "useridentity.sessioncontext.webidfederationdata.attributes";
    let sql = format!(
        "element_at(resources, 1).arn, TRY(resources[2].arn), cardinality(resources), \
         element_at({map}, 'k'), c.useridentity.sessioncontext.ec2roledelivery"
    );
    let sql = format!("SELECT {sql} FROM cloudtrail c");
    let answer = Archive::of(records).query(&sql).await;
    assert_eq!(answer.lines(), ["a|b|2|v|-", "-|-|0|-|-"]);
}

#[tokio::test]
async fn the_place_comes_from_the_folder_else_from_the_record() {
    let mut archive = Archive::new();
    let record = r#"{"Records":[{"eventName":"A","eventTime":"2026-01-31T23:59:59Z",
        "awsRegion":"us-east-1","recipientAccountId":"222222222222",
        "userIdentity":{"accountId":"333333333333"}}]}"#;
    let folder = "AWSLogs/o-1/111111111111/CloudTrail/eu-west-1/2026/02/01";
    archive.add(&format!("{folder}/a.json.gz"), record);
    archive.add("b.json", record);
    archive.add(
        "c.json",
        r#"[{"eventName":"A","userIdentity":{"AccountId":"333333333333"},"eventTime":"soon"}]"#,
    );
    let sql = "SELECT account, region, day, substr(\"$path\", strpos(\"$path\", '/AWSLogs')) \
               FROM cloudtrail ORDER BY \"$path\"";
    let mut lines = archive.query(sql).await.lines();
    lines.sort();
    assert_eq!(lines[0], format!("111111111111|eu-west-1|2026/02/01|/{folder}/a.json.gz"));
    assert!(lines[1].starts_with("222222222222|us-east-1|2026/01/31|"));
    assert!(lines[2].starts_with("333333333333|-|-|"));
}

#[tokio::test]
async fn a_column_alone_reads_as_among_all() {
    let records = r#"{"eventName":"A","userIdentity":{"arn":"x"},"requestParameters":{"a":1}},
        {"eventName":"B","resources":[]}"#;
    let archive = Archive::of(records);
    let all = archive.query("SELECT * FROM cloudtrail").await;
    for (at, name) in all.columns.iter().enumerate() {
        let alone = archive.query(&format!("SELECT \"{name}\" FROM cloudtrail")).await;
        let among: Vec<Row> = all.rows.iter().map(|row| vec![row[at].clone()]).collect();
        assert_eq!(alone.rows, among, "{name}");
    }
}
