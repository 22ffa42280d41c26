-- name: assumed-roles
-- about: Who took which role, how often, and from which role: follow `caller_role` to `role` to see
-- about: chains. Roles that AWS services take for their own work are left out.
-- param: role text default='' Only roles whose ARN holds this text.
-- param: services boolean default=false With true, AWS services as callers too.
-- example: clickops query assumed-roles --param services=true --logs examples/logs
-- column: caller who took the role
-- column: caller_role the role that they had before
-- column: caller_account the account they come from
-- column: role the ARN of the role they took
-- column: how AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity, AssumeRoot
-- column: crosses true where the role is in another account
-- column: times how often
-- column: failed how often it failed
-- column: sessions some names of the sessions
-- column: first_time when first
-- column: last_time when last
WITH

-- Both accounts get a copy of a call that crosses, under different ids.
calls AS (
    SELECT
        max(event_time) AS event_time,
        max(coalesce(actor, invoked_by)) AS caller,
        max(role) AS caller_role,
        max(coalesce(actor_account, account_id)) AS caller_account,
        max(coalesce(
            json_extract_scalar(request_parameters, '$.roleArn'),
            -- A call that was denied has no parameters, but says what it was after.
            regexp_extract(error_message, 'on resource: (arn:[^ ]+)', 1),
            resource
        )) AS role,
        max(event_name) AS how,
        max(error_code) AS error_code,
        max(json_extract_scalar(request_parameters, '$.roleSessionName')) AS session_name
    FROM events
    WHERE event_source = 'sts.amazonaws.com'
        AND event_name IN ('AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity', 'AssumeRoot')
        AND (:services = 'true' OR coalesce(actor_type, 'Unknown') <> 'AWSService')
    GROUP BY coalesce(shared_event_id, event_id)
)

SELECT
    caller,
    caller_role,
    caller_account,
    role,
    how,
    CASE
        WHEN split_part(role, ':', 5) = caller_account THEN 'false'
        WHEN role LIKE 'arn:%' AND caller_account IS NOT NULL THEN 'true'
    END AS crosses,
    CAST(count(*) AS varchar) AS times,
    CAST(count(error_code) AS varchar) AS failed,
    nullif(array_join(slice(array_sort(array_agg(DISTINCT session_name)), 1, 3), ', '), '') AS sessions,
    min(event_time) AS first_time,
    max(event_time) AS last_time
FROM calls
WHERE :role = '' OR strpos(lower(role), lower(:role)) > 0
GROUP BY caller, caller_role, caller_account, role, how
ORDER BY count(*) DESC, caller, caller_role, caller_account, role, how
