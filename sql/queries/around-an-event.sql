-- name: around-an-event
-- about: What happened minutes before and after an event: what the same person or session did, and
-- about: what anybody did to the same resource.
-- param: event_id text Its id, or how it begins.
-- param: minutes integer default=10 How far to look in both directions.
-- param: reads boolean default=true With false, only calls that may change something.
-- example: clickops query around-an-event --param event_id=e631b525 --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: seconds how long after the event; negative before it
-- column: related the event, same session, same person, or same resource
-- column: account_id the account whose trail got the event
-- column: actor who
-- column: action service and action
-- column: resource the resource touched
-- column: error_code why it failed; NULL for a call that worked
-- column: source_ip from where
-- column: event_id for `clickops get` and `clickops explain`
WITH

it AS (
    SELECT
        event_id,
        event_time,
        account_id,
        actor,
        actor_arn,
        session,
        resource
    FROM events
    WHERE starts_with(event_id, :event_id)
    ORDER BY event_time, event_id, account_id
    LIMIT 1
),

near AS (
    SELECT DISTINCT
        e.event_time,
        date_diff('second', TRY(from_iso8601_timestamp(it.event_time)), TRY(from_iso8601_timestamp(e.event_time))) AS seconds,
        CASE
            WHEN e.event_id = it.event_id THEN 'the event'
            WHEN e.session = it.session THEN 'same session'
            WHEN e.actor_arn = it.actor_arn OR e.actor = it.actor THEN 'same person'
            -- Of several resources, the first one.
            WHEN regexp_replace(e.resource, ' \+\d+$', '') = regexp_replace(it.resource, ' \+\d+$', '') AND e.account_id = it.account_id THEN 'same resource'
        END AS related,
        e.account_id,
        e.actor,
        split_part(e.event_source, '.', 1) || ':' || e.event_name AS action,
        e.resource,
        e.error_code,
        e.source_ip,
        e.event_id,
        e.read_only
    FROM events e
    CROSS JOIN it
)

SELECT
    event_time,
    CAST(seconds AS varchar) AS seconds,
    related,
    account_id,
    actor,
    action,
    resource,
    error_code,
    source_ip,
    event_id
FROM near
WHERE abs(seconds) <= 60 * :minutes
    AND related IS NOT NULL
    AND (related = 'the event' OR :reads = 'true' OR coalesce(read_only, 'false') <> 'true')
ORDER BY event_time, event_id
