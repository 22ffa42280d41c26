//! The first CTE of every statement: the base table under its documented names.

/// The columns of the base table, as AWS documents them for CloudTrail.
const COLUMNS: [&str; 30] = [
    "eventversion",
    "useridentity",
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
    "resources",
    "eventtype",
    "apiversion",
    "recipientaccountid",
    "serviceeventdetails",
    "sharedeventid",
    "vpcendpointid",
    "vpcendpointaccountid",
    "eventcategory",
    "addendum",
    "sessioncredentialfromconsole",
    "edgedevicedetails",
    "tlsdetails",
    "account",
];

/// The body of the relation `cloudtrail`, which selects from `table`.
pub(super) fn relation(table: &str, wants_path: bool) -> String {
    // A CTE has no hidden columns, so the file's address is there under its own name only when the
    // query asks for it by that name.
    let path = if wants_path { "\"$path\", " } else { "" };
    let columns = COLUMNS.join(", ");
    format!("SELECT {columns}, region, day, {path}\"$path\" AS log_file\nFROM {table}")
}
