-- name: verdicts
-- about: What the detection says of every event: made by hand in the AWS console or not, by which
-- about: rule, and why. One row for each delivered record; nothing is dropped, so it also answers
-- about: why an event is NOT reported. sql/README.md lists the rules. To change one, edit it here.
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

-- What CloudTrail's own word about an action is not enough for. Each action stands here once, with
-- the reason. `kind` is what becomes of it:
--   read         changes nothing, whatever readOnly says           -> not (N6.3)
--   write        changes something, whatever readOnly or its name says
--   plumbing     the console's or an agent's own housekeeping      -> not (N7.1)
--   harmless     a write that leaves nothing behind                -> not (N7.2)
--   secret       a read that hands out a secret                    -> not (N6, N6.3), topic secret
--   anything else is by hand but no change of configuration        -> operational, with that tag
-- Whole services are further down, in `sorted` and `identified`.
known_actions (event_source, event_name, kind, because) AS (
    VALUES
        -- Reads that services mark as writes.
        ('sso-directory.amazonaws.com', 'SearchUsers', 'read', 'a search'),
        ('sso-directory.amazonaws.com', 'SearchGroups', 'read', 'a search'),
        ('sso.amazonaws.com', 'SearchUsers', 'read', 'a search'),
        ('sso.amazonaws.com', 'SearchGroups', 'read', 'a search'),
        ('ec2.amazonaws.com', 'SearchTransitGatewayRoutes', 'read', 'a search'),
        ('ec2.amazonaws.com', 'SearchLocalGatewayRoutes', 'read', 'a search'),
        ('servicecatalog.amazonaws.com', 'SearchProducts', 'read', 'a search'),
        ('servicecatalog.amazonaws.com', 'SearchProductsAsAdmin', 'read', 'a search'),
        ('servicecatalog.amazonaws.com', 'SearchProvisionedProducts', 'read', 'a search'),
        ('config.amazonaws.com', 'SelectResourceConfig', 'read', 'a search'),
        ('config.amazonaws.com', 'SelectAggregateResourceConfig', 'read', 'a search'),
        ('events.amazonaws.com', 'TestEventPattern', 'read', 'tries a pattern against a sample'),
        ('events.amazonaws.com', 'TestScheduleExpression', 'read', 'tries an expression'),
        ('logs.amazonaws.com', 'TestMetricFilter', 'read', 'tries a filter against samples'),
        ('logs.amazonaws.com', 'TestTransformer', 'read', 'tries a transformer against samples'),
        ('dms.amazonaws.com', 'TestConnection', 'read', 'tries a connection'),
        ('dms.amazonaws.com', 'RefreshSchemas', 'read', 'reads the schemas of an endpoint again'),
        ('iam.amazonaws.com', 'GenerateCredentialReport', 'read', 'makes a report to read'),
        ('iam.amazonaws.com', 'GenerateServiceLastAccessedDetails', 'read', 'makes a report to read'),
        ('iam.amazonaws.com', 'GenerateOrganizationsAccessReport', 'read', 'makes a report to read'),
        ('iam.amazonaws.com', 'SimulatePrincipalPolicy', 'read', 'a simulation'),
        ('iam.amazonaws.com', 'SimulateCustomPolicy', 'read', 'a simulation'),
        ('access-analyzer.amazonaws.com', 'StartPolicyGeneration', 'read', 'makes a draft to read'),
        ('access-analyzer.amazonaws.com', 'ValidatePolicy', 'read', 'checks a policy text'),
        ('inspector2.amazonaws.com', 'CreateFindingsReport', 'read', 'makes a report to read'),
        ('ce.amazonaws.com', 'CreateReport', 'read', 'makes a report to read'),
        ('trustedadvisor.amazonaws.com', 'CreateExcelReport', 'read', 'makes a report to read'),
        ('ecr.amazonaws.com', 'BatchCheckLayerAvailability', 'read', 'looks for layers'),
        ('rds.amazonaws.com', 'DownloadDBLogFilePortion', 'read', 'downloads a log'),
        ('rds.amazonaws.com', 'DownloadCompleteDBLogFile', 'read', 'downloads a log'),
        ('airflow.amazonaws.com', 'CreateWebLoginToken', 'read', 'opens the Airflow page'),
        ('kinesisanalytics.amazonaws.com', 'CreateApplicationPresignedUrl', 'read', 'opens the dashboard'),
        ('sagemaker.amazonaws.com', 'CreatePresignedDomainUrl', 'read', 'opens the studio'),
        ('sagemaker.amazonaws.com', 'CreatePresignedNotebookInstanceUrl', 'read', 'opens the notebook'),

        -- Reads that hand out a secret, or a file that may hold one. Of parameters only those that are asked for in the clear, see
        -- `topic`.
        ('acm.amazonaws.com', 'ExportCertificate', 'secret', 'hands out a private key'),
        ('cloudshell.amazonaws.com', 'getFileDownloadUrls', 'secret', 'takes a file out of CloudShell'),
        ('cloudshell.amazonaws.com', 'GetFileDownloadUrls', 'secret', 'takes a file out of CloudShell'),
        ('ec2.amazonaws.com', 'GetPasswordData', 'secret', 'hands out the password of a machine'),
        ('lightsail.amazonaws.com', 'DownloadDefaultKeyPair', 'secret', 'hands out a private key'),
        ('lightsail.amazonaws.com', 'GetInstanceAccessDetails', 'secret', 'hands out the way into a machine'),
        ('lightsail.amazonaws.com', 'GetRelationalDatabaseMasterUserPassword', 'secret', 'hands out the password of a database'),
        ('secretsmanager.amazonaws.com', 'BatchGetSecretValue', 'secret', 'hands out secrets'),
        ('secretsmanager.amazonaws.com', 'GetSecretValue', 'secret', 'hands out a secret'),
        ('ssm.amazonaws.com', 'GetParameter', 'secret', 'hands out a parameter'),
        ('ssm.amazonaws.com', 'GetParameterHistory', 'secret', 'hands out a parameter and what it was'),
        ('ssm.amazonaws.com', 'GetParameters', 'secret', 'hands out parameters'),
        ('ssm.amazonaws.com', 'GetParametersByPath', 'secret', 'hands out parameters'),

        -- Writes that services mark as reads, or that are named like reads.
        ('payments.amazonaws.com', 'Instruments_Create', 'write', 'adds a means of payment'),
        ('ses.amazonaws.com', 'VerifyEmailIdentity', 'write', 'makes an identity'),
        ('ses.amazonaws.com', 'VerifyEmailAddress', 'write', 'makes an identity'),
        ('ses.amazonaws.com', 'VerifyDomainIdentity', 'write', 'makes an identity'),
        ('ses.amazonaws.com', 'VerifyDomainDkim', 'write', 'sets up an identity'),
        ('license-manager.amazonaws.com', 'CheckInLicense', 'write', 'moves a licence'),
        ('license-manager.amazonaws.com', 'CheckoutLicense', 'write', 'moves a licence'),
        ('license-manager.amazonaws.com', 'CheckoutBorrowLicense', 'write', 'moves a licence'),

        -- Housekeeping. All of sts and of cloudshell is housekeeping too, see `sorted`.
        ('sso.amazonaws.com', 'Authenticate', 'plumbing', 'sign-in'),
        ('sso.amazonaws.com', 'Federate', 'plumbing', 'sign-in'),
        ('sso.amazonaws.com', 'Logout', 'plumbing', 'sign-out'),
        ('sso.amazonaws.com', 'CreateToken', 'plumbing', 'sign-in'),
        ('sso.amazonaws.com', 'RegisterClient', 'plumbing', 'sign-in of a device'),
        ('sso.amazonaws.com', 'StartDeviceAuthorization', 'plumbing', 'sign-in of a device'),
        ('s3express.amazonaws.com', 'CreateSession', 'plumbing', 'credentials for one bucket'),
        ('ecr.amazonaws.com', 'GetAuthorizationToken', 'plumbing', 'credentials for docker'),
        ('cognito-identity.amazonaws.com', 'GetCredentialsForIdentity', 'plumbing', 'credentials of an application''s user'),
        ('ssm.amazonaws.com', 'UpdateInstanceInformation', 'plumbing', 'an agent''s sign of life'),
        ('ssm.amazonaws.com', 'UpdateInstanceAssociationStatus', 'plumbing', 'an agent''s report'),
        ('ssm.amazonaws.com', 'OpenDataChannel', 'plumbing', 'an agent''s connection'),
        ('ssm.amazonaws.com', 'OpenControlChannel', 'plumbing', 'an agent''s connection'),
        ('ssm.amazonaws.com', 'CreateDataChannel', 'plumbing', 'an agent''s connection'),
        ('ssm.amazonaws.com', 'CreateControlChannel', 'plumbing', 'an agent''s connection'),

        -- Writes that leave nothing behind.
        ('kms.amazonaws.com', 'Decrypt', 'harmless', 'uses a key'),
        ('kms.amazonaws.com', 'Encrypt', 'harmless', 'uses a key'),
        ('kms.amazonaws.com', 'ReEncrypt', 'harmless', 'uses a key'),
        ('kms.amazonaws.com', 'Sign', 'harmless', 'uses a key'),
        ('kms.amazonaws.com', 'Verify', 'harmless', 'uses a key'),
        ('kms.amazonaws.com', 'GenerateMac', 'harmless', 'uses a key'),
        ('kms.amazonaws.com', 'VerifyMac', 'harmless', 'uses a key'),
        ('kms.amazonaws.com', 'GenerateRandom', 'harmless', 'only returns random bytes'),
        ('kms.amazonaws.com', 'GenerateDataKey', 'harmless', 'uses a key'),
        ('kms.amazonaws.com', 'GenerateDataKeyWithoutPlaintext', 'harmless', 'uses a key'),
        ('kms.amazonaws.com', 'GenerateDataKeyPair', 'harmless', 'uses a key'),
        ('kms.amazonaws.com', 'GenerateDataKeyPairWithoutPlaintext', 'harmless', 'uses a key'),
        ('ecr.amazonaws.com', 'InitiateLayerUpload', 'harmless', 'a step of PutImage'),
        ('ecr.amazonaws.com', 'UploadLayerPart', 'harmless', 'a step of PutImage'),
        ('ecr.amazonaws.com', 'CompleteLayerUpload', 'harmless', 'a step of PutImage'),
        ('s3.amazonaws.com', 'UploadPart', 'harmless', 'a step of an upload'),
        ('s3.amazonaws.com', 'UploadPartCopy', 'harmless', 'a step of an upload'),
        ('s3.amazonaws.com', 'CreateMultipartUpload', 'harmless', 'a step of an upload'),
        ('s3.amazonaws.com', 'AbortMultipartUpload', 'harmless', 'ends an upload'),

        -- Sessions on machines and notebooks.
        ('ssm.amazonaws.com', 'StartSession', 'session', 'opens a session on a machine'),
        ('ssm.amazonaws.com', 'ResumeSession', 'session', 'opens a session on a machine'),
        ('ssm.amazonaws.com', 'TerminateSession', 'session', 'closes a session on a machine'),
        ('ec2-instance-connect.amazonaws.com', 'SendSSHPublicKey', 'session', 'opens a session on a machine'),
        ('ec2-instance-connect.amazonaws.com', 'SendSerialConsoleSSHPublicKey', 'session', 'opens a session on a machine'),
        ('ec2-instance-connect.amazonaws.com', 'OpenTunnel', 'session', 'opens a session on a machine'),
        ('ssm-guiconnect.amazonaws.com', 'StartConnection', 'session', 'opens a remote desktop'),
        ('ssm-guiconnect.amazonaws.com', 'CancelConnection', 'session', 'closes a remote desktop'),
        ('athena.amazonaws.com', 'StartSession', 'session', 'opens a notebook session'),
        ('athena.amazonaws.com', 'TerminateSession', 'session', 'closes a notebook session'),

        -- The caller's own way in. The MFA calls count as own only for the caller's own user, see `identified`.
        ('iam.amazonaws.com', 'ChangePassword', 'own-credential', 'changes the caller''s own password'),
        ('iam.amazonaws.com', 'EnableMFADevice', 'own-credential', 'changes the caller''s own MFA'),
        ('iam.amazonaws.com', 'ResyncMFADevice', 'own-credential', 'changes the caller''s own MFA'),
        ('iam.amazonaws.com', 'CreateVirtualMFADevice', 'own-credential', 'changes the caller''s own MFA'),

        -- Starts or stops something that is configured already. Starting, stopping and rebooting
        -- instances are not here: a stopped instance is drift.
        ('lambda.amazonaws.com', 'Invoke', 'starts-work', 'runs a function'),
        ('glue.amazonaws.com', 'StartJobRun', 'starts-work', 'runs a job'),
        ('glue.amazonaws.com', 'BatchStopJobRun', 'starts-work', 'stops a run'),
        ('glue.amazonaws.com', 'StartCrawler', 'starts-work', 'runs a crawler'),
        ('glue.amazonaws.com', 'StopCrawler', 'starts-work', 'stops a run'),
        ('glue.amazonaws.com', 'StartWorkflowRun', 'starts-work', 'runs a workflow'),
        ('states.amazonaws.com', 'StartExecution', 'starts-work', 'runs a state machine'),
        ('states.amazonaws.com', 'StartSyncExecution', 'starts-work', 'runs a state machine'),
        ('states.amazonaws.com', 'RedriveExecution', 'starts-work', 'runs a state machine again'),
        ('states.amazonaws.com', 'StopExecution', 'starts-work', 'stops a run'),
        ('codebuild.amazonaws.com', 'StartBuild', 'starts-work', 'runs a build'),
        ('codebuild.amazonaws.com', 'StartBuildBatch', 'starts-work', 'runs a build'),
        ('codebuild.amazonaws.com', 'RetryBuild', 'starts-work', 'runs a build again'),
        ('codebuild.amazonaws.com', 'StopBuild', 'starts-work', 'stops a build'),
        ('codepipeline.amazonaws.com', 'StartPipelineExecution', 'starts-work', 'runs a pipeline'),
        ('codepipeline.amazonaws.com', 'RetryStageExecution', 'starts-work', 'runs a stage again'),
        ('codepipeline.amazonaws.com', 'StopPipelineExecution', 'starts-work', 'stops a run'),
        ('codepipeline.amazonaws.com', 'PutApprovalResult', 'starts-work', 'lets a pipeline go on, or not'),
        ('amplify.amazonaws.com', 'StartJob', 'starts-work', 'runs a build'),
        ('batch.amazonaws.com', 'SubmitJob', 'starts-work', 'runs a job'),
        ('apigateway.amazonaws.com', 'TestInvokeMethod', 'starts-work', 'calls the integration once'),
        ('athena.amazonaws.com', 'StartCalculationExecution', 'starts-work', 'runs a calculation'),
        ('cloudformation.amazonaws.com', 'DetectStackDrift', 'starts-work', 'looks for drift'),
        ('cloudformation.amazonaws.com', 'DetectStackResourceDrift', 'starts-work', 'looks for drift'),
        ('cloudformation.amazonaws.com', 'DetectStackSetDrift', 'starts-work', 'looks for drift'),
        ('guardduty.amazonaws.com', 'CreateSampleFindings', 'starts-work', 'makes sample findings'),
        ('rds-data.amazonaws.com', 'ExecuteStatement', 'starts-work', 'runs a statement'),
        ('redshift-data.amazonaws.com', 'ExecuteStatement', 'starts-work', 'runs a statement'),
        ('redshift-data.amazonaws.com', 'BatchExecuteStatement', 'starts-work', 'runs statements'),

        -- By hand, counted, but nothing that code could hold: sql/exclusions.toml gives most of them a name.
        ('athena.amazonaws.com', 'StartQueryExecution', 'not-configuration', 'runs a query'),
        ('athena.amazonaws.com', 'StopQueryExecution', 'not-configuration', 'stops a query'),
        ('logs.amazonaws.com', 'StartQuery', 'not-configuration', 'runs a query'),
        ('logs.amazonaws.com', 'StopQuery', 'not-configuration', 'stops a query'),
        ('logs.amazonaws.com', 'StartLiveTail', 'not-configuration', 'watches a log'),
        ('logs.amazonaws.com', 'StopLiveTail', 'not-configuration', 'stops watching a log'),
        ('cloudtrail.amazonaws.com', 'StartQuery', 'not-configuration', 'runs a query'),
        ('cloudtrail.amazonaws.com', 'CancelQuery', 'not-configuration', 'stops a query'),
        ('trustedadvisor.amazonaws.com', 'RefreshCheck', 'not-configuration', 'asks for fresh advice'),
        ('support.amazonaws.com', 'RefreshTrustedAdvisorCheck', 'not-configuration', 'asks for fresh advice')
),

