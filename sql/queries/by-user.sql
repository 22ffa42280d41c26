-- name: by-user
-- about: Everything that a person or a machine did, oldest first.
-- param: who text Part of the name or of the ARN, or a whole access key id; letter case does not matter.
-- param: reads boolean default=false With true, calls that only looked at something too.
-- example: clickops query by-user --param who=ann.smith --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: role the role that was assumed
-- column: action service and action, ec2:RunInstances
-- column: resource the resource touched
-- column: error_code why it failed; NULL for a call that worked
-- column: source_ip from where
-- column: event_id for `clickops get` and `clickops explain`
SELECT DISTINCT
    event_time,
    account_id,
    region,
    actor,
    role,
    split_part(event_source, '.', 1) || ':' || event_name AS action,
    resource,
    error_code,
    source_ip,
    event_id
FROM events
WHERE (:reads = 'true' OR coalesce(read_only, 'false') <> 'true')
    AND (
        strpos(lower(actor), lower(:who)) > 0
        OR strpos(lower(actor_arn), lower(:who)) > 0
        OR upper(access_key_id) = upper(:who)
    )
ORDER BY event_time, event_id
