-- name: unused-exclusions
-- about: Exclusions that matched nothing: they are wrong, or nobody needs them any more. Look at
-- about: enough days before you take one out. What one would match after its last day counts, too.
-- param: used boolean default=false With true, the others too, and how much each matched.
-- example: clickops query unused-exclusions --param used=true --logs examples/logs
-- column: exclusion its name
-- column: kind noise, accepted or reported
-- column: reason why it is there
-- column: until its last day (UTC)
-- column: origin shipped, or config for your own
-- column: matched how many acts it matched, whether or not another one covers them too
-- column: last_time when it last matched one
WITH

-- As in all_activity, but every exclusion counts that covers an act, and not only the first.
matches AS (
    SELECT
        x.name,
        count(DISTINCT v.event_id) AS matched,
        max(v.event_time) AS last_time
    FROM verdicts v
    JOIN exclusions x
        ON (x.event_source IS NULL OR v.event_source LIKE x.event_source ESCAPE '\')
        AND (x.event_name IS NULL OR v.event_name LIKE x.event_name ESCAPE '\')
        AND (x.actor IS NULL OR v.actor LIKE x.actor ESCAPE '\' OR v.actor_arn LIKE x.actor ESCAPE '\')
        AND (
            (x.account_id IS NULL AND x.accounts IS NULL)
            OR v.account_id LIKE x.account_id ESCAPE '\'
            OR strpos(x.accounts, ' ' || v.account_id || ' ') > 0
        )
        AND (x.region IS NULL OR v.region LIKE x.region ESCAPE '\')
        AND (x.resource IS NULL OR v.resource LIKE x.resource ESCAPE '\')
        AND (x.user_agent IS NULL OR v.user_agent LIKE x.user_agent ESCAPE '\')
        AND (x.verdict IS NULL OR v.verdict LIKE x.verdict ESCAPE '\')
        AND (x.channel IS NULL OR v.channel LIKE x.channel ESCAPE '\')
        AND (x.tag IS NULL OR v.tag LIKE x.tag ESCAPE '\')
    WHERE v.verdict <> 'not'
    GROUP BY x.name
),

-- An exclusion with several patterns is several rows.
entries AS (
    SELECT name, min(kind) AS kind, min(reason) AS reason, min(until) AS until, min(origin) AS origin
    FROM exclusions
    GROUP BY name
)

SELECT
    e.name AS exclusion,
    e.kind,
    e.reason,
    e.until,
    e.origin,
    CAST(coalesce(m.matched, 0) AS varchar) AS matched,
    m.last_time
FROM entries e
LEFT JOIN matches m ON m.name = e.name
WHERE :used = 'true' OR m.name IS NULL
ORDER BY coalesce(m.matched, 0), e.name
