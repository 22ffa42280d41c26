-- The journal of a store in S3 as a table of Athena: one row for each finding, and for each window
-- one row of nothing but NULLs, which tells clickops what the window was:
--
--   SELECT * FROM findings WHERE event_id IS NOT NULL AND reported
--
-- `clickops sql apply` makes this table. To make it by hand, put your store's bucket and prefix in the
-- place of BUCKET/PREFIX. The full event of a finding is in its log ("log_file"); `clickops get
-- EVENT_ID` prints it.
CREATE EXTERNAL TABLE findings (
    detection string COMMENT 'the view that found it',
    event_id string,
    event_time string COMMENT 'ISO 8601, UTC',
    account_id string,
    region string,
    event_source string,
    event_name string,
    actor string,
    actor_type string,
    actor_arn string,
    session string,
    source_ip string,
    user_agent string,
    signal string,
    channel string,
    confidence string,
    verdict string,
    rule string,
    outcome string,
    error_code string,
    resource string,
    shared_event_id string,
    log_file string,
    reported boolean COMMENT 'whether reports show it',
    exclusion string COMMENT 'what hides it',
    exclusion_kind string,
    delivered string COMMENT 'delivery minute of its log, ISO 8601, UTC',
    extra map<string, string> COMMENT 'further columns of the view'
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://BUCKET/PREFIX/journal/'
TBLPROPERTIES ('managed_by' = 'clickops')
