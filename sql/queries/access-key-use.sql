-- name: access-key-use
-- about: Access keys of users, which live until somebody deletes them: who uses which, from where,
-- about: for what, and when last. Keys of sessions are left out unless asked for by their id.
-- param: key text default='' Only this key, also one of a session (ASIA...).
-- param: account text default='' Only keys of this account.
-- example: clickops query access-key-use --param key=ASIAMERYOBFHMEXAMPLE --logs examples/logs
-- column: access_key_id the key
-- column: actor whose it is
-- column: actor_account the account it belongs to
-- column: calls how many calls were made with it
-- column: changes how many of them may have changed something
-- column: failed how many of them failed
-- column: addresses from how many addresses
-- column: services for which services, by name
-- column: last_ip the address of the last call
-- column: last_client what made the last call
-- column: first_time when it was used first
-- column: last_time when it was used last
WITH

calls AS (
    SELECT DISTINCT
        event_id,
        event_time,
        access_key_id,
        actor,
        actor_account,
        read_only,
        error_code,
        source_ip,
        user_agent,
        split_part(event_source, '.', 1) AS service
    FROM events
    WHERE ((:key = '' AND starts_with(access_key_id, 'AKIA')) OR access_key_id = :key)
        AND (:account = '' OR actor_account = :account)
)

SELECT
    access_key_id,
    actor,
    actor_account,
    CAST(count(*) AS varchar) AS calls,
    CAST(count_if(coalesce(read_only, 'false') <> 'true') AS varchar) AS changes,
    CAST(count(error_code) AS varchar) AS failed,
    CAST(count(DISTINCT source_ip) AS varchar) AS addresses,
    array_join(array_sort(array_agg(DISTINCT service)), ', ') AS services,
    max_by(source_ip, event_time || event_id) AS last_ip,
    max_by(user_agent, event_time || event_id) AS last_client,
    min(event_time) AS first_time,
    max(event_time) AS last_time
FROM calls
GROUP BY access_key_id, actor, actor_account
ORDER BY count(*) DESC, access_key_id, actor
