-- name: earlier_tool
-- about: What the best known earlier tool, terraform-aws-clickops-notifier 5.2.0, says of each
-- about: record with its default settings, rule by rule and in its order. The rules were read in
-- about: its source (clickops.py, excluded_scoped_actions.tf) and written anew.
-- param: flag_only boolean default=false With true, only the console flag is looked at, and no client.
-- column: log_file the log that holds the record
-- column: answer ALERT, drop with the number of its rule, or CRASH where it raises an error
WITH

-- It looks at these fields alone. A tool that knows the flag alone does not read the client.
seen AS (
    SELECT
        "$path" AS log_file,
        eventsource,
        eventname,
        readonly,
        sessioncredentialfromconsole,
        CASE WHEN :flag_only = 'true' THEN '' ELSE useragent END AS client
    FROM cloudtrail
),

-- A dot in its patterns stands for any character, and the first of them may match anywhere.
signalled AS (
    SELECT
        *,
        sessioncredentialfromconsole = 'true'
        OR client IN ('console.amazonaws.com', 'Coral/Jakarta', 'Coral/Netty4')
        OR client LIKE '%signin_amazonaws_com%'
        OR client LIKE 'S3Console%'
        OR client LIKE '[S3Console%'
        OR client LIKE 'Mozilla/%'
        OR client LIKE 'console%amazonaws_com%'
        OR client LIKE 'aws-internal%AWSLambdaConsole%' AS console
    FROM seen
)

SELECT
    log_file,
    CASE
        WHEN eventname IS NULL OR eventsource IS NULL THEN 'CRASH'
        WHEN readonly = 'true' THEN 'drop Rule1'
        WHEN client IS NULL THEN 'CRASH'
        WHEN coalesce(console, false) = false THEN 'drop Rule2'
        WHEN regexp_like(eventname, '^(Get|Describe|List|Head)') THEN 'drop Rule3'
        WHEN eventname IN (
            'ConsoleLogin',
            'Decrypt',
            'DownloadDBLogFilePortion',
            'LookupEvents',
            'REST.GET.OBJECT_LOCK_CONFIGURATION',
            'TestEventPattern',
            'TestScheduleExpression',
            'listDnssec'
        ) THEN 'drop Rule4'
        -- One of its pairs, route53domains:TransferDomain, names no event source and never matches.
        WHEN eventsource || ':' || eventname IN (
            'athena.amazonaws.com:StartQueryExecution',
            'cloudshell.amazonaws.com:CreateEnvironment',
            'cloudshell.amazonaws.com:CreateSession',
            'cloudshell.amazonaws.com:PutCredentials',
            'cloudshell.amazonaws.com:SendHeartBeat',
            'cloudtrail.amazonaws.com:StartQuery',
            'cognito-idp.amazonaws.com:InitiateAuth',
            'cognito-idp.amazonaws.com:RespondToAuthChallenge',
            'glue.amazonaws.com:BatchGetCrawlers',
            'glue.amazonaws.com:BatchGetJobs',
            'glue.amazonaws.com:StartCrawler',
            'glue.amazonaws.com:StartJobRun',
            'grafana.amazonaws.com:login_auth_sso',
            'iam.amazonaws.com:GenerateServiceLastAccessedDetails',
            'iam.amazonaws.com:SimulatePrincipalPolicy',
            'kms.amazonaws.com:Decrypt',
            'kms.amazonaws.com:RetireGrant',
            'logs.amazonaws.com:StartQuery',
            's3.amazonaws.com:UploadPart',
            's3.amazonaws.com:UploadPartCopy',
            'servicecatalog.amazonaws.com:SearchProducts',
            'servicecatalog.amazonaws.com:SearchProductsAsAdmin',
            'servicecatalog.amazonaws.com:SearchProvisionedProducts',
            'servicecatalog.amazonaws.com:TerminateProvisionedProduct',
            'signin.amazonaws.com:CheckMfa',
            'signin.amazonaws.com:CredentialChallenge',
            'signin.amazonaws.com:CredentialVerification',
            'signin.amazonaws.com:ExternalIdPDirectoryLogin',
            'signin.amazonaws.com:RenewRole',
            'signin.amazonaws.com:SwitchRole',
            'signin.amazonaws.com:UserAuthentication',
            'sso.amazonaws.com:Authenticate',
            'sso.amazonaws.com:CreateToken',
            'sso.amazonaws.com:Federate',
            'sso.amazonaws.com:Logout',
            'sso.amazonaws.com:SearchGroups',
            'sso.amazonaws.com:SearchUsers',
            'support.amazonaws.com:AddAttachmentsToSet',
            'support.amazonaws.com:AddCommunicationToCase',
            'support.amazonaws.com:CreateCase',
            'support.amazonaws.com:InitiateCallForCase',
            'support.amazonaws.com:InitiateChatForCase',
            'support.amazonaws.com:PutCaseAttributes',
            'support.amazonaws.com:RateCaseCommunication',
            'support.amazonaws.com:RefreshTrustedAdvisorCheck',
            'support.amazonaws.com:ResolveCase',
            'trustedadvisor.amazonaws.com:RefreshCheck'
        ) THEN 'drop Rule5'
        ELSE 'ALERT'
    END AS answer
FROM signalled
