//! The table that clickops comes with: CloudTrail's documented columns, and partitions by account,
//! region and day.

use std::collections::BTreeMap;

use super::content::Content;
use super::day_format::DayFormat;
use super::{Column, Partition, TableName, TableShape};
use crate::sql::ty::SqlType;

impl TableShape {
    /// The shape of the table `cloudtrail`, under another name if one is given.
    pub fn cloudtrail(name: Option<TableName>) -> Self {
        let partition = |name: &str, content| Partition {
            name: name.to_owned(),
            ty: SqlType::VARCHAR,
            content,
            injected: false,
        };
        Self {
            name: name.unwrap_or_else(TableName::cloudtrail),
            columns: columns(),
            partitions: vec![
                partition("account", Content::Account),
                partition("region", Content::Region),
                partition("day", Content::Date(DayFormat::folders())),
            ],
            location: None,
            serde: None,
            properties: BTreeMap::new(),
            template: None,
        }
    }
}

fn text(name: &str) -> (&str, SqlType) {
    (name, SqlType::VARCHAR)
}

fn row<'a>(name: &'a str, fields: Vec<(&str, SqlType)>) -> (&'a str, SqlType) {
    (name, SqlType::Row(fields.into_iter().map(|(name, ty)| (Some(name.to_owned()), ty)).collect()))
}

fn columns() -> Vec<Column> {
    let resource = row("", vec![text("arn"), text("accountid"), text("type")]).1;
    let addendum = vec![
        text("reason"),
        text("updatedfields"),
        text("originalrequestid"),
        text("originaleventid"),
    ];
    let tls = vec![text("tlsversion"), text("ciphersuite"), text("clientprovidedhostheader")];
    [
        text("eventversion"),
        row("useridentity", user_identity()),
        text("eventtime"),
        text("eventsource"),
        text("eventname"),
        text("awsregion"),
        text("sourceipaddress"),
        text("useragent"),
        text("errorcode"),
        text("errormessage"),
        text("requestparameters"),
        text("responseelements"),
        text("additionaleventdata"),
        text("requestid"),
        text("eventid"),
        text("readonly"),
        ("resources", SqlType::array(resource)),
        text("eventtype"),
        text("apiversion"),
        text("recipientaccountid"),
        text("serviceeventdetails"),
        text("sharedeventid"),
        text("vpcendpointid"),
        text("vpcendpointaccountid"),
        text("eventcategory"),
        row("addendum", addendum),
        text("sessioncredentialfromconsole"),
        text("edgedevicedetails"),
        row("tlsdetails", tls),
    ]
    .into_iter()
    .map(|(name, ty)| Column { name: name.to_owned(), ty })
    .collect()
}

fn user_identity() -> Vec<(&'static str, SqlType)> {
    let issuer =
        vec![text("type"), text("principalid"), text("arn"), text("accountid"), text("username")];
    let attributes = ("attributes", SqlType::map(SqlType::VARCHAR, SqlType::VARCHAR));
    vec![
        text("type"),
        text("principalid"),
        text("arn"),
        text("accountid"),
        text("invokedby"),
        text("accesskeyid"),
        text("username"),
        row("onbehalfof", vec![text("userid"), text("identitystorearn")]),
        row(
            "sessioncontext",
            vec![
                row("attributes", vec![text("mfaauthenticated"), text("creationdate")]),
                row("sessionissuer", issuer),
                text("ec2roledelivery"),
                row("webidfederationdata", vec![text("federatedprovider"), attributes]),
            ],
        ),
    ]
}