-- Every event with the reason why it cannot be a change by hand, as far as that can be told without
-- looking for the console. Most of a trail ends here, by the cheapest question that can end it.
-- `ruled_out` is the rule, NULL where the question stays open.
sorted AS (
    SELECT
        e.*,
        k.kind,
        k.because,
        CASE
            -- N6: the service says that nothing changed, and is not known to be wrong about it.
            WHEN e.read_only = 'true' AND coalesce(k.kind, '') <> 'write'
                AND NOT (e.event_source = 'payments.amazonaws.com' AND regexp_like(e.event_name, '_(?:Create|Update|Delete)'))
                THEN 'N6'
            -- N5.1: only calls and console actions are acts. Sign-in, service events, agents' and
            -- insight records are not, and neither is a record that does not say what was called.
            WHEN NOT lower(e.event_type) IN ('awsapicall', 'awsconsoleaction')
                OR NOT coalesce(e.event_category, 'Management') IN ('Management', 'Data')
                OR e.event_source IS NULL OR e.event_name IS NULL
                OR e.event_source = 'signin.amazonaws.com'
                THEN 'N5.1'
            -- N9.4: AWS itself, in its own name or by a role that only it can take.
            WHEN e.actor_type = 'AWSService' OR e.actor_arn LIKE '%:assumed-role/AWSServiceRoleFor%'
                THEN 'N9.4'
            -- N6.3: reads that services mark as writes.
            WHEN k.kind IN ('read', 'secret')
                OR e.event_source IN ('q.amazonaws.com', 'networkmanager-chat.amazonaws.com')
                THEN 'N6.3'
            WHEN k.kind = 'write'
                THEN NULL
            -- N7: writes of the console's own making, and writes that leave nothing behind.
            WHEN k.kind = 'plumbing' OR e.event_source IN ('sts.amazonaws.com', 'cloudshell.amazonaws.com')
                THEN 'N7.1'
            WHEN k.kind = 'harmless'
                THEN 'N7.2'
            WHEN k.kind IS NOT NULL
                THEN NULL
            -- Names that are a read in every service. `Noun_Verb` and `Prefix.Verb` are billing's way
            -- of writing them. The longer list is only for records that do not say readOnly at all.
            WHEN regexp_like(e.event_name, '^(?:[A-Za-z0-9]+[._])?(?i:get|list|describe|head|batchget|batchdescribe)')
                THEN CASE WHEN e.read_only = 'false' THEN 'N6.3' ELSE 'N6' END
            WHEN e.read_only IS NULL
                AND regexp_like(e.event_name, '^(?:[A-Za-z0-9]+[._])?(?i:search|lookup|query|scan|select|view|check|validate|preview|simulate|estimate|filter|count|detect|poll|test|verify|download)')
                THEN 'N6'
        END AS ruled_out,
        -- Where the call came out: dry runs answer with an error when they would have worked.
        CASE
            WHEN e.event_source = 'signin.amazonaws.com' AND json_extract_scalar(e.response_elements, '$.ConsoleLogin') = 'Failure' THEN 'failed'
            WHEN e.error_code IS NULL THEN 'success'
            WHEN e.error_code LIKE '%DryRunOperation' THEN 'dry-run'
            WHEN regexp_like(e.error_code, '(?i)denied|unauthori[sz]ed|notauthori[sz]ed|forbidden|authorizationerror|authfailure|notpermitted') THEN 'denied'
            ELSE 'failed'
        END AS outcome
    FROM events e
    LEFT JOIN known_actions k ON k.event_source = e.event_source AND k.event_name = e.event_name
),

