-- name: denied_attempts
-- about: What people tried to change in the console and were not allowed to.
-- finds: denied attempt, denied attempts
-- column: event_id CloudTrail's eventID; where a record has none, an id made of what else it says
-- column: event_time when the call completed, ISO 8601, UTC
-- column: account_id the account whose trail got the event
-- column: region the region whose trail got the event; us-east-1 for global services
-- column: event_source the service, ec2.amazonaws.com
-- column: event_name the API action, RunInstances
-- column: actor the person's or machine's name
-- column: actor_type userIdentity.type
-- column: actor_arn userIdentity.arn
-- column: session what all calls of one sign-in share
-- column: source_ip address of the caller, or the name of an AWS service
-- column: user_agent what the client calls itself; chosen by the client
-- column: signal the mark of the console that was found: flag, console-action, cloudshell, browser, console-host, s3-console, console-name, aws-internal-sdk, coral, aws-internal
-- column: channel the way the person took: console, cloudshell, webapp, aws-login, mobile?, other
-- column: confidence high, medium or low; low is never reported
-- column: verdict clickops, attempted, chained, operational or not
-- column: rule the rule that decided: C1 to C10 found the console, N... ruled the event out
-- column: outcome success, denied, failed or dry-run
-- column: error_code CloudTrail's errorCode
-- column: resource the resource touched
-- column: shared_event_id shared by the copies of one event in several accounts
-- column: log_file address of the log that holds the event
-- column: reason the verdict as a sentence, with its evidence
-- column: exclusion name of the exclusion that covers it
-- column: exclusion_kind noise or accepted
-- column: exclusion_reason why that exclusion exists, and the ticket it was agreed in
-- column: exclusion_until last day (UTC) of that exclusion
-- column: expired_exclusion name of an exclusion that would cover it, but ended before it happened
-- column: expired_on last day (UTC) of that one
-- column: reported false where an exclusion covers it, else true
-- column: tool the program behind the call: browser, aws-cli, terraform, ...
-- column: role name of the assumed role
-- column: permission_set IAM Identity Center permission set behind the role
-- column: actor_account the caller's own account
-- column: mfa whether the session says MFA
-- column: signed_in when the session began
-- column: access_key_id access key of the call
-- column: request_id CloudTrail's requestID
-- column: error_message CloudTrail's errorMessage
-- column: original_event_id the event that this one repeats or corrects, else its own event_id
SELECT
    event_id,
    event_time,
    account_id,
    region,
    event_source,
    event_name,
    actor,
    actor_type,
    actor_arn,
    session,
    source_ip,
    user_agent,
    signal,
    channel,
    confidence,
    verdict,
    rule,
    outcome,
    error_code,
    resource,
    shared_event_id,
    log_file,
    reason,
    exclusion,
    exclusion_kind,
    exclusion_reason,
    exclusion_until,
    expired_exclusion,
    expired_on,
    CASE WHEN exclusion IS NULL THEN 'true' ELSE 'false' END AS reported,
    tool,
    role,
    permission_set,
    actor_account,
    mfa,
    signed_in,
    access_key_id,
    request_id,
    error_message,
    original_event_id
FROM all_activity
WHERE topic = 'console'
    AND verdict = 'attempted'
    AND outcome = 'denied'
