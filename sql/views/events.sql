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
-- column: mfa true, or false, as the session or the sign-in says; false only of root and IAM users: of others
--     AWS does not know
-- column: resource the resource touched, short: sg-0ab12c34, orders-db, user/ci-deploy; the first of several
--     and how many more: i-0123456789abcdef0 +2
-- column: request_id CloudTrail's requestID
-- column: shared_event_id shared by the copies of one event in several accounts
-- column: request_parameters what was asked, JSON text
-- column: response_elements what was answered, JSON text
-- column: additional_event_data what else the service says of it, JSON text; sign-ins say MFA here
-- column: log_file address of the log that holds the event

WITH

-- Where services name what they touch, if neither the action's name nor a `name` leads there: paths
-- in the request and in the answer, of which the first that is there counts. `[0]` is the first of
-- several. A service stands here once; EC2, IAM and S3 have rules of their own in `named`.
resource_paths (event_source, in_request, in_answer) AS (
    VALUES
        ('apigateway.amazonaws.com', 'restApiId apiId domainName createRestApiInput.name createApiKeyInput.name', 'id'),
        ('athena.amazonaws.com', 'workGroup', NULL),
        ('autoscaling.amazonaws.com', 'autoScalingGroupName launchConfigurationName tags[0].resourceId', NULL),
        ('backup.amazonaws.com', 'recoveryPointArn resourceArn backupSelection.selectionName backupVaultName backupPlanId', NULL),
        ('cloudformation.amazonaws.com', 'stackName stackSetName', NULL),
        ('cloudfront.amazonaws.com', 'id distributionId', 'distribution.id'),
        ('codepipeline.amazonaws.com', 'pipeline.name pipelineName', NULL),
        ('cognito-idp.amazonaws.com', 'clientName clientId groupName poolName userPoolId', NULL),
        ('config.amazonaws.com', 'configurationRecorder.name deliveryChannel.name', NULL),
        ('dynamodb.amazonaws.com', 'targetTableName tableName', NULL),
        ('ecr.amazonaws.com', 'repositoryName', NULL),
        ('ecs.amazonaws.com', 'serviceName service family taskDefinition clusterName cluster', NULL),
        ('eks.amazonaws.com', 'nodegroupName addonName fargateProfileName clusterName', NULL),
        ('elasticloadbalancing.amazonaws.com', 'name ruleArn listenerArn targetGroupArn loadBalancerArn', NULL),
        ('es.amazonaws.com', 'domainName', NULL),
        ('events.amazonaws.com', 'rule', NULL),
        ('firehose.amazonaws.com', 'deliveryStreamName', NULL),
        ('glue.amazonaws.com', 'tableInput.name databaseInput.name name tableName jobName', NULL),
        ('kms.amazonaws.com', 'aliasName keyId', 'keyMetadata.keyId'),
        ('lambda.amazonaws.com', 'functionName layerName resource', 'functionArn'),
        ('logs.amazonaws.com', 'logGroupName logGroupIdentifier logGroupNames[0]', NULL),
        ('monitoring.amazonaws.com', 'alarmName dashboardName alarmNames[0] dashboardNames[0]', NULL),
        ('rds.amazonaws.com', 'targetDBInstanceIdentifier resourceName', NULL),
        ('route53.amazonaws.com', 'changeBatch.changes[0].resourceRecordSet.name name hostedZoneId id', NULL),
        ('secretsmanager.amazonaws.com', 'secretId', NULL),
        ('ses.amazonaws.com', 'emailIdentity identity emailAddress domain', NULL),
        ('sns.amazonaws.com', 'topicArn name subscriptionArn', NULL),
        ('sqs.amazonaws.com', 'queueName queueUrl', NULL),
        ('ssm.amazonaws.com', 'name names[0] target instanceIds[0] documentName', NULL),
        ('sso.amazonaws.com', 'targetId permissionSetArn', NULL),
        ('states.amazonaws.com', 'stateMachineArn', NULL)
),

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
        -- What the action's name speaks of: Subnet of CreateSubnet, Function of UpdateFunctionCode20150331v2.
        regexp_extract(
            eventname,
            '^[A-Z][a-z]+([A-Z][A-Za-z0-9]*?)s?(?:Attributes?|Code|Config|Configuration|Options|Policy|Settings?|Value|Version)?(?:From.*|To.*|\d{8}(?:v\d)?)?$',
            1
        ) AS noun,
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
            -- A few services write dots.
            CASE WHEN regexp_like(useridentity.type, '[A-Za-z]') THEN useridentity.type END,
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
        nullif(useridentity.onbehalfof.userid, '') AS identity_center_user,
        nullif(useridentity.sessioncontext.sessionissuer.username, '') AS issuer_name,
        nullif(useridentity.sessioncontext.attributes.creationdate, '') AS signed_in,
        -- A sign-in has no session yet: there the sign-in page tells.
        coalesce(
            nullif(lower(useridentity.sessioncontext.attributes.mfaauthenticated), ''),
            CASE WHEN eventsource = 'signin.amazonaws.com' THEN
                CASE json_extract_scalar(additionaleventdata, '$.MFAUsed') WHEN 'Yes' THEN 'true' WHEN 'No' THEN 'false' END
            END
        ) AS says_mfa,
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
        -- Also of callers whose type is Unknown, and of other accounts', if their ARN tells.
        CASE
            WHEN actor_type IN ('AssumedRole', 'Role') THEN coalesce(issuer_name, split_part(actor_arn, '/', 2))
            WHEN actor_arn LIKE '%:assumed-role/%' THEN split_part(actor_arn, '/', 2)
        END AS role,
        CASE
            WHEN actor_type = 'Root' THEN 'root (' || coalesce(actor_account, account_id, 'unknown account') || ')'
            ELSE coalesce(
                CASE
                    WHEN actor_type = 'IAMUser' THEN coalesce(user_name, regexp_extract(actor_arn, '[^/]+$'), principal_id)
                    -- An assumed role carries the person in the session name: the last part of the ARN.
                    WHEN actor_type IN ('AssumedRole', 'Role') THEN coalesce(
                        nullif(split_part(actor_arn, '/', 3), ''), nullif(split_part(principal_id, ':', 2), ''), user_name, issuer_name, principal_id
                    )
                    WHEN actor_type = 'FederatedUser' THEN coalesce(
                        nullif(split_part(actor_arn, 'federated-user/', 2), ''), nullif(split_part(principal_id, ':', 2), ''), issuer_name
                    )
                    -- The directory's users have numbers; their sign-in tells the name.
                    WHEN actor_type = 'IdentityCenterUser' THEN coalesce(
                        user_name, json_extract_scalar(additional_event_data, '$.UserName'), identity_center_user, principal_id
                    )
                    WHEN actor_type = 'AWSService' THEN invoked_by
                    -- Another account's caller, an application's user, or nothing the record could name.
                    ELSE coalesce(
                        user_name,
                        CASE WHEN actor_arn LIKE '%/%' THEN regexp_extract(actor_arn, '[^/]+$') END,
                        regexp_extract(principal_id, '[^:]+$'),
                        json_extract_scalar(additional_event_data, '$.UserName'),
                        identity_center_user
                    )
                END,
                'unknown (' || coalesce(actor_account, account_id, 'unknown account') || ')'
            )
        END AS actor,
        -- The resource, as the service's own requests name it. Reads are left at what the record
        -- lists by itself: they are most of a trail, and nobody asks what they touched.
        CASE WHEN read_only = 'true' THEN first_resource ELSE coalesce(
            CASE event_source
                WHEN 'ec2.amazonaws.com' THEN
                    -- EC2 ids are recognised by their form. What was made stands in the answer, what was
                    -- changed stands in the request.
                    CASE
                        WHEN regexp_like(event_name, '^(?:Create|Run|Allocate|Copy|Register|Import)') AND event_name <> 'CreateTags' THEN coalesce(
                            json_extract_scalar(response_elements, '$.instancesSet.items[0].instanceId'),
                            json_extract_scalar(request_parameters, '$.keyName'),
                            json_extract_scalar(request_parameters, '$.routeTableId'),
                            regexp_extract(response_elements, '"(?i:' || noun || ')Id":"([^"\\]+)"', 1),
                            regexp_extract(response_elements, '"((?:[a-z]+-)+[0-9a-f]{8,17})"', 1),
                            regexp_extract(request_parameters, '"((?:[a-z]+-)+[0-9a-f]{8,17})"', 1)
                        )
                        ELSE coalesce(
                            json_extract_scalar(request_parameters, '$.groupId'),
                            json_extract_scalar(request_parameters, '$.ModifySecurityGroupRulesRequest.GroupId'),
                            json_extract_scalar(request_parameters, '$.routeTableId'),
                            regexp_extract(request_parameters, '"(?i:' || noun || ')Id":"([^"\\]+)"', 1),
                            json_extract_scalar(request_parameters, '$.instanceId'),
                            regexp_extract(request_parameters, '"((?:[a-z]+-)+[0-9a-f]{8,17})"', 1),
                            json_extract_scalar(request_parameters, '$.keyName'),
                            json_extract_scalar(request_parameters, '$.groupName'),
                            regexp_extract(response_elements, '"((?:[a-z]+-)+[0-9a-f]{8,17})"', 1)
                        )
                    END
                WHEN 'iam.amazonaws.com' THEN coalesce(
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
                WHEN 's3.amazonaws.com' THEN coalesce(
                    json_extract_scalar(request_parameters, '$.bucketName') || '/' || json_extract_scalar(request_parameters, '$.key'),
                    json_extract_scalar(request_parameters, '$.bucketName')
                )
            END,
            -- Any other service: where `resource_paths` says.
            element_at(filter(transform(split(in_request, ' '), path -> json_extract_scalar(request_parameters, '$.' || path)), value -> value <> ''), 1),
            element_at(filter(transform(split(in_answer, ' '), path -> json_extract_scalar(response_elements, '$.' || path)), value -> value <> ''), 1),
            -- What the action's name speaks of, functionName of DeleteFunction, in the request and in the answer.
            regexp_extract(request_parameters, '"(?i:' || noun || ')s?(?:Name|Identifier|I[dD]|A[rR][nN])s?":\[?"([^"\\]{1,256})"', 1),
            nullif(json_extract_scalar(request_parameters, '$.name'), ''),
            nullif(json_extract_scalar(request_parameters, '$.Name'), ''),
            regexp_extract(response_elements, '"(?i:' || noun || ')s?(?:Name|Identifier|I[dD]|A[rR][nN])s?":\[?"([^"\\]{1,256})"', 1),
            first_resource,
            -- At last the first name or id in the request, whatever it is of.
            regexp_extract(request_parameters, '"[A-Za-z]*(?:[nN]ame|[iI][dD]|[iI]dentifier|A[rR][nN])s?":\[?"([^"\\]{1,256})"', 1)
        ) END AS named_resource,
        -- How many there are of what requests for several things begin with.
        CASE WHEN event_source IN ('ec2.amazonaws.com', 'monitoring.amazonaws.com', 'route53.amazonaws.com', 'ssm.amazonaws.com')
            AND coalesce(read_only, '') <> 'true' THEN coalesce(
                json_array_length(json_extract(response_elements, '$.instancesSet.items')),
                element_at(filter(transform(
                    split('instancesSet.items resourcesSet.items alarmNames dashboardNames changeBatch.changes instanceIds names', ' '),
                    path -> json_array_length(json_extract(request_parameters, '$.' || path))
                ), named -> named > 0), 1)
            )
        END AS resources_named
    FROM plain
    LEFT JOIN resource_paths USING (event_source)
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
    -- Whether an identity provider asked for a second factor is not for AWS to know: there it says false.
    CASE WHEN says_mfa = 'true' OR actor_type IN ('Root', 'IAMUser') THEN says_mfa END AS mfa,
    -- An ARN says the same in more words: account and region stand in columns of their own, and what
    -- kind of thing it is can be told without. Some end in a random id behind the name.
    regexp_replace(
        regexp_replace(
            CASE
                WHEN starts_with(named_resource, 'arn:')
                    THEN regexp_replace(named_resource, '^(arn:[^/]*:(?:regional/|global/)?(?:changeSet|listener|listener-rule|loadbalancer|stack|targetgroup|webacl)/.+?)(?:/[0-9a-f]{16}|/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})+$', '$1')
                ELSE nullif(named_resource, 'HIDDEN_DUE_TO_SECURITY_REASONS')
            END,
            '^(?:arn:[^:]*:[^:]*:[^:]*:[^:]*:|https://[^/]+/\d{12}/)', ''
        ),
        '^(?:\d{12}:)?(?:alarm|cluster|cluster-pg|cluster-snapshot|db|function|layer|log-group|pg|secret|snapshot|stateMachine|subgrp):', ''
    ) || CASE WHEN resources_named > 1 THEN ' +' || CAST(resources_named - 1 AS varchar) ELSE '' END AS resource,
    request_id,
    shared_event_id,
    request_parameters,
    response_elements,
    additional_event_data,
    log_file
FROM named