-- The mark of the console on those that are left, and on reads that hand out a secret, the surest
-- first. User agents come bare or, from S3 and some others, in square brackets.
marked AS (
    SELECT
        *,
        CASE WHEN ruled_out IS NULL OR kind = 'secret' THEN CASE
            -- C1: AWS set it, from the credentials themselves. Nothing the caller sends can change it.
            WHEN from_console = 'true' THEN 'flag'
            -- C2: an act in the console that is no API call at all.
            WHEN lower(event_type) = 'awsconsoleaction' THEN 'console-action'
            -- C3: every SDK that runs in CloudShell says so.
            WHEN regexp_like(user_agent, '(?:^|[ \[])exec-env/(?:AWS-)?CloudShell(?:$|[ \]])') THEN 'cloudshell'
            -- C4: a browser. AWS calls are signed, and next to the console hardly any page can sign them.
            WHEN regexp_like(user_agent, '^\[?(?:SRPS/)?Mozilla/\d') OR user_agent IN ('Mozilla', '[Mozilla]') THEN 'browser'
            -- C5: the console's host, as it was until 2022; then invokedBy says signin as well. China and
            -- GovCloud have hosts of their own.
            WHEN regexp_like(user_agent, '^\[?(?:(?:console|signin)\.amazonaws(?:\.com|\.cn|-us-gov\.com)|console\.[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?\]?$|(?:[a-z0-9-]+\.)?console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)\]?$)')
                OR (user_agent IS NULL AND starts_with(invoked_by, 'signin.amazonaws'))
                THEN 'console-host'
            -- C6: the S3 console's back end, until 2023.
            WHEN regexp_like(user_agent, '^\[?(?:AWS Console S3, )?S3Console/') THEN 's3-console'
            -- C8: a console by its name; before C7, which many of them would also be.
            WHEN regexp_like(user_agent, '^\[?(?:AWS )?[A-Za-z0-9 ]+ Console(?:,|/| |\]|$)|^\[?EC2ConsoleFrontend|AWSLambdaConsole/|^\[?AWSCloudTrail, aws-internal/')
                THEN 'console-name'
            -- C7: the SDK build that AWS keeps for its own back ends.
            WHEN regexp_like(user_agent, '^\[?(?:[A-Za-z0-9 ]+, )?aws-internal/\d') THEN 'aws-internal-sdk'
            -- C10: hints that are as often AWS at work.
            WHEN regexp_like(user_agent, '^\[?Coral/(?:Netty4|Jakarta)') THEN 'coral'
            WHEN user_agent = 'AWS Internal' THEN 'aws-internal'
        END END AS signal,
        -- The AWS service that made the call for the caller. Some old records show it only as the
        -- address or the client. `signin` is what the old console wrote there: the console itself.
        -- Services have names in amazonaws.com, and in China also in amazonaws.com.cn.
        CASE WHEN ruled_out IS NULL OR kind = 'secret' THEN CASE
            WHEN NOT starts_with(invoked_by, 'signin.amazonaws') THEN invoked_by
            WHEN regexp_like(source_ip, '\.amazonaws\.com(?:\.cn)?$') AND NOT source_ip LIKE 'signin.%' AND NOT source_ip LIKE 'console.%' THEN source_ip
            WHEN regexp_like(user_agent, '^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$') AND NOT user_agent LIKE 'signin.%' AND NOT user_agent LIKE 'console.%' THEN user_agent
        END END AS by_service,
        -- Somebody signed in as people do, whatever client makes the calls: single sign-on, an e-mail
        -- address for a name, MFA, root. A user's key that only a machine may hold is not enough.
        CASE WHEN ruled_out IS NULL OR kind = 'secret' THEN CASE
            WHEN web_identity_provider IS NOT NULL THEN 'false'
            WHEN actor_type = 'Root' OR permission_set IS NOT NULL THEN 'true'
            WHEN actor_type IN ('IAMUser', 'AssumedRole', 'FederatedUser', 'SAMLUser')
                AND (mfa = 'true' OR (actor_type <> 'IAMUser' AND regexp_like(actor, '^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$')))
                THEN 'true'
            ELSE 'false'
        END END AS by_person
    FROM sorted
),

