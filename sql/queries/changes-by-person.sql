-- name: changes-by-person
-- about: Who changes most by hand, and how often they were denied. Changes that an exclusion covers
-- about: count too: this is about habits, not about reports.
-- param: account text default='' Only this account.
-- example: clickops query changes-by-person --logs examples/logs
-- column: actor who
-- column: accounts in how many accounts
-- column: changes what they changed in the console
-- column: deletions how many of these took something away
-- column: denied what they tried and were not allowed to
-- column: services in which services, by name
-- column: first_time when the first act was
-- column: last_time when the last act was
SELECT
    actor,
    CAST(count(DISTINCT account_id) AS varchar) AS accounts,
    CAST(count_if(verdict = 'clickops') AS varchar) AS changes,
    CAST(count_if(verdict = 'clickops' AND regexp_like(event_name, '^(?:Delete|Terminate|Remove|Deregister|Revoke|Detach)')) AS varchar) AS deletions,
    CAST(count_if(outcome = 'denied') AS varchar) AS denied,
    array_join(array_sort(array_agg(DISTINCT split_part(event_source, '.', 1))), ', ') AS services,
    min(event_time) AS first_time,
    max(event_time) AS last_time
FROM console_activity
WHERE verdict IN ('clickops', 'attempted')
    AND (:account = '' OR account_id = :account)
GROUP BY actor
ORDER BY count_if(verdict = 'clickops') DESC, count(*) DESC, actor
