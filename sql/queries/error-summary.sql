-- name: error-summary
-- about: What fails, and how often, denied calls too: throttling, limits, things that are not there.
-- param: service text default='' Only this service: ec2, iam, ...
-- param: least integer default=1 Only what failed at least so often.
-- example: clickops query error-summary --param service=iam --logs examples/logs
-- column: action service and action
-- column: error_code what went wrong
-- column: times how often
-- column: actors how many people and machines it happened to
-- column: accounts in how many accounts
-- column: last_actor whom it happened to last
-- column: last_message CloudTrail's words about that
-- column: first_time when first
-- column: last_time when last
WITH

failures AS (
    SELECT DISTINCT
        event_id,
        event_time,
        split_part(event_source, '.', 1) || ':' || event_name AS action,
        error_code,
        error_message,
        actor,
        account_id
    FROM events
    WHERE error_code IS NOT NULL
        AND (:service = '' OR split_part(event_source, '.', 1) = lower(:service))
)

SELECT
    action,
    error_code,
    CAST(count(*) AS varchar) AS times,
    CAST(count(DISTINCT actor) AS varchar) AS actors,
    CAST(count(DISTINCT account_id) AS varchar) AS accounts,
    max_by(actor, event_time || event_id) AS last_actor,
    max_by(error_message, event_time || event_id) AS last_message,
    min(event_time) AS first_time,
    max(event_time) AS last_time
FROM failures
GROUP BY action, error_code
HAVING count(*) >= :least
ORDER BY count(*) DESC, action, error_code
