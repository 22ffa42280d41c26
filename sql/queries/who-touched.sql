-- name: who-touched
-- about: Who did something to a resource, oldest first. The resource is looked for in what was asked
-- about: and in what was answered, so part of a name, an id or a whole ARN will do.
-- param: resource text Id, name or ARN, or a part of it; letter case does not matter.
-- param: reads boolean default=false With true, calls that only looked at it too.
-- example: clickops query who-touched --param resource=sg-064ee11c991c4aa19 --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: action service and action, ec2:RunInstances
-- column: resource the resource that the call was about
-- column: error_code why it failed; NULL for a call that worked
-- column: source_ip from where
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
    event_id
FROM events
WHERE (:reads = 'true' OR coalesce(read_only, 'false') <> 'true')
    AND (
        strpos(lower(resource), lower(:resource)) > 0
        OR strpos(lower(request_parameters), lower(:resource)) > 0
        OR strpos(lower(response_elements), lower(:resource)) > 0
    )
ORDER BY event_time, event_id
