-- name: new-regions
-- about: Accounts that changed something in a region where nothing was changed before. The newest
-- about: event ends the period; what the logs hold before the period is the past it is compared
-- about: with, so read much more than the period: --since 60d.
-- param: days integer default=7 Length of the period.
-- example: clickops query new-regions --param days=2 --logs examples/logs
-- column: account_id the account
-- column: region the region
-- column: first_time when the first change was made there
-- column: first_actor who made it
-- column: first_action what it was
-- column: changes how many there have been since
-- column: people how many people and machines made them
WITH

-- What AWS itself does in every region says nothing about people.
changes AS (
    SELECT DISTINCT
        event_id,
        event_time,
        account_id,
        region,
        actor,
        split_part(event_source, '.', 1) || ':' || event_name AS action
    FROM events
    WHERE coalesce(read_only, 'false') <> 'true'
        AND error_code IS NULL
        AND event_type = 'AwsApiCall'
        AND coalesce(actor_type, 'Unknown') <> 'AWSService'
        AND invoked_by IS NULL
),

places AS (
    SELECT
        account_id,
        region,
        min(event_time) AS first_time,
        min_by(actor, event_time || event_id) AS first_actor,
        min_by(action, event_time || event_id) AS first_action,
        count(*) AS changes,
        count(DISTINCT actor) AS people,
        max(max(event_time)) OVER () AS newest
    FROM changes
    GROUP BY account_id, region
)

SELECT
    account_id,
    region,
    first_time,
    first_actor,
    first_action,
    CAST(changes AS varchar) AS changes,
    CAST(people AS varchar) AS people
FROM places
WHERE first_time >= date_format(date_add('day', -1 * :days, from_iso8601_timestamp(newest)), '%Y-%m-%dT%H:%i:%sZ')
ORDER BY first_time, account_id, region
