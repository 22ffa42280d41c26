-- name: log-coverage
-- about: How much each account and region delivers per day. A day that is missing, or much smaller
-- about: than the others, is a trail that stopped, a wrong partition, or logs that are not here.
-- param: account text default='' Only this account.
-- example: clickops query log-coverage --param account=111122223333 --logs examples/logs
-- column: day the folder that the logs lie in
-- column: account the account
-- column: region the region
-- column: logs how many log files
-- column: records how many records
-- column: changes how many of them may have changed something
-- column: first_time the oldest event
-- column: last_time the newest event
SELECT
    day,
    account,
    region,
    CAST(count(DISTINCT log_file) AS varchar) AS logs,
    CAST(count(*) AS varchar) AS records,
    CAST(count_if(coalesce(lower(readonly), 'false') <> 'true') AS varchar) AS changes,
    min(eventtime) AS first_time,
    max(eventtime) AS last_time
FROM cloudtrail
WHERE :account = '' OR account = :account
GROUP BY day, account, region
ORDER BY day, account, region
