-- name: console-sign-ins
-- about: Who signed in to the console, when, from where and how; failures too. A role switch is a
-- about: sign-in as somebody else.
-- param: who text default='' Only people whose name or ARN holds this text.
-- example: clickops query console-sign-ins --param who=ann.smith --logs examples/logs
-- column: event_time when, UTC
-- column: account_id into which account
-- column: actor who
-- column: actor_type Root, IAMUser, AssumedRole (single sign-on), ...
-- column: step ConsoleLogin, SwitchRole, ...
-- column: result Success or Failure
-- column: mfa Yes or No, as the sign-in page saw it; an identity provider asks for MFA on its own page
-- column: source_ip from where
-- column: browser what was signed in with
-- column: event_id for `clickops get`
SELECT DISTINCT
    event_time,
    account_id,
    actor,
    actor_type,
    event_name AS step,
    coalesce(
        json_extract_scalar(response_elements, '$.ConsoleLogin'),
        json_extract_scalar(response_elements, '$.SwitchRole'),
        CASE WHEN error_code IS NOT NULL OR error_message IS NOT NULL THEN 'Failure' ELSE 'Success' END
    ) AS result,
    json_extract_scalar(additional_event_data, '$.MFAUsed') AS mfa,
    source_ip,
    user_agent AS browser,
    event_id
FROM events
WHERE event_source = 'signin.amazonaws.com'
    AND event_name IN ('ConsoleLogin', 'SwitchRole', 'UserAuthentication', 'CredentialVerification')
    AND (:who = '' OR strpos(lower(actor), lower(:who)) > 0 OR strpos(lower(actor_arn), lower(:who)) > 0)
ORDER BY event_time, event_id
