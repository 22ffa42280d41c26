-- name: root-use
-- about: What the root user did, sign-ins too. Calls that an AWS service made in its name are left
-- about: out. Almost every line here deserves a question.
-- param: reads boolean default=false With true, calls that only looked at something too.
-- param: account text default='' Only this account.
-- example: clickops query root-use --param reads=true --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id whose root user
-- column: region where
-- column: action service and action
-- column: resource the resource touched
-- column: error_code why it failed; NULL for a call that worked
-- column: mfa whether with MFA, as the session or the sign-in says
-- column: access_key_id the key of the call; one that begins with AKIA is a key of root itself
-- column: source_ip from where
-- column: client what was used
-- column: event_id for `clickops get`
SELECT DISTINCT
    event_time,
    account_id,
    region,
    split_part(event_source, '.', 1) || ':' || event_name AS action,
    resource,
    error_code,
    coalesce(mfa, CASE json_extract_scalar(additional_event_data, '$.MFAUsed') WHEN 'Yes' THEN 'true' WHEN 'No' THEN 'false' END) AS mfa,
    access_key_id,
    source_ip,
    user_agent AS client,
    event_id
FROM events
WHERE actor_type IN ('Root', 'AssumedRoot')
    AND coalesce(invoked_by, 'signin.amazonaws.com') = 'signin.amazonaws.com'
    AND event_type <> 'AwsServiceEvent'
    AND (:reads = 'true' OR coalesce(read_only, 'false') <> 'true')
    AND (:account = '' OR account_id = :account)
ORDER BY event_time, event_id