-- The marked calls closer: what they do, and who could be behind them. People sign in with some types
-- of identity; users of somebody's web application and machines are known by their sessions.
identified AS (
    SELECT
        *,
        -- What to know about the action. `iac-root` and `run-state` are changes, the others are none of
        -- configuration.
        CASE WHEN signal IS NOT NULL THEN CASE
            -- The content of buckets, tables and queues, not what they are. Records older than
            -- eventCategory are known by S3's names for it.
            WHEN event_category = 'Data'
                OR (event_category IS NULL AND event_source = 's3.amazonaws.com'
                    AND event_name IN ('PutObject', 'PutObjectAcl', 'PutObjectTagging', 'CopyObject', 'DeleteObject',
                                       'DeleteObjects', 'DeleteObjectTagging', 'RestoreObject', 'CompleteMultipartUpload'))
                THEN 'data'
            -- Somebody else's MFA device is a change like any other. The device itself belongs to
            -- nobody yet: people who sign in as a user make their own, administrators make others'.
            WHEN event_source = 'iam.amazonaws.com' AND event_name = 'CreateVirtualMFADevice' THEN
                CASE WHEN actor_type IN ('IAMUser', 'Root') THEN kind END
            WHEN event_source = 'iam.amazonaws.com' AND event_name IN ('EnableMFADevice', 'ResyncMFADevice') THEN
                CASE
                    WHEN actor_type = 'IAMUser' AND resource = 'user/' || actor THEN kind
                    WHEN actor_type = 'Root' AND coalesce(resource, '') IN ('', 'user/AWS ROOT USER', 'user/root', 'mfa/root-account-mfa-device') THEN kind
                END
            -- Support cases and personal settings of the console: every action of these services.
            WHEN event_source IN ('support.amazonaws.com', 'support-console.amazonaws.com',
                                  'uxc.amazonaws.com', 'consoleapp.amazonaws.com')
                OR (event_source = 'notifications.amazonaws.com' AND event_name LIKE 'Mark%')
                OR (event_source IN ('billingconsole.amazonaws.com', 'account.amazonaws.com') AND event_name LIKE '%Preference%')
                THEN 'not-configuration'
            -- Fleet Manager's remote desktop.
            WHEN user_agent LIKE 'SRPS/%' THEN 'session'
            -- What `known_actions` says goes before what follows.
            WHEN kind <> 'write' THEN kind
            -- The change is in a template: a person pressed the button.
            WHEN event_source = 'cloudformation.amazonaws.com'
                AND event_name IN ('CreateStack', 'UpdateStack', 'DeleteStack', 'ExecuteChangeSet', 'CreateStackSet', 'UpdateStackSet',
                                   'DeleteStackSet', 'CreateStackInstances', 'UpdateStackInstances', 'DeleteStackInstances')
                THEN 'iac-root'
            -- A change that code seldom holds, and that drift shows all the same.
            WHEN event_source = 'ec2.amazonaws.com' AND event_name IN ('StartInstances', 'StopInstances', 'RebootInstances')
                THEN 'run-state'
        END END AS tag,
        -- What detections select by: one topic at most, and none for most of a trail. It says what a
        -- record is about, before anybody knows what the record amounts to.
        CASE
            WHEN event_source = 'signin.amazonaws.com' AND event_name = 'ConsoleLogin' THEN 'sign-in'
            -- People are handed secrets in the console and at the command line; machines are all day.
            WHEN kind = 'secret' THEN CASE
                WHEN by_service IS NULL
                    AND (signal IS NOT NULL OR by_person = 'true')
                    AND (event_source <> 'ssm.amazonaws.com' OR lower(json_extract_scalar(request_parameters, '$.withDecryption')) = 'true')
                    THEN 'secret'
            END
            WHEN ruled_out IS NOT NULL THEN NULL
            WHEN signal IS NOT NULL AND NOT signal IN ('coral', 'aws-internal') THEN 'console'
            WHEN by_service IS NOT NULL THEN NULL
            -- Code that somebody applies: the change stands in it.
            WHEN regexp_like(user_agent, '(?i)terraform|opentofu|pulumi|hashicorp|crossplane|ansible|cdk[-/]|cloudformation') THEN NULL
            -- Clients that are a tool, by what they call themselves.
            WHEN regexp_like(user_agent, '(?i)^\[?(?:aws-?(?:cli|sdk|tools|toolkit|powershell|vault|sam|chalice|amplify)|boto|apn/|s3cmd|s5cmd|rclone|eksctl|kubectl|curl|wget|python|go-http|okhttp|java|ruby|node|axios|postman)')
                OR regexp_like(user_agent, '(?:^| )m/(?:[^ ,]+,)*A[CD](?:[, \]]|$)')
                THEN CASE WHEN by_person = 'true' THEN 'tool' END
            -- What only its session could tell; a hint that is as often AWS at work does not.
            WHEN session IS NOT NULL AND web_identity_provider IS NULL THEN 'unmarked'
        END AS topic,
        CASE WHEN signal IS NOT NULL THEN CASE
            WHEN web_identity_provider IS NOT NULL OR actor = 'CognitoIdentityCredentials' THEN 'the user of an application'
            WHEN actor_type IN ('Root', 'IAMUser', 'AssumedRole', 'Role', 'FederatedUser', 'SAMLUser') THEN
                CASE
                    WHEN NOT actor_type IN ('AssumedRole', 'Role') THEN 'person'
                    WHEN regexp_like(actor, '^(?:i-[0-9a-f]{8,17}|aws-go-sdk-\d+|botocore-session-\d+|aws-sdk-.*|AWSCloudFormation|GitHubActions.*)$') THEN 'machine'
                    -- Web pages' back ends like such names for the sessions they hand out, but so do
                    -- brokers that open the console.
                    WHEN regexp_like(actor, '^(?:\d{10,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$') THEN 'perhaps a machine'
                    ELSE 'person'
                END
            ELSE 'no known person'
        END END AS caller
    FROM marked
),

