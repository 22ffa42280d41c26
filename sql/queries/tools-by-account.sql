-- name: tools-by-account
-- about: With what each account is changed: the console, Terraform, the command line, SDKs. An
-- about: account that belongs to code alone shows no console here.
-- param: account text default='' Only this account.
-- example: clickops query tools-by-account --param account=111122223333 --logs examples/logs
-- column: account_id the account whose trail got the events
-- column: tool console, cloudshell, terraform, aws-cli, ..., or web application for the users of one
-- column: changes how many changes that worked
-- column: percent of the account's changes
-- column: actors how many people and machines used it
-- column: services for which services, by name
-- column: first_time when first
-- column: last_time when last
WITH

changes AS (
    SELECT DISTINCT
        event_id,
        event_time,
        account_id,
        CASE
            WHEN rule = 'N5.2' THEN 'web application'
            WHEN verdict = 'clickops' AND channel IN ('console', 'cloudshell') THEN channel
            ELSE coalesce(tool, 'unknown')
        END AS tool,
        actor,
        split_part(event_source, '.', 1) AS service
    FROM verdicts
    WHERE outcome = 'success'
        AND (verdict = 'clickops' OR rule IN ('N4', 'N5.2', 'N5.3'))
        AND (:account = '' OR account_id = :account)
),

counted AS (
    SELECT
        account_id,
        tool,
        count(*) AS changes,
        sum(count(*)) OVER (PARTITION BY account_id) AS of_account,
        count(DISTINCT actor) AS actors,
        array_join(array_sort(array_agg(DISTINCT service)), ', ') AS services,
        min(event_time) AS first_time,
        max(event_time) AS last_time
    FROM changes
    GROUP BY account_id, tool
)

SELECT
    account_id,
    tool,
    CAST(changes AS varchar) AS changes,
    CAST(CAST(100.0 * changes / of_account AS decimal(5, 1)) AS varchar) AS percent,
    CAST(actors AS varchar) AS actors,
    services,
    first_time,
    last_time
FROM counted
ORDER BY account_id, counted.changes DESC, tool
