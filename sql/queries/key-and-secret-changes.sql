-- name: key-and-secret-changes
-- about: Who changed keys and secrets: KMS, Secrets Manager, parameters of Systems Manager,
-- about: certificates. What services do with keys to store things is left out.
-- param: account text default='' Only this account.
-- param: reads boolean default=false With true, also who read a secret or a parameter.
-- example: clickops query key-and-secret-changes --param reads=true --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: action service and action
-- column: resource the key, secret or parameter
-- column: error_code why it failed; NULL for a call that worked
-- column: client what was used
-- column: event_id for `clickops get` and `clickops explain`
SELECT DISTINCT
    event_time,
    account_id,
    region,
    actor,
    split_part(event_source, '.', 1) || ':' || event_name AS action,
    coalesce(
        resource,
        json_extract_scalar(request_parameters, '$.secretId'),
        json_extract_scalar(request_parameters, '$.name'),
        json_extract_scalar(request_parameters, '$.names[0]'),
        json_extract_scalar(request_parameters, '$.path')
    ) AS resource,
    error_code,
    user_agent AS client,
    event_id
FROM events
WHERE (
        (
            event_source IN ('kms.amazonaws.com', 'secretsmanager.amazonaws.com', 'acm.amazonaws.com', 'acm-pca.amazonaws.com')
            AND coalesce(read_only, 'false') <> 'true'
            AND NOT regexp_like(event_name, '^(?:Encrypt|Decrypt|ReEncrypt|GenerateDataKey|GenerateRandom|Sign|Verify|Get|List|Describe)')
        )
        OR (
            event_source = 'ssm.amazonaws.com'
            AND event_name IN ('PutParameter', 'DeleteParameter', 'DeleteParameters', 'LabelParameterVersion', 'UnlabelParameterVersion')
        )
        OR (
            :reads = 'true'
            AND event_name IN ('GetSecretValue', 'BatchGetSecretValue', 'GetParameter', 'GetParameters', 'GetParametersByPath')
        )
    )
    AND event_type = 'AwsApiCall'
    -- Services take out grants on keys, and rotate secrets, all day long.
    AND coalesce(actor_type, 'Unknown') <> 'AWSService'
    AND NOT (invoked_by IS NOT NULL AND event_name IN ('CreateGrant', 'RetireGrant', 'RevokeGrant'))
    AND (:account = '' OR account_id = :account)
ORDER BY event_time, event_id
