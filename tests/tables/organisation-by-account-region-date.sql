-- The usual table of an organisation's trail: accounts and regions are listed.
CREATE EXTERNAL TABLE IF NOT EXISTS security.org_cloudtrail (
  eventversion STRING,
  useridentity STRUCT<
    type: STRING, principalid: STRING, arn: STRING, accountid: STRING, invokedby: STRING,
    accesskeyid: STRING, username: STRING,
    onbehalfof: STRUCT<userid: STRING, identitystorearn: STRING>,
    sessioncontext: STRUCT<
      attributes: STRUCT<mfaauthenticated: STRING, creationdate: STRING>,
      sessionissuer: STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, username: STRING>,
      ec2roledelivery: STRING,
      webidfederationdata: STRUCT<federatedprovider: STRING, attributes: MAP<STRING, STRING>>>>,
  eventtime STRING,
  eventsource STRING,
  eventname STRING,
  awsregion STRING,
  sourceipaddress STRING,
  useragent STRING,
  errorcode STRING,
  errormessage STRING,
  requestparameters STRING,
  responseelements STRING,
  additionaleventdata STRING,
  requestid STRING,
  eventid STRING,
  readonly STRING,
  resources ARRAY<STRUCT<arn: STRING, accountid: STRING, type: STRING>>,
  eventtype STRING,
  apiversion STRING,
  recipientaccountid STRING,
  serviceeventdetails STRING,
  sharedeventid STRING,
  vpcendpointid STRING,
  vpcendpointaccountid STRING,
  eventcategory STRING,
  addendum STRUCT<reason: STRING, updatedfields: STRING, originalrequestid: STRING, originaleventid: STRING>,
  sessioncredentialfromconsole STRING,
  edgedevicedetails STRING,
  tlsdetails STRUCT<tlsversion: STRING, ciphersuite: STRING, clientprovidedhostheader: STRING>
)
COMMENT 'CloudTrail of all accounts'
PARTITIONED BY (account string, region string, `date` string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://org-trail/AWSLogs/o-exampleorg/'
TBLPROPERTIES (
  'projection.enabled' = 'TRUE',
  'projection.account.type' = 'enum',
  'projection.account.values' = '111122223333,444455556666',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'eu-west-1,us-east-1,eu-central-1',
  'projection.date.type' = 'date',
  'projection.date.range' = '2020/01/01,NOW',
  'projection.date.format' = 'yyyy/MM/dd',
  'projection.date.interval' = '1',
  'projection.date.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://org-trail/AWSLogs/o-exampleorg/${account}/CloudTrail/${region}/${date}/')

-- query:
SELECT account, region, "date", count(*) AS events
FROM "security"."org_cloudtrail"
WHERE "date" >= '2026/11/23'
GROUP BY account, region, "date"
ORDER BY account, "date";

-- rows:
-- {"account":"111122223333","region":"eu-west-1","date":"2026/11/23","events":"2"}
-- {"account":"111122223333","region":"eu-west-1","date":"2026/12/01","events":"1"}
-- {"account":"444455556666","region":"us-east-1","date":"2026/11/24","events":"1"}
-- {"account":"444455556666","region":"eu-central-1","date":"2026/11/25","events":"1"}
