-- name: new-access-keys
-- about: Credentials that were made, switched on or handed out: access keys, console passwords,
-- about: credentials for one service, certificates, SSH keys. `for_another` is worth a look.
-- param: account text default='' Only this account.
-- param: for_another boolean default=false With true, only those that were made for somebody else.
-- example: clickops query new-access-keys --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: actor who made it
-- column: event_name CreateAccessKey, CreateLoginProfile, ...
-- column: for_user the user that it belongs to
-- column: for_another true where that is not the one who made it
-- column: credential its id, where it has one
-- column: error_code why it failed; NULL for a call that worked
-- column: source_ip from where
-- column: event_id for `clickops get` and `clickops explain`
WITH

made AS (
    SELECT DISTINCT
        event_time,
        account_id,
        actor,
        event_name,
        -- Who names nobody means themselves.
        coalesce(
            json_extract_scalar(response_elements, '$.accessKey.userName'),
            json_extract_scalar(response_elements, '$.loginProfile.userName'),
            json_extract_scalar(request_parameters, '$.userName'),
            actor
        ) AS for_user,
        coalesce(
            json_extract_scalar(response_elements, '$.accessKey.accessKeyId'),
            json_extract_scalar(response_elements, '$.serviceSpecificCredential.serviceSpecificCredentialId'),
            json_extract_scalar(response_elements, '$.certificate.certificateId'),
            json_extract_scalar(response_elements, '$.sSHPublicKey.sSHPublicKeyId'),
            json_extract_scalar(request_parameters, '$.accessKeyId'),
            json_extract_scalar(request_parameters, '$.serviceSpecificCredentialId')
        ) AS credential,
        error_code,
        source_ip,
        event_id
    FROM events
    WHERE event_source = 'iam.amazonaws.com'
        AND (
            event_name IN (
                'CreateAccessKey',
                'CreateLoginProfile',
                'UpdateLoginProfile',
                'CreateServiceSpecificCredential',
                'ResetServiceSpecificCredential',
                'UploadSigningCertificate',
                'UploadSSHPublicKey'
            )
            OR (event_name = 'UpdateAccessKey' AND json_extract_scalar(request_parameters, '$.status') = 'Active')
        )
        AND (:account = '' OR account_id = :account)
)

SELECT
    event_time,
    account_id,
    actor,
    event_name,
    for_user,
    CASE WHEN for_user = actor THEN 'false' ELSE 'true' END AS for_another,
    credential,
    error_code,
    source_ip,
    event_id
FROM made
WHERE :for_another <> 'true' OR for_user <> actor
ORDER BY event_time, event_id
