-- name: changes-by-account
-- about: Where things are changed by hand and where by tools: account by account, region by region.
-- param: service text default='' Only this service: ec2, iam, ...
-- example: clickops query changes-by-account --param service=ec2 --logs examples/logs
-- column: account_id the account whose trail got the events
-- column: region where
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
        region,
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
        AND (:service = '' OR split_part(event_source, '.', 1) = lower(:service))
)

SELECT
    account_id,
    region,
    CAST(count_if(made_by = 'hand') AS varchar) AS by_hand,
    CAST(count_if(made_by = 'tool') AS varchar) AS by_tools,
    CAST(count_if(made_by = 'service') AS varchar) AS by_services,
    CAST(count(DISTINCT actor) FILTER (WHERE made_by = 'hand') AS varchar) AS people,
    max(event_time) FILTER (WHERE made_by = 'hand') AS last_by_hand
FROM changes
GROUP BY account_id, region
ORDER BY count_if(made_by = 'hand') DESC, count(*) DESC, account_id, region
