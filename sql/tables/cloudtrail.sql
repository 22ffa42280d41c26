-- CloudTrail's logs as a table of Athena, with partitions that nobody has to add: account, region, and
-- the day of delivery.
--
-- `clickops sql apply` makes this table, and `clickops run` lists accounts and regions in it as soon
-- as they deliver. To make it by hand, put in the place of
--
--   BUCKET/TRAIL  the folder above the accounts:
--                 my-logs/AWSLogs/o-abc123              an organisation's trail
--                 my-logs/AWSLogs                       the trail of a single account
--                 my-logs/o-abc123/AWSLogs/o-abc123     Control Tower since landing zone 3.0
--                 my-logs/o-abc123/AWSLogs              Control Tower before
--                 my-logs/PREFIX/AWSLogs/o-abc123       each of them may have a prefix
--   ACCOUNTS      111122223333,444455556666 without blanks; an account that is not listed is not read,
--                 and Athena does not say so
--   REGIONS       eu-west-1,us-east-1 likewise; the calls of IAM and other global services are in
--                 us-east-1
--
-- Always ask for days, WHERE day >= '2026/11/23': without, Athena looks for a folder for each account,
-- region and day since 2020, and reads all of them.
CREATE EXTERNAL TABLE cloudtrail (
    eventversion string,
    useridentity struct<
        type:string,
        principalid:string,
        arn:string,
        accountid:string,
        invokedby:string,
        accesskeyid:string,
        username:string,
        onbehalfof:struct<userid:string, identitystorearn:string>,
        sessioncontext:struct<
            attributes:struct<mfaauthenticated:string, creationdate:string>,
            sessionissuer:struct<type:string, principalid:string, arn:string, accountid:string, username:string>,
            ec2roledelivery:string,
            webidfederationdata:struct<federatedprovider:string, attributes:map<string, string>>
        >
    >,
    eventtime string,
    eventsource string,
    eventname string,
    awsregion string,
    sourceipaddress string,
    useragent string,
    errorcode string,
    errormessage string,
    requestparameters string,
    responseelements string,
    additionaleventdata string,
    requestid string,
    eventid string,
    readonly string,
    resources array<struct<arn:string, accountid:string, type:string>>,
    eventtype string,
    apiversion string,
    recipientaccountid string,
    serviceeventdetails string,
    sharedeventid string,
    vpcendpointid string,
    vpcendpointaccountid string,
    eventcategory string,
    addendum struct<reason:string, updatedfields:string, originalrequestid:string, originaleventid:string>,
    sessioncredentialfromconsole string,
    edgedevicedetails string,
    tlsdetails struct<tlsversion:string, ciphersuite:string, clientprovidedhostheader:string>
)
PARTITIONED BY (
    account string,
    region string,
    `day` string COMMENT 'day of delivery, 2026/11/23'
)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://BUCKET/TRAIL/'
TBLPROPERTIES (
    'classification' = 'cloudtrail',
    'managed_by' = 'clickops',
    'projection.enabled' = 'true',
    'projection.account.type' = 'enum',
    'projection.account.values' = 'ACCOUNTS',
    'projection.region.type' = 'enum',
    'projection.region.values' = 'REGIONS',
    'projection.day.type' = 'date',
    'projection.day.format' = 'yyyy/MM/dd',
    'projection.day.range' = '2020/01/01,NOW',
    'projection.day.interval' = '1',
    'projection.day.interval.unit' = 'DAYS',
    'storage.location.template' = 's3://BUCKET/TRAIL/${account}/CloudTrail/${region}/${day}/'
)
