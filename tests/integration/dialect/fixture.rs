//! The table `cloudtrail`, from `tests/dialect/records.json`, on both engines.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use clickops::logs::{Log, LogKey, dir};
use serde_json::Value;

use super::case::Outcome;
use super::server::Server;
use crate::program::project;

/// What `"$path"` says in Trino's copy.
pub(super) const PATH: &str = "records.json";

/// What a column holds, as in the DDL for Athena.
enum Shape {
    Text,
    Row(Vec<(&'static str, Shape)>),
    Rows(Vec<(&'static str, Shape)>),
    Map,
}

use Shape::{Map, Row, Rows, Text};

/// Columns of which all are text.
fn texts<const N: usize>(names: [&'static str; N]) -> Vec<(&'static str, Shape)> {
    names.map(|name| (name, Text)).into()
}

fn columns() -> Vec<(&'static str, Shape)> {
    let issuer = texts(["type", "principalid", "arn", "accountid", "username"]);
    let web = vec![("federatedprovider", Text), ("attributes", Map)];
    let session = vec![
        ("attributes", Row(texts(["mfaauthenticated", "creationdate"]))),
        ("sessionissuer", Row(issuer)),
        ("ec2roledelivery", Text),
        ("webidfederationdata", Row(web)),
    ];
    let mut identity =
        texts(["type", "principalid", "arn", "accountid", "invokedby", "accesskeyid", "username"]);
    identity.push(("onbehalfof", Row(texts(["userid", "identitystorearn"]))));
    identity.push(("sessioncontext", Row(session)));

    let mut columns = vec![("eventversion", Text), ("useridentity", Row(identity))];
    columns.extend(texts([
        "eventtime",
        "eventsource",
        "eventname",
        "awsregion",
        "sourceipaddress",
        "useragent",
        "errorcode",
        "errormessage",
        "requestparameters",
        "responseelements",
        "additionaleventdata",
        "requestid",
        "eventid",
        "readonly",
    ]));
    columns.push(("resources", Rows(texts(["arn", "accountid", "type"]))));
    columns.extend(texts([
        "eventtype",
        "apiversion",
        "recipientaccountid",
        "serviceeventdetails",
        "sharedeventid",
        "vpcendpointid",
        "vpcendpointaccountid",
        "eventcategory",
    ]));
    let addendum = ["reason", "updatedfields", "originalrequestid", "originaleventid"];
    columns.push(("addendum", Row(texts(addendum))));
    columns.extend(texts(["sessioncredentialfromconsole", "edgedevicedetails"]));
    let tls = ["tlsversion", "ciphersuite", "clientprovidedhostheader"];
    columns.push(("tlsdetails", Row(texts(tls))));
    columns
}

/// The log, for the embedded engine.
pub(super) fn logs() -> Arc<[Log]> {
    dir::list(&project("tests/dialect/records.json")).unwrap().logs.into()
}

/// Makes the tables on the server, unless they are there already: `records` with the hidden
/// column `"$path"`, which the memory connector does not hide, and `cloudtrail` without it.
pub(super) fn load(server: &Server) {
    static LOADED: OnceLock<()> = OnceLock::new();
    LOADED.get_or_init(|| {
        let own = columns().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
        let mut statements = table("records", &project("tests/dialect/records.json"));
        statements.push("DROP TABLE IF EXISTS cloudtrail".to_owned());
        statements.push(format!(
            "CREATE TABLE cloudtrail AS SELECT {own}, account, region, day FROM records"
        ));
        make_once(server, &statements);
    });
}

/// Makes a table of the records in a file, with `"$path"`, unless it is there already.
pub(super) fn load_file(server: &Server, name: &str, file: &Path) {
    make_once(server, &table(name, file));
}

/// Runs statements that make tables, unless these very ones have run on this server.
fn make_once(server: &Server, statements: &[String]) {
    let marker = format!("loaded_{}", LogKey::of(&[statements.concat().as_bytes()]));
    if let Outcome::Rows { .. } = server.answer(&format!("SELECT 1 FROM {marker}")) {
        return;
    }
    for statement in statements {
        server.run(statement);
    }
    server.run(&format!("CREATE TABLE {marker} AS SELECT 1 AS x"));
}

/// The statements that make a table of a log.
fn table(name: &str, file: &Path) -> Vec<String> {
    let file: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let place = ["account", "region", "day", "$path"];
    let mut shapes = columns();
    shapes.extend(texts(place));
    let record = |record: &Value| {
        let mut columns = object(&shapes, record);
        let text = |name: &str| columns[name].as_str().map(str::to_owned);
        let day =
            text("eventtime").and_then(|time| time.get(..10).map(|day| day.replace('-', "/")));
        let values = [text("recipientaccountid"), text("awsregion"), day, Some(PATH.to_owned())];
        for (name, value) in place.iter().zip(values) {
            columns[*name] = value.into();
        }
        columns
    };
    let records: Vec<_> = file["Records"].as_array().unwrap().iter().map(record).collect();
    let records = Value::from(records).to_string().replace('\'', "''");
    let names = shapes.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>();
    vec![
        format!("DROP TABLE IF EXISTS {name}"),
        format!(
            "CREATE TABLE {name} AS SELECT * FROM UNNEST(CAST(json_parse('{records}') AS ARRAY({}))) \
             AS t({})",
            row_type(&shapes),
            names.join(", ")
        ),
    ]
}

fn row_type(columns: &[(&str, Shape)]) -> String {
    let kind = |shape: &Shape| match shape {
        Text => "varchar".to_owned(),
        Row(columns) => row_type(columns),
        Rows(columns) => format!("array({})", row_type(columns)),
        Map => "map(varchar, varchar)".to_owned(),
    };
    let columns: Vec<_> =
        columns.iter().map(|(name, shape)| format!("\"{name}\" {}", kind(shape))).collect();
    format!("row({})", columns.join(", "))
}

/// A value as the table has it: keys in small letters, and text where the column is text.
fn shaped(shape: &Shape, value: &Value) -> Value {
    match (shape, value) {
        (Text, Value::Null | Value::String(_)) => value.clone(),
        (Text, value) => value.to_string().into(),
        (Row(columns), Value::Object(_)) => object(columns, value),
        (Rows(columns), Value::Array(items)) => {
            items.iter().map(|item| object(columns, item)).collect()
        }
        (Map, Value::Object(entries)) => {
            let entries = entries.iter();
            entries.map(|(key, value)| (key.clone(), shaped(&Text, value))).collect()
        }
        _ => Value::Null,
    }
}

fn object(columns: &[(&str, Shape)], value: &Value) -> Value {
    let column = |(name, shape): &(&str, Shape)| {
        let entries = value.as_object().into_iter().flatten();
        let found = entries.rev().find(|(key, _)| key.eq_ignore_ascii_case(name));
        ((*name).to_owned(), found.map_or(Value::Null, |(_, value)| shaped(shape, value)))
    };
    columns.iter().map(column).collect()
}
