-- name: denied-calls
-- about: What was not allowed: who was denied which action, how often. Much of the same is a missing
-- about: permission; much of many kinds is somebody trying doors.
-- param: who text default='' Only callers whose name or ARN holds this text.
-- param: least integer default=1 Only what was denied at least so often.
-- example: clickops query denied-calls --param who=bo.tran --logs examples/logs
-- column: actor who
-- column: action service and action
-- column: error_code AccessDenied, UnauthorizedOperation, ...
-- column: times how often
-- column: accounts in how many accounts
-- column: by_console how many of these calls came from the console
-- column: resource the resource of the last one
-- column: message CloudTrail's words about the last one
-- column: first_time when first
-- column: last_time when last
WITH

denied AS (
    SELECT DISTINCT
        event_id,
        event_time,
        account_id,
        actor,
        split_part(event_source, '.', 1) || ':' || event_name AS action,
        error_code,
        signal,
        resource,
        error_message
    FROM verdicts
    WHERE outcome = 'denied'
        AND (:who = '' OR strpos(lower(actor), lower(:who)) > 0 OR strpos(lower(actor_arn), lower(:who)) > 0)
)

SELECT
    actor,
    action,
    error_code,
    CAST(count(*) AS varchar) AS times,
    CAST(count(DISTINCT account_id) AS varchar) AS accounts,
    CAST(count(signal) AS varchar) AS by_console,
    max_by(resource, event_time || event_id) AS resource,
    max_by(error_message, event_time || event_id) AS message,
    min(event_time) AS first_time,
    max(event_time) AS last_time
FROM denied
GROUP BY actor, action, error_code
HAVING count(*) >= :least
ORDER BY count(*) DESC, actor, action, error_code
