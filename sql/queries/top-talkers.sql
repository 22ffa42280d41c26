-- name: top-talkers
-- about: Who makes most calls of which kind: what fills a trail, and what to leave out first when it
-- about: gets too large.
-- param: reads boolean default=true With false, only calls that may change something.
-- param: most integer default=50 How many lines.
-- example: clickops query top-talkers --param most=10 --logs examples/logs
-- column: actor who
-- column: actor_type Root, IAMUser, AssumedRole, AWSService, ...
-- column: action service and action
-- column: calls how many
-- column: percent of all calls that were looked at
-- column: failed how many of them failed
-- column: accounts in how many accounts
-- column: first_time when first
-- column: last_time when last
WITH

pairs AS (
    SELECT
        actor,
        actor_type,
        split_part(event_source, '.', 1) || ':' || event_name AS action,
        count(*) AS calls,
        sum(count(*)) OVER () AS all_calls,
        count(error_code) AS failed,
        count(DISTINCT account_id) AS accounts,
        min(event_time) AS first_time,
        max(event_time) AS last_time
    FROM events
    WHERE :reads = 'true' OR coalesce(read_only, 'false') <> 'true'
    GROUP BY actor, actor_type, event_source, event_name
)

SELECT
    actor,
    actor_type,
    action,
    CAST(calls AS varchar) AS calls,
    CAST(CAST(100.0 * calls / all_calls AS decimal(5, 1)) AS varchar) AS percent,
    CAST(failed AS varchar) AS failed,
    CAST(accounts AS varchar) AS accounts,
    first_time,
    last_time
FROM pairs
ORDER BY pairs.calls DESC, action, actor, actor_type
LIMIT :most
