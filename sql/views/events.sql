-- name: events
-- about: Every CloudTrail record as it was delivered, one row each, under plain names.
-- about: Nothing is judged and nothing is dropped here: the verdicts are built on top, and people
-- about: select from it for everything else. All columns are text; what a record does not say is NULL.
-- column: event_id CloudTrail's eventID; where a record has none, an id made of what else it says
-- column: original_event_id the event that this one repeats or corrects, else its own event_id
-- column: event_time when the call completed, ISO 8601, UTC
-- column: account_id the account whose trail got the event
-- column: region the region whose trail got the event; us-east-1 for global services
-- column: event_source the service, ec2.amazonaws.com
-- column: event_name the API action, RunInstances
-- column: event_type AwsApiCall (also where the record is older than the field), AwsConsoleAction, ...
-- column: event_category Management, Data, ...; NULL in records before 2021
-- column: read_only true or false, as the service said it; NULL where it did not
-- column: from_console true when AWS marked the credentials as a console session's
-- column: invoked_by the AWS service that made the call for the caller
-- column: user_agent what the client calls itself; chosen by the client
-- column: source_ip address of the caller, or the name of an AWS service
-- column: has_tls true when the record tells of the caller's own TLS connection
-- column: error_code CloudTrail's errorCode; NULL for a call that worked
-- column: error_message CloudTrail's errorMessage
-- column: actor the person's or machine's name, as good as the record tells
-- column: actor_type userIdentity.type; read from the ARN where the record has none
-- column: actor_arn userIdentity.arn
-- column: actor_account the caller's own account
-- column: role name of the assumed role
-- column: permission_set IAM Identity Center permission set behind the role
-- column: principal_id userIdentity.principalId
-- column: session what all calls of one sign-in share: principal and sign-in time
-- column: signed_in when the session began
-- column: web_identity_provider who vouched for a web or mobile application's user
-- column: access_key_id access key of the call
-- column: mfa true or false, as the session or the sign-in says; most SSO sessions say false whatever happened
-- column: resource the resource touched, short: sg-0ab12c34, orders-db, user/ci-deploy
-- column: request_id CloudTrail's requestID
-- column: shared_event_id shared by the copies of one event in several accounts
-- column: request_parameters what was asked, JSON text
-- column: response_elements what was answered, JSON text
-- column: additional_event_data what else the service says of it, JSON text; sign-ins say MFA here
-- column: log_file address of the log that holds the event

WITH

-- Plain names, empty texts as NULL, and the type that identities of older records leave out. Apart
-- from the next step because more than one column there needs them.
plain AS (
    SELECT
        nullif(eventid, '') AS own_id,
        addendum.originaleventid AS addendum_of,
        eventtime AS event_time,
        coalesce(nullif(recipientaccountid, ''), nullif(account, ''), nullif(useridentity.accountid, '')) AS account_id,
        coalesce(nullif(awsregion, ''), nullif(region, '')) AS region,
        nullif(eventsource, '') AS event_source,
        nullif(eventname, '') AS event_name,
        coalesce(nullif(eventtype, ''), 'AwsApiCall') AS event_type,
        nullif(eventcategory, '') AS event_category,
        lower(nullif(readonly, '')) AS read_only,
        CASE WHEN lower(sessioncredentialfromconsole) = 'true' THEN 'true' END AS from_console,
        nullif(useridentity.invokedby, '') AS invoked_by,
        nullif(useragent, '') AS user_agent,
        nullif(sourceipaddress, '') AS source_ip,
        CASE WHEN tlsdetails.tlsversion IS NOT NULL THEN 'true' ELSE 'false' END AS has_tls,
        nullif(errorcode, '') AS error_code,
        nullif(errormessage, '') AS error_message,
        coalesce(
            nullif(useridentity.type, ''),
            CASE
                WHEN useridentity.arn LIKE '%:assumed-role/%' THEN 'AssumedRole'
                WHEN useridentity.arn LIKE '%:user/%' THEN 'IAMUser'
                WHEN useridentity.arn LIKE '%:federated-user/%' THEN 'FederatedUser'
                WHEN useridentity.arn LIKE '%:root' THEN 'Root'
            END
        ) AS actor_type,
        nullif(useridentity.arn, '') AS actor_arn,
        nullif(useridentity.accountid, '') AS actor_account,
        nullif(useridentity.username, '') AS user_name,
        nullif(useridentity.principalid, '') AS principal_id,
        nullif(useridentity.accesskeyid, '') AS access_key_id,
        useridentity.onbehalfof.userid AS identity_center_user,
        nullif(useridentity.sessioncontext.sessionissuer.username, '') AS issuer_name,
        nullif(useridentity.sessioncontext.attributes.creationdate, '') AS signed_in,
        -- A sign-in has no session yet: there the sign-in page tells.
        coalesce(
            lower(useridentity.sessioncontext.attributes.mfaauthenticated),
            CASE WHEN eventsource = 'signin.amazonaws.com' THEN
                CASE json_extract_scalar(additionaleventdata, '$.MFAUsed') WHEN 'Yes' THEN 'true' WHEN 'No' THEN 'false' END
            END
        ) AS mfa,
        nullif(useridentity.sessioncontext.webidfederationdata.federatedprovider, '') AS web_identity_provider,
        element_at(resources, 1).arn AS first_resource,
        nullif(requestid, '') AS request_id,
        nullif(sharedeventid, '') AS shared_event_id,
        requestparameters AS request_parameters,
        responseelements AS response_elements,
        additionaleventdata AS additional_event_data,
        log_file
    FROM cloudtrail
),

