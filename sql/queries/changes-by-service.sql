-- name: changes-by-service
-- about: Which services are changed by hand and which by tools. A tool is everything that is not the
-- about: console: Terraform, the command line, pipelines.
-- param: account text default='' Only this account.
-- example: clickops query changes-by-service --param account=111122223333 --logs examples/logs
-- column: service ec2, iam, ...
-- column: by_hand changes that people made in the console
-- column: by_tools changes by anything else that is not an AWS service
-- column: by_services changes that AWS services made, also in consequence of a change by hand
-- column: people how many people made those by hand
-- column: last_by_hand when the last one by hand was made
WITH

changes AS (
    SELECT DISTINCT
        event_id,
        account_id,
        split_part(event_source, '.', 1) AS service,
        CASE
            WHEN verdict = 'clickops' THEN 'hand'
            WHEN rule IN ('N4', 'N5.2', 'N5.3') THEN 'tool'
            ELSE 'service'
        END AS made_by,
        actor,
        event_time
    FROM verdicts
    WHERE outcome = 'success'
        AND (verdict IN ('clickops', 'chained') OR rule IN ('N4', 'N5.2', 'N5.3', 'N9', 'N9.4'))
        AND (:account = '' OR account_id = :account)
)

SELECT
    service,
    CAST(count_if(made_by = 'hand') AS varchar) AS by_hand,
    CAST(count_if(made_by = 'tool') AS varchar) AS by_tools,
    CAST(count_if(made_by = 'service') AS varchar) AS by_services,
    CAST(count(DISTINCT actor) FILTER (WHERE made_by = 'hand') AS varchar) AS people,
    max(event_time) FILTER (WHERE made_by = 'hand') AS last_by_hand
FROM changes
GROUP BY service
ORDER BY count_if(made_by = 'hand') DESC, count(*) DESC, service
