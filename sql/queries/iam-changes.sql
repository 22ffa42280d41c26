-- name: iam-changes
-- about: Who changed who may do what: IAM, IAM Identity Center and its directory, and the policies of
-- about: the organisation. Calls that AWS services made for themselves are left out.
-- param: account text default='' Only this account.
-- param: who text default='' Only callers whose name or ARN holds this text.
-- example: clickops query iam-changes --param account=111122223333 --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: actor who
-- column: action service and action
-- column: resource the user, role, group or policy that was changed
-- column: what the policy that was given or taken, the group that was joined, or whom a policy is for
-- column: error_code why it failed; NULL for a call that worked
-- column: client what was used
-- column: event_id for `clickops get` and `clickops explain`
SELECT DISTINCT
    event_time,
    account_id,
    actor,
    split_part(event_source, '.', 1) || ':' || event_name AS action,
    resource,
    coalesce(
        json_extract_scalar(request_parameters, '$.policyArn'),
        json_extract_scalar(request_parameters, '$.managedPolicyArn'),
        CASE WHEN event_name LIKE '%RolePolicy' OR event_name LIKE '%UserPolicy' OR event_name LIKE '%GroupPolicy' THEN json_extract_scalar(request_parameters, '$.policyName') END,
        CASE WHEN event_name LIKE '%UserToGroup' OR event_name LIKE '%UserFromGroup' THEN json_extract_scalar(request_parameters, '$.groupName') END,
        CASE WHEN event_name LIKE '%InstanceProfile' THEN json_extract_scalar(request_parameters, '$.instanceProfileName') END,
        json_extract_scalar(request_parameters, '$.permissionsBoundary'),
        json_extract_scalar(request_parameters, '$.targetId')
    ) AS what,
    error_code,
    user_agent AS client,
    event_id
FROM events
WHERE (
        event_source IN ('iam.amazonaws.com', 'sso.amazonaws.com', 'sso-directory.amazonaws.com', 'identitystore.amazonaws.com')
        OR (event_source = 'organizations.amazonaws.com' AND event_name LIKE '%Policy%')
        OR (event_source = 'access-analyzer.amazonaws.com' AND event_name LIKE '%Analyzer')
    )
    AND coalesce(read_only, 'false') <> 'true'
    AND event_type IN ('AwsApiCall', 'AwsConsoleAction')
    AND NOT regexp_like(event_name, '^(?:Get|List|Describe|Search|Generate|Simulate|Is)')
    AND coalesce(actor_type, 'Unknown') <> 'AWSService'
    AND (:account = '' OR account_id = :account)
    AND (:who = '' OR strpos(lower(actor), lower(:who)) > 0 OR strpos(lower(actor_arn), lower(:who)) > 0)
ORDER BY event_time, event_id