-- The same rows with the names people know things by: who, in which session, on what.
named AS (
    SELECT
        *,
        -- Some old or published records have no eventID. What else they say tells them apart, down to
        -- the length of the request, and copies of one record get the same id.
        coalesce(
            own_id,
            concat(
                'no-id/', coalesce(event_time, ''), '/', coalesce(event_source, ''), '/', coalesce(event_name, ''), '/',
                coalesce(request_id, access_key_id, principal_id, account_id, ''), '/', coalesce(error_code, ''), '/',
                CAST(coalesce(length(request_parameters), 0) AS varchar)
            )
        ) AS event_id,
        CASE
            WHEN actor_type IN ('AssumedRole', 'Role') THEN coalesce(issuer_name, split_part(actor_arn, '/', 2))
        END AS role,
        CASE
            WHEN actor_type = 'Root' THEN 'root (' || coalesce(actor_account, account_id, 'unknown account') || ')'
            WHEN actor_type = 'IAMUser' THEN coalesce(user_name, regexp_extract(actor_arn, '[^/]+$'), principal_id)
            -- An assumed role carries the person in the session name: the last part of the ARN.
            WHEN actor_type IN ('AssumedRole', 'Role') THEN coalesce(
                nullif(split_part(actor_arn, '/', 3), ''), nullif(split_part(principal_id, ':', 2), ''), user_name, issuer_name, principal_id
            )
            WHEN actor_type = 'FederatedUser' THEN coalesce(
                nullif(split_part(actor_arn, 'federated-user/', 2), ''), nullif(split_part(principal_id, ':', 2), ''), issuer_name
            )
            WHEN actor_type = 'IdentityCenterUser' THEN coalesce(user_name, identity_center_user)
            WHEN actor_type = 'AWSService' THEN invoked_by
            -- Another account's caller, an application's user, or nothing the record could name.
            ELSE coalesce(
                user_name,
                CASE WHEN actor_arn LIKE '%/%' THEN regexp_extract(actor_arn, '[^/]+$') END,
                nullif(split_part(principal_id, ':', 2), ''),
                principal_id,
                identity_center_user,
                'unknown (' || coalesce(actor_account, account_id, 'unknown account') || ')'
            )
        END AS actor,
        -- The resource, as the service's own requests name it. Reads are left at what the record
        -- lists by itself: they are most of a trail, and nobody asks what they touched.
        CASE
            WHEN read_only = 'true' THEN first_resource
            WHEN event_source = 'ec2.amazonaws.com' THEN
                -- EC2 ids are recognised by their form. What was made stands in the answer, what was
                -- changed stands in the request.
                CASE
                    WHEN regexp_like(event_name, '^(?:Create|Run|Allocate|Copy|Register|Import)') AND event_name <> 'CreateTags' THEN coalesce(
                        json_extract_scalar(response_elements, '$.instancesSet.items[0].instanceId'),
                        json_extract_scalar(request_parameters, '$.keyName'),
                        regexp_extract(response_elements, '"((?:[a-z]+-)+[0-9a-f]{8,17})"', 1),
                        regexp_extract(request_parameters, '"((?:[a-z]+-)+[0-9a-f]{8,17})"', 1)
                    )
                    ELSE coalesce(
                        json_extract_scalar(request_parameters, '$.groupId'),
                        json_extract_scalar(request_parameters, '$.instanceId'),
                        regexp_extract(request_parameters, '"((?:[a-z]+-)+[0-9a-f]{8,17})"', 1),
                        json_extract_scalar(request_parameters, '$.keyName'),
                        json_extract_scalar(request_parameters, '$.groupName'),
                        regexp_extract(response_elements, '"((?:[a-z]+-)+[0-9a-f]{8,17})"', 1)
                    )
                END
            WHEN event_source = 'iam.amazonaws.com' THEN coalesce(
                'user/' || json_extract_scalar(request_parameters, '$.userName'),
                'role/' || json_extract_scalar(request_parameters, '$.roleName'),
                'group/' || json_extract_scalar(request_parameters, '$.groupName'),
                'instance-profile/' || json_extract_scalar(request_parameters, '$.instanceProfileName'),
                'policy/' || json_extract_scalar(request_parameters, '$.policyName'),
                json_extract_scalar(request_parameters, '$.policyArn'),
                'mfa/' || json_extract_scalar(request_parameters, '$.virtualMFADeviceName'),
                json_extract_scalar(request_parameters, '$.serialNumber'),
                'user/' || json_extract_scalar(response_elements, '$.accessKey.userName'),
                'role/' || json_extract_scalar(response_elements, '$.role.roleName')
            )
            WHEN event_source = 's3.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.bucketName') || '/' || json_extract_scalar(request_parameters, '$.key'),
                json_extract_scalar(request_parameters, '$.bucketName')
            )
            WHEN event_source = 'rds.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.dBInstanceIdentifier'),
                json_extract_scalar(request_parameters, '$.dBClusterIdentifier'),
                json_extract_scalar(request_parameters, '$.dBSnapshotIdentifier'),
                json_extract_scalar(request_parameters, '$.dBClusterSnapshotIdentifier'),
                json_extract_scalar(request_parameters, '$.dBParameterGroupName'),
                json_extract_scalar(request_parameters, '$.dBSubnetGroupName'),
                json_extract_scalar(request_parameters, '$.resourceName')
            )
            WHEN event_source = 'lambda.amazonaws.com' THEN replace(coalesce(
                json_extract_scalar(request_parameters, '$.functionName'),
                json_extract_scalar(request_parameters, '$.layerName')
            ), 'function:', '')
            WHEN event_source = 'dynamodb.amazonaws.com' THEN json_extract_scalar(request_parameters, '$.tableName')
            WHEN event_source = 'kms.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.aliasName'),
                json_extract_scalar(request_parameters, '$.keyId'),
                json_extract_scalar(response_elements, '$.keyMetadata.keyId')
            )
            WHEN event_source = 'sns.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.topicArn'),
                json_extract_scalar(request_parameters, '$.name'),
                json_extract_scalar(request_parameters, '$.subscriptionArn')
            )
            WHEN event_source = 'sqs.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.queueName'),
                regexp_extract(json_extract_scalar(request_parameters, '$.queueUrl'), '[^/]+$')
            )
            WHEN event_source = 'cloudformation.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.stackName'),
                json_extract_scalar(request_parameters, '$.stackSetName')
            )
            WHEN event_source = 'logs.amazonaws.com' THEN json_extract_scalar(request_parameters, '$.logGroupName')
            WHEN event_source = 'monitoring.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.alarmName'),
                json_extract_scalar(request_parameters, '$.dashboardName'),
                json_extract_scalar(request_parameters, '$.alarmNames[0]'),
                json_extract_scalar(request_parameters, '$.dashboardNames[0]')
            )
            WHEN event_source = 'events.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.rule'),
                json_extract_scalar(request_parameters, '$.name')
            )
            WHEN event_source = 'secretsmanager.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.secretId'),
                json_extract_scalar(request_parameters, '$.name')
            )
            WHEN event_source = 'ssm.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.name'),
                json_extract_scalar(request_parameters, '$.target'),
                json_extract_scalar(request_parameters, '$.documentName'),
                json_extract_scalar(request_parameters, '$.instanceIds[0]')
            )
            WHEN event_source = 'elasticloadbalancing.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.loadBalancerName'),
                json_extract_scalar(request_parameters, '$.name'),
                json_extract_scalar(request_parameters, '$.ruleArn'),
                json_extract_scalar(request_parameters, '$.listenerArn'),
                json_extract_scalar(request_parameters, '$.targetGroupArn'),
                json_extract_scalar(request_parameters, '$.loadBalancerArn')
            )
            WHEN event_source = 'autoscaling.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.autoScalingGroupName'),
                json_extract_scalar(request_parameters, '$.launchConfigurationName')
            )
            WHEN event_source = 'ecs.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.serviceName'),
                json_extract_scalar(request_parameters, '$.service'),
                json_extract_scalar(request_parameters, '$.family'),
                json_extract_scalar(request_parameters, '$.taskDefinition'),
                json_extract_scalar(request_parameters, '$.clusterName'),
                json_extract_scalar(request_parameters, '$.cluster')
            )
            WHEN event_source = 'eks.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.nodegroupName'),
                json_extract_scalar(request_parameters, '$.clusterName'),
                json_extract_scalar(request_parameters, '$.name')
            )
            WHEN event_source = 'route53.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.changeBatch.changes[0].resourceRecordSet.name'),
                json_extract_scalar(request_parameters, '$.name'),
                json_extract_scalar(request_parameters, '$.hostedZoneId'),
                json_extract_scalar(request_parameters, '$.id')
            )
            WHEN event_source = 'cloudfront.amazonaws.com' THEN coalesce(
                json_extract_scalar(request_parameters, '$.id'),
                json_extract_scalar(request_parameters, '$.distributionId'),
                json_extract_scalar(response_elements, '$.distribution.id')
            )
        END AS named_resource
    FROM plain
)

