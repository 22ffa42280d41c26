-- name: deletions
-- about: What was taken away, by whom, and whether by hand. The newest comes first, for that is what
-- about: people look for when something is gone.
-- param: service text default='' Only this service: ec2, rds, ...
-- param: account text default='' Only this account.
-- param: by_hand boolean default=false With true, only what was deleted in the console.
-- example: clickops query deletions --param by_hand=true --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: action service and action
-- column: resource what
-- column: by_hand true where somebody did it in the console
-- column: tool browser, terraform, aws-cli, ...
-- column: source_ip from where
-- column: event_id for `clickops get` and `clickops explain`
SELECT DISTINCT
    event_time,
    account_id,
    region,
    actor,
    split_part(event_source, '.', 1) || ':' || event_name AS action,
    resource,
    CASE WHEN verdict IN ('clickops', 'operational') THEN 'true' ELSE 'false' END AS by_hand,
    tool,
    source_ip,
    event_id
FROM verdicts
WHERE outcome = 'success'
    AND regexp_like(event_name, '^(?:[A-Za-z]+[._])?(?:Batch)?(?:Delete|Terminate|Destroy|Purge|Deregister|Remove|Release)|^ScheduleKeyDeletion|^Close(?:Gov)?Account|^CancelSpot')
    AND (:service = '' OR split_part(event_source, '.', 1) = lower(:service))
    AND (:account = '' OR account_id = :account)
    AND (:by_hand <> 'true' OR verdict IN ('clickops', 'operational'))
ORDER BY event_time DESC, event_id
