-- name: creations
-- about: What was made, by whom, and whether by hand: the way to the owner of something that nobody
-- about: remembers, and to what code does not know.
-- param: service text default='' Only this service: ec2, rds, ...
-- param: account text default='' Only this account.
-- param: by_hand boolean default=false With true, only what was made in the console.
-- example: clickops query creations --param by_hand=true --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: action service and action
-- column: resource what
-- column: by_hand true where somebody did it in the console
-- column: tool browser, terraform, aws-cli, ...
-- column: event_id for `clickops get` and `clickops explain`
SELECT DISTINCT
    event_time,
    account_id,
    region,
    actor,
    split_part(event_source, '.', 1) || ':' || event_name AS action,
    resource,
    CASE WHEN verdict = 'clickops' THEN 'true' ELSE 'false' END AS by_hand,
    tool,
    event_id
FROM verdicts
WHERE outcome = 'success'
    AND regexp_like(event_name, '^(?:[A-Za-z]+[._])?(?:Create|Run|Allocate|Register|Import|Copy|Restore|Launch|Provision|Request)')
    AND NOT regexp_like(event_name, '^Create(?:Tags|LogStream|Grant|Session|Token|OAuth2Token|ChangeSet|NetworkInterface)$|^Register(?:Targets|InstancesWith)|Run(?:Command|Query)$')
    AND (verdict = 'clickops' OR rule IN ('N4', 'N5.2', 'N5.3'))
    AND (:service = '' OR split_part(event_source, '.', 1) = lower(:service))
    AND (:account = '' OR account_id = :account)
    AND (:by_hand <> 'true' OR verdict = 'clickops')
ORDER BY event_time DESC, event_id