SELECT
    event_id,
    coalesce(addendum_of, event_id) AS original_event_id,
    event_time,
    account_id,
    region,
    event_source,
    event_name,
    event_type,
    event_category,
    read_only,
    from_console,
    invoked_by,
    user_agent,
    source_ip,
    has_tls,
    error_code,
    error_message,
    actor,
    actor_type,
    actor_arn,
    actor_account,
    role,
    CASE
        WHEN starts_with(role, 'AWSReservedSSO_') THEN regexp_extract(role, '^AWSReservedSSO_(.+)_[0-9a-f]{16}$', 1)
    END AS permission_set,
    principal_id,
    coalesce(principal_id, actor_arn) || '/' || signed_in AS session,
    signed_in,
    web_identity_provider,
    access_key_id,
    mfa,
    -- An ARN says the same in more words: account and region stand in columns of their own.
    CASE
        WHEN starts_with(coalesce(named_resource, first_resource), 'arn:')
            THEN regexp_replace(coalesce(named_resource, first_resource), '^arn:[^:]*:[^:]*:[^:]*:[^:]*:', '')
        WHEN read_only = 'true' OR named_resource IS NOT NULL OR first_resource IS NOT NULL
            THEN coalesce(named_resource, first_resource)
        -- Any other service: the first name or id in the request.
        ELSE regexp_replace(
            regexp_extract(request_parameters, '"[A-Za-z]*(?:[nN]ame|[iI]d|[iI]dentifier|[aA]rn|ARN)":"([^"\\]{1,256})"', 1),
            '^arn:[^:]*:[^:]*:[^:]*:[^:]*:', ''
        )
    END AS resource,
    request_id,
    shared_event_id,
    request_parameters,
    response_elements,
    additional_event_data,
    log_file
FROM named
