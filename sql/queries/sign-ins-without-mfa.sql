-- name: sign-ins-without-mfa
-- about: Root and IAM users who signed in to the console without MFA. Who comes from an identity
-- about: provider has shown it there, if at all: AWS does not know, so they are left out.
-- param: federated boolean default=false With true, sign-ins through an identity provider too.
-- example: clickops query sign-ins-without-mfa --param federated=true --logs examples/logs
-- column: event_time when, UTC
-- column: account_id into which account
-- column: actor who
-- column: actor_type Root, IAMUser, ...
-- column: source_ip from where
-- column: browser what was signed in with
-- column: event_id for `clickops get`
SELECT DISTINCT
    event_time,
    account_id,
    actor,
    actor_type,
    source_ip,
    user_agent AS browser,
    event_id
FROM events
WHERE event_source = 'signin.amazonaws.com'
    AND event_name = 'ConsoleLogin'
    AND json_extract_scalar(response_elements, '$.ConsoleLogin') = 'Success'
    AND coalesce(json_extract_scalar(additional_event_data, '$.MFAUsed'), 'No') <> 'Yes'
    AND (:federated = 'true' OR actor_type IN ('Root', 'IAMUser'))
ORDER BY event_time, event_id
