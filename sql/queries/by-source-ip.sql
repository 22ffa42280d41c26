-- name: by-source-ip
-- about: Who called from an address or a network, and what for.
-- param: ip text An address, or a network such as 203.0.113.0/24.
-- example: clickops query by-source-ip --param ip=203.0.113.9 --logs examples/logs
-- column: source_ip the address
-- column: actor who
-- column: access_key_id with which key
-- column: account_id in which account
-- column: action service and action
-- column: calls how many
-- column: failed how many of them failed
-- column: client what made the last one
-- column: first_time when first
-- column: last_time when last
WITH

calls AS (
    SELECT DISTINCT
        event_id,
        event_time,
        source_ip,
        actor,
        access_key_id,
        account_id,
        split_part(event_source, '.', 1) || ':' || event_name AS action,
        error_code,
        user_agent
    FROM events
    WHERE CASE
        WHEN strpos(:ip, '/') = 0 THEN source_ip = :ip
        -- Names of services are no addresses, and a network holds only addresses of its own version.
        WHEN (strpos(source_ip, ':') > 0) = (strpos(:ip, ':') > 0) THEN contains(:ip, TRY_CAST(source_ip AS ipaddress))
        ELSE false
    END
)

SELECT
    source_ip,
    actor,
    access_key_id,
    account_id,
    action,
    CAST(count(*) AS varchar) AS calls,
    CAST(count(error_code) AS varchar) AS failed,
    max_by(user_agent, event_time || event_id) AS client,
    min(event_time) AS first_time,
    max(event_time) AS last_time
FROM calls
GROUP BY source_ip, actor, access_key_id, account_id, action
ORDER BY min(event_time), source_ip, actor, access_key_id, account_id, action