-- How sure the mark makes us. Low is never reported.
weighed AS (
    SELECT
        *,
        CASE WHEN signal IS NOT NULL THEN CASE
            -- `aws login` gives a console session's credentials to the command line. If AWS marks
            -- them too, the person may not think of it as the console.
            WHEN signal = 'flag' AND regexp_like(user_agent, '(?:^| )m/(?:[^ ,]+,)*A[CD](?:[, \]]|$)') AND NOT user_agent LIKE '%exec-env/CloudShell%' THEN 'medium'
            WHEN signal IN ('flag', 'console-action') THEN 'high'
            -- Without the flag, which CloudShell's credentials have had since 2022, it is the client's word only.
            WHEN signal = 'cloudshell' THEN CASE WHEN event_time >= '2023' THEN 'medium' ELSE 'high' END
            WHEN signal = 'browser' THEN
                CASE
                    -- Sources that applications call from their users' browsers.
                    WHEN caller <> 'person' THEN 'low'
                    WHEN event_source IN ('cognito-idp.amazonaws.com', 'cognito-identity.amazonaws.com', 'sso.amazonaws.com', 'execute-api.amazonaws.com',
                                          'kinesisvideo.amazonaws.com', 'iotdata.amazonaws.com', 'participant.connect.amazonaws.com') THEN 'low'
                    -- A bare `Mozilla/5.0` is what bots send.
                    WHEN length(user_agent) <= 15 AND strpos(user_agent, ' ') = 0 THEN 'low'
                    ELSE 'medium'
                END
            WHEN signal IN ('console-host', 's3-console', 'console-name') THEN CASE WHEN caller = 'machine' THEN 'medium' ELSE 'high' END
            WHEN signal = 'aws-internal-sdk' THEN
                CASE
                    -- AWS also acts in a user's name: then there is no session, or the address is its own.
                    WHEN NOT caller IN ('person', 'perhaps a machine') OR signed_in IS NULL THEN 'low'
                    WHEN source_ip IS NULL OR starts_with(source_ip, 'AWS Internal') THEN 'low'
                    WHEN regexp_like(source_ip, '^(?:72\.21\.(?:19[2-9]|2[01]\d|22[0-3])|207\.171\.\d+|205\.251\.(?:19[2-9]|2\d\d))\.\d+$') THEN 'low'
                    ELSE 'medium'
                END
            ELSE 'low'
        END END AS confidence
    FROM identified
),

