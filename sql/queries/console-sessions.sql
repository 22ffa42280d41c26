-- name: console-sessions
-- about: Sessions in the console in which somebody did something: who was in, from when to when, from
-- about: where, and what came of it.
-- param: who text default='' Only people whose name or ARN holds this text.
-- param: account text default='' Only this account.
-- example: clickops query console-sessions --param who=bo.tran --logs examples/logs
-- column: signed_in when the session began, UTC
-- column: actor who
-- column: role as what: the permission set, or the role
-- column: account_id in which account
-- column: first_act when the first thing was done
-- column: last_act when the last thing was done
-- column: changes how many changes
-- column: denied how many tries were denied
-- column: other_acts what else was done that changes no configuration
-- column: mfa whether the session says MFA
-- column: source_ips from where
-- column: actions what was done, by name
SELECT
    signed_in,
    actor,
    coalesce(permission_set, role) AS role,
    account_id,
    min(event_time) AS first_act,
    max(event_time) AS last_act,
    CAST(count_if(verdict = 'clickops') AS varchar) AS changes,
    CAST(count_if(outcome = 'denied') AS varchar) AS denied,
    CAST(count_if(verdict = 'operational') AS varchar) AS other_acts,
    max(mfa) AS mfa,
    array_join(array_sort(array_agg(DISTINCT source_ip)), ', ') AS source_ips,
    array_join(array_sort(array_agg(DISTINCT split_part(event_source, '.', 1) || ':' || event_name)), ', ') AS actions
FROM console_activity
WHERE verdict <> 'chained'
    AND (:who = '' OR strpos(lower(actor), lower(:who)) > 0 OR strpos(lower(actor_arn), lower(:who)) > 0)
    AND (:account = '' OR account_id = :account)
GROUP BY session, signed_in, actor, coalesce(permission_set, role), account_id
ORDER BY min(event_time), actor, account_id, role
