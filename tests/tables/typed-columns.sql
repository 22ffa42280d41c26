-- Other types than the guide's.
CREATE EXTERNAL TABLE typed (
  eventversion DECIMAL(4,2),
  useridentity STRUCT<
    type: STRING, principalid: STRING, arn: STRING, accountid: STRING, invokedby: STRING,
    accesskeyid: STRING, username: STRING,
    onbehalfof: STRUCT<userid: STRING, identitystorearn: STRING>,
    sessioncontext: STRUCT<
      attributes: STRUCT<mfaauthenticated: STRING, creationdate: STRING>,
      sessionissuer: STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, username: STRING>,
      ec2roledelivery: STRING,
      webidfederationdata: STRUCT<federatedprovider: STRING, attributes: MAP<STRING, STRING>>>>,
  eventtime TIMESTAMP,
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
  eventid VARCHAR(64),
  readonly BOOLEAN,
  resources ARRAY<STRUCT<arn: STRING, accountid: STRING, type: STRING>>,
  eventtype STRING,
  apiversion STRING,
  recipientaccountid STRING,
  serviceeventdetails STRING,
  sharedeventid VARCHAR(64),
  vpcendpointid STRING,
  vpcendpointaccountid STRING,
  eventcategory STRING,
  addendum STRUCT<reason: STRING, updatedfields: STRING, originalrequestid: STRING, originaleventid: STRING>,
  sessioncredentialfromconsole BOOLEAN,
  edgedevicedetails STRING,
  tlsdetails STRUCT<tlsversion: STRING, ciphersuite: STRING, clientprovidedhostheader: STRING>
)
PARTITIONED BY (account bigint, region string, at timestamp)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://b/AWSLogs/o-exampleorg/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.account.type' = 'integer',
  'projection.account.range' = '100000000000,999999999999',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'eu-west-1,us-east-1',
  'projection.at.type' = 'date',
  'projection.at.range' = '2020/01/01,NOW',
  'projection.at.format' = 'yyyy/MM/dd',
  'projection.at.interval' = '1',
  'projection.at.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://b/AWSLogs/o-exampleorg/${account}/CloudTrail/${region}/${at}');

-- query:
SELECT eventid, account, at, eventtime, readonly, eventversion, sessioncredentialfromconsole AS console
FROM typed
WHERE account = 111122223333 AND at >= TIMESTAMP '2026-11-23 00:00:00' AND NOT readonly
ORDER BY eventtime;

-- rows:
-- {"eventid":"first","account":"111122223333","at":"2026-11-23 00:00:00.000","eventtime":"2026-11-23 09:00:00.000","readonly":"false","eventversion":"1.11","console":"true"}
-- {"eventid":"late","account":"111122223333","at":"2026-12-01 00:00:00.000","eventtime":"2026-11-30 23:58:00.000","readonly":"false","eventversion":"1.11","console":"true"}