-- The verdict, from what was gathered.
judged AS (
    SELECT
        *,
        CASE
            WHEN ruled_out IS NOT NULL OR signal IS NULL OR confidence = 'low' OR outcome = 'dry-run' THEN 'not'
            WHEN by_service IS NOT NULL THEN 'chained'
            WHEN outcome <> 'success' THEN 'attempted'
            WHEN tag IS NULL OR tag IN ('iac-root', 'run-state') THEN 'clickops'
            ELSE 'operational'
        END AS verdict,
        CASE
            WHEN ruled_out IS NOT NULL THEN ruled_out
            -- Without a mark: an AWS service, a client that says what it is, or nothing to go by.
            WHEN signal IS NULL AND by_service IS NOT NULL THEN 'N9'
            WHEN signal IS NULL AND regexp_like(user_agent, '[A-Za-z]') THEN 'N5.3'
            WHEN signal IS NULL THEN 'N4'
            WHEN signal = 'browser' AND caller IN ('the user of an application', 'no known person') THEN 'N5.2'
            WHEN confidence = 'low' THEN 'C10'
            WHEN outcome = 'dry-run' THEN 'N8'
            WHEN signal = 'flag' THEN 'C1'
            WHEN signal = 'console-action' THEN 'C2'
            WHEN signal = 'cloudshell' THEN 'C3'
            WHEN signal = 'browser' THEN 'C4'
            WHEN signal = 'console-host' THEN 'C5'
            WHEN signal = 's3-console' THEN 'C6'
            WHEN signal = 'aws-internal-sdk' THEN 'C7'
            WHEN signal = 'console-name' THEN 'C8'
        END AS rule,
        CASE
            WHEN signal IS NULL THEN CASE WHEN ruled_out IS NULL AND regexp_like(user_agent, '(?:^| )m/(?:[^ ,]+,)*A[CD](?:[, \]]|$)') THEN 'aws-login' END
            WHEN signal = 'cloudshell' OR user_agent LIKE '%exec-env/CloudShell%' THEN 'cloudshell'
            WHEN signal = 'flag' AND confidence = 'medium' THEN 'aws-login?'
            WHEN signal = 'browser' AND event_source IN ('sqlworkbench.amazonaws.com', 'quicksight.amazonaws.com') THEN 'webapp'
            -- No public record shows the mobile app. These are the names of the two platforms' own clients.
            WHEN signal = 'flag' AND regexp_like(user_agent, 'CFNetwork/|okhttp/|Dalvik/|(?i:console ?mobile)') THEN 'mobile?'
            WHEN signal = 'flag' AND user_agent <> 'AWS Internal'
                AND NOT regexp_like(user_agent, '^\[?(?:(?:SRPS/)?Mozilla|S3Console/|Coral/|console\.|signin\.|(?:[A-Za-z0-9 ]+, )?aws-internal/)|Console(?:[,/ \]F]|$)')
                AND by_service IS NULL
                THEN 'other'
            ELSE 'console'
        END AS channel
    FROM weighed
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
    CASE rule
        WHEN 'N4' THEN 'Nothing in the record says where the call came from.'
        WHEN 'N5.1' THEN 'Not an act on the account: event type ' || event_type || coalesce(' of ' || event_source, '') || '.'
        WHEN 'N5.2' THEN 'A browser, but the caller is ' || caller || ', not somebody who signs in to the console.'
        WHEN 'N5.3' THEN 'The client is a tool, not the console: ' || user_agent || '.'
        WHEN 'N6' THEN 'A read: nothing changed' || CASE WHEN kind = 'secret' THEN ' (' || because || ')' ELSE '' END || '.'
        WHEN 'N6.3' THEN 'A read, although the service says readOnly = false' || coalesce(' (' || because || ')', '') || '.'
        WHEN 'N7.1' THEN 'Housekeeping of the console, of sign-in or of an agent' || coalesce(' (' || because || ')', '') || '.'
        WHEN 'N7.2' THEN 'Leaves nothing behind' || coalesce(' (' || because || ')', '') || '.'
        WHEN 'N8' THEN 'A dry run: permissions were checked and nothing was done.'
        WHEN 'N9' THEN 'Made by ' || by_service || ', and nothing says that a console session was behind it.'
        WHEN 'N9.4' THEN 'AWS acting in its own name.'
        ELSE
            CASE signal
                WHEN 'flag' THEN 'AWS marked the credentials as a console session''s (sessionCredentialFromConsole)'
                WHEN 'console-action' THEN 'The event type is AwsConsoleAction'
                WHEN 'cloudshell' THEN 'The client says it runs in CloudShell'
                WHEN 'browser' THEN 'A browser signed the call'
                WHEN 'console-host' THEN 'The client is the console itself (' || coalesce(user_agent, invoked_by) || ')'
                WHEN 's3-console' THEN 'The client is the back end of the S3 console'
                WHEN 'console-name' THEN 'The client names a console (' || user_agent || ')'
                WHEN 'aws-internal-sdk' THEN 'The client is the SDK of AWS''s own back ends'
                WHEN 'coral' THEN 'The client is AWS''s own HTTP framework'
                ELSE 'The client calls itself AWS Internal'
            END
            || CASE
                WHEN confidence = 'low' THEN ': a weak signal, and nothing else says console.'
                WHEN verdict = 'chained' THEN ', but ' || by_service || ' made the call, following from what the person did.'
                WHEN verdict = 'attempted' THEN ', but the call did not succeed (' || error_code || ').'
                WHEN verdict = 'operational' THEN ', but it changes no configuration: ' || CASE
                    WHEN because IS NOT NULL THEN because
                    WHEN tag = 'data' THEN 'it changes content'
                    WHEN tag = 'session' THEN 'it belongs to a session'
                    ELSE 'a support case or a personal setting'
                END || '.'
                WHEN signal IN ('flag', 'console-action') THEN '; the call is a write and it succeeded.'
                ELSE ', by ' || coalesce(actor_type, 'an unnamed identity') || coalesce(' from ' || source_ip, '') || '; the call is a write and it succeeded.'
            END
    END AS reason,
    CASE
        WHEN user_agent IS NULL THEN NULL
        WHEN regexp_like(user_agent, '^\[?(?:SRPS/)?Mozilla') THEN 'browser'
        WHEN regexp_like(user_agent, '(?i)terraform') THEN 'terraform'
        WHEN regexp_like(user_agent, '(?i)opentofu') THEN 'opentofu'
        WHEN regexp_like(user_agent, '(?i)pulumi') THEN 'pulumi'
        WHEN regexp_like(user_agent, '(?i)aws-?cdk|cdk-') THEN 'cdk'
        ELSE lower(regexp_extract(user_agent, '^\[?([A-Za-z0-9._+-]+)/\d', 1))
    END AS tool,
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
FROM judged
