-- name: out-of-hours
-- about: Changes by hand at night and on weekends, by the clock of a time zone.
-- param: timezone text default=UTC Whose clock: Europe/Berlin, Africa/Johannesburg, ...
-- param: opens integer default=7 The hour at which work begins.
-- param: closes integer default=19 The hour at which it is over.
-- param: weekends boolean default=true With false, Saturday and Sunday are days like any other.
-- example: clickops query out-of-hours --param timezone=Africa/Johannesburg --param closes=17 --logs examples/logs
-- column: local_time when, by that clock
-- column: weekday Monday, Tuesday, ...
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: action service and action
-- column: resource the resource touched
-- column: source_ip from where
-- column: event_id for `clickops get` and `clickops explain`
WITH

timed AS (
    SELECT
        at_timezone(TRY(from_iso8601_timestamp(event_time)), :timezone) AS local_time,
        account_id,
        region,
        actor,
        split_part(event_source, '.', 1) || ':' || event_name AS action,
        resource,
        source_ip,
        event_id
    FROM console_changes
)

SELECT
    date_format(local_time, '%Y-%m-%d %H:%i') AS local_time,
    date_format(local_time, '%W') AS weekday,
    account_id,
    region,
    actor,
    action,
    resource,
    source_ip,
    event_id
FROM timed
WHERE hour(local_time) < :opens
    OR hour(local_time) >= :closes
    OR (:weekends = 'true' AND day_of_week(local_time) > 5)
ORDER BY timed.local_time, event_id
