-- From before most of today's columns.
CREATE EXTERNAL TABLE cloudtrail_2016 (
  eventversion STRING,
  useridentity STRUCT<
    type: STRING, principalid: STRING, arn: STRING, accountid: STRING, invokedby: STRING,
    accesskeyid: STRING, userName: STRING,
    sessioncontext: STRUCT<
      attributes: STRUCT<mfaauthenticated: STRING, creationdate: STRING>,
      sessionissuer: STRUCT<type: STRING, principalId: STRING, arn: STRING, accountId: STRING, userName: STRING>>>,
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
  resources ARRAY<STRUCT<ARN: STRING, accountId: STRING, type: STRING>>,
  eventtype STRING,
  apiversion STRING,
  recipientaccountid STRING,
  sharedeventid STRING,
  vpcendpointid STRING
)
ROW FORMAT SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://trail-bucket/AWSLogs/111122223333/';

-- query:
SELECT eventid, json_extract_scalar(requestparameters, '$.instancesSet.items[0].instanceId') AS instance
FROM cloudtrail_2016
WHERE eventname = 'StopInstances' AND useridentity.username = 'ann'
ORDER BY eventtime;

-- rows:
-- {"eventid":"first","instance":"i-0123456789abcdef0"}
-- {"eventid":"other","instance":"i-0123456789abcdef0"}
-- {"eventid":"copy","instance":"i-0123456789abcdef0"}
-- {"eventid":"late","instance":"i-0123456789abcdef0"}
