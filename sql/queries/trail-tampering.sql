-- name: trail-tampering
-- about: Who made AWS see less: trails, Config, GuardDuty, Security Hub, flow logs, log groups. Turning
-- about: something on is here too, for what is changed back was changed before.
-- param: account text default='' Only this account.
-- param: failed boolean default=true With false, only calls that worked.
-- example: clickops query trail-tampering --param failed=false --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: action service and action
-- column: resource the trail, recorder, detector, ...
-- column: error_code why it failed; NULL for a call that worked
-- column: source_ip from where
-- column: client what was used
-- column: event_id for `clickops get` and `clickops explain`
SELECT DISTINCT
    event_time,
    account_id,
    region,
    actor,
    split_part(event_source, '.', 1) || ':' || event_name AS action,
    resource,
    error_code,
    source_ip,
    user_agent AS client,
    event_id
FROM events
WHERE coalesce(read_only, 'false') <> 'true'
    AND CASE event_source
        WHEN 'cloudtrail.amazonaws.com' THEN regexp_like(event_name, '^(?:Stop|Delete|Update|Put|Start|Create|Deregister|Remove)')
            AND NOT regexp_like(event_name, 'Quer(?:y|ies)$|Dashboard')
        WHEN 'config.amazonaws.com' THEN regexp_like(event_name, '^(?:Stop|Delete|Put|Start)(?:Configuration|Delivery|Retention|Config)')
        WHEN 'guardduty.amazonaws.com' THEN regexp_like(event_name, '^(?:Delete|Update|Stop|Disable|Disassociate|Create)')
            AND NOT regexp_like(event_name, 'SampleFindings|FindingsFeedback')
        WHEN 'securityhub.amazonaws.com' THEN regexp_like(event_name, '^(?:Disable|Delete|BatchDisable|Disassociate|Update(?:Standards|SecurityHub))')
        WHEN 'access-analyzer.amazonaws.com' THEN event_name IN ('DeleteAnalyzer', 'CreateArchiveRule')
        WHEN 'ec2.amazonaws.com' THEN event_name IN ('DeleteFlowLogs', 'CreateFlowLogs')
        WHEN 'logs.amazonaws.com' THEN event_name IN (
            'DeleteLogGroup', 'DeleteLogStream', 'DeleteSubscriptionFilter', 'DeleteMetricFilter', 'DeleteDestination',
            'PutRetentionPolicy', 'DeleteRetentionPolicy'
        )
        WHEN 's3.amazonaws.com' THEN event_name IN ('PutBucketLogging', 'PutBucketLifecycle', 'PutBucketLifecycleConfiguration')
        WHEN 'macie2.amazonaws.com' THEN event_name IN ('DisableMacie', 'UpdateMacieSession')
        WHEN 'detective.amazonaws.com' THEN event_name IN ('DeleteGraph', 'DisassociateMembership')
        ELSE false
    END
    AND (:failed = 'true' OR error_code IS NULL)
    AND (:account = '' OR account_id = :account)
ORDER BY event_time, event_id
