-- name: all_activity
-- about: Everything that some detection may report, each act once, with the exclusion that covers it.
-- about: Detections select from it by topic: they differ in what they look for, not in how copies
-- about: and exclusions are dealt with.
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
-- column: reported_by name of the exclusion of kind reported that has it shown
-- column: tool the program behind the call: browser, aws-cli, terraform, ...
-- column: tag what to know about the action: iac-root, run-state, data, own-credential, session, starts-work, not-configuration
-- column: role name of the assumed role
-- column: permission_set IAM Identity Center permission set behind the role
-- column: actor_account the caller's own account
-- column: mfa whether the session says MFA
-- column: signed_in when the session began
-- column: access_key_id access key of the call
-- column: request_id CloudTrail's requestID
-- column: error_message CloudTrail's errorMessage
-- column: original_event_id the event that this one repeats or corrects, else its own event_id
-- column: topic what detections select by: console, sign-in, secret, tool, unmarked; NULL for most

WITH

-- The acts, each next to every exclusion that covers it. A scope that an exclusion leaves open
-- covers everything. An exclusion hides what happened up to its last day; what came later is back,
-- and whoever reads it should know why it was not there before. An act without a time is never
-- hidden by an exclusion that has a last day. One of kind `reported` is an exception to the others.
covered AS (
    SELECT
        v.*,
        x.name AS exclusion_name,
        x.kind AS exclusion_kind,
        x.reason AS exclusion_reason,
        x.until AS exclusion_until,
        x.priority AS exclusion_priority,
        CASE WHEN x.until IS NULL OR substr(v.event_time, 1, 10) <= x.until THEN 'false' ELSE 'true' END AS ended
    FROM verdicts v
    LEFT JOIN exclusions x
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
        -- An exception that has ended is none; an exclusion that has ended is told of.
        AND (x.kind <> 'reported' OR x.until IS NULL OR substr(v.event_time, 1, 10) <= x.until)
    WHERE v.topic IS NOT NULL
),

-- The same with the copies of each act numbered. Of one act there are more rows than one when
-- CloudTrail delivers it again, when two trails write to one bucket, when an addendum repeats or
-- corrects it, when the accounts on both sides get a copy each, and when several exclusions cover
-- it. The first is the caller's own copy, the newest word on it, and of the exclusions one that has
-- not ended, with the lowest priority text. Time and action are part of the key because published
-- samples, unlike CloudTrail, use an id more than once. The topic is, so that an engine can leave out
-- other topics before it joins and sorts.
copies AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY topic, coalesce(
                'shared ' || shared_event_id,
                original_event_id || ' in ' || coalesce(account_id, '') || ' ' || coalesce(event_time, '') || ' ' || event_source || ' ' || event_name
            )
            ORDER BY
                CASE WHEN actor_account = account_id THEN 1 ELSE 2 END,
                CASE WHEN event_id <> original_event_id THEN 1 ELSE 2 END,
                event_time DESC,
                account_id,
                event_id,
                log_file,
                -- Samples again: without these each engine would take another one.
                event_source,
                event_name,
                resource,
                error_code,
                source_ip,
                ended,
                exclusion_priority
        ) AS copy
    FROM covered
)

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
    CASE WHEN ended = 'false' AND exclusion_kind <> 'reported' THEN exclusion_name END AS exclusion,
    CASE WHEN ended = 'false' AND exclusion_kind <> 'reported' THEN exclusion_kind END AS exclusion_kind,
    CASE WHEN ended = 'false' AND exclusion_kind <> 'reported' THEN exclusion_reason END AS exclusion_reason,
    CASE WHEN ended = 'false' AND exclusion_kind <> 'reported' THEN exclusion_until END AS exclusion_until,
    CASE WHEN ended = 'true' THEN exclusion_name END AS expired_exclusion,
    CASE WHEN ended = 'true' THEN exclusion_until END AS expired_on,
    CASE WHEN exclusion_kind = 'reported' THEN exclusion_name END AS reported_by,
    tool,
    tag,
    role,
    permission_set,
    actor_account,
    mfa,
    signed_in,
    access_key_id,
    request_id,
    error_message,
    original_event_id,
    topic
FROM copies
WHERE copy = 1
