-- Another JSON reader, and a partition column that is a date.
create external table if not exists trail_dt (
  eventversion string,
  useridentity struct<
    type: string, principalid: string, arn: string, accountid: string, invokedby: string,
    accesskeyid: string, username: string,
    onbehalfof: struct<userid: string, identitystorearn: string>,
    sessioncontext: struct<
      attributes: struct<mfaauthenticated: string, creationdate: string>,
      sessionissuer: struct<type: string, principalid: string, arn: string, accountid: string, username: string>,
      ec2roledelivery: string,
      webidfederationdata: struct<federatedprovider: string, attributes: map<string, string>>>>,
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
  resources array<struct<arn: string, accountid: string, type: string>>,
  eventtype string,
  apiversion string,
  recipientaccountid string,
  serviceeventdetails string,
  sharedeventid string,
  vpcendpointid string,
  vpcendpointaccountid string,
  eventcategory string,
  addendum struct<reason: string, updatedfields: string, originalrequestid: string, originaleventid: string>,
  sessioncredentialfromconsole string,
  edgedevicedetails string,
  tlsdetails struct<tlsversion: string, ciphersuite: string, clientprovidedhostheader: string>
)
partitioned by (dt date comment 'day of delivery')
row format serde 'org.openx.data.jsonserde.JsonSerDe'
with serdeproperties ('ignore.malformed.json'='true', 'mapping.arn'='ARN')
stored as inputformat 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
outputformat 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
location 's3://b/AWSLogs/111122223333/CloudTrail/eu-west-1/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.range' = '2020/01/01,NOW',
  'projection.dt.format' = 'yyyy/MM/dd',
  'projection.dt.interval' = '1',
  'projection.dt.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://b/AWSLogs/111122223333/CloudTrail/eu-west-1/${dt}');

-- query:
SELECT dt, eventid
FROM trail_dt
WHERE dt BETWEEN DATE '2026-11-24' AND DATE '2026-12-31'
ORDER BY dt, eventid;

-- rows:
-- {"dt":"2026-11-24","eventid":"other"}
-- {"dt":"2026-11-25","eventid":"copy"}
-- {"dt":"2026-12-01","eventid":"late"}
