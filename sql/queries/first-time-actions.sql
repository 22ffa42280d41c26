-- name: first-time-actions
-- about: What people did by hand for the first time. The newest event ends the period; what the logs
-- about: hold before the period is the past it is compared with, so read much more: --since 60d.
-- param: days integer default=7 Length of the period.
-- example: clickops query first-time-actions --param days=1 --logs examples/logs
-- column: first_time when they did it first
-- column: actor who
-- column: action service and action
-- column: account_id in which account
-- column: resource what it was done to
-- column: times how often they have done it since
-- column: others how many other people have done it, ever
-- column: event_id of the first time, for `clickops get` and `clickops explain`
WITH

acts AS (
    SELECT
        actor,
        split_part(event_source, '.', 1) || ':' || event_name AS action,
        min(event_time) AS first_time,
        min_by(account_id, event_time || event_id) AS account_id,
        min_by(resource, event_time || event_id) AS resource,
        min_by(event_id, event_time || event_id) AS event_id,
        count(*) AS times
    FROM console_activity
    WHERE verdict = 'clickops'
    GROUP BY actor, event_source, event_name
),

compared AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY action) - 1 AS others,
        max(first_time) OVER () AS newest
    FROM acts
)

SELECT
    first_time,
    actor,
    action,
    account_id,
    resource,
    CAST(times AS varchar) AS times,
    CAST(others AS varchar) AS others,
    event_id
FROM compared
WHERE first_time >= date_format(date_add('day', -1 * :days, from_iso8601_timestamp(newest)), '%Y-%m-%dT%H:%i:%sZ')
ORDER BY first_time, actor, action
