-- name: failed-sign-ins
-- about: Sign-ins to the console that failed, by person and address, and whether one worked in the
-- about: end. CloudTrail hides names that do not exist, for they may be passwords.
-- param: least integer default=1 Only those who failed at least so often.
-- example: clickops query failed-sign-ins --logs examples/logs
-- column: actor who tried to be let in
-- column: account_id into which account
-- column: source_ip from where
-- column: failures how often it failed
-- column: successes how often it worked
-- column: reason what CloudTrail says of the last failure
-- column: first_failure when it failed first
-- column: last_failure when it failed last
-- column: last_success when it worked last
WITH

sign_ins AS (
    SELECT DISTINCT
        event_id,
        event_time,
        actor,
        account_id,
        source_ip,
        error_message,
        coalesce(json_extract_scalar(response_elements, '$.ConsoleLogin'), 'Failure') = 'Success' AS worked
    FROM events
    WHERE event_source = 'signin.amazonaws.com'
        AND event_name = 'ConsoleLogin'
)

SELECT
    actor,
    account_id,
    source_ip,
    CAST(count_if(NOT worked) AS varchar) AS failures,
    CAST(count_if(worked) AS varchar) AS successes,
    max_by(error_message, event_time || event_id) FILTER (WHERE NOT worked) AS reason,
    min(event_time) FILTER (WHERE NOT worked) AS first_failure,
    max(event_time) FILTER (WHERE NOT worked) AS last_failure,
    max(event_time) FILTER (WHERE worked) AS last_success
FROM sign_ins
GROUP BY actor, account_id, source_ip
HAVING count_if(NOT worked) >= greatest(:least, 1)
ORDER BY count_if(NOT worked) DESC, actor, account_id, source_ip
