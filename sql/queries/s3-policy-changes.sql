-- name: s3-policy-changes
-- about: Who changed who may reach a bucket: bucket and access point policies, ACLs, public access
-- about: blocks, ownership, websites and CORS. `opens` says what of it may let the public in.
-- param: bucket text default='' Only buckets whose name holds this text.
-- param: opening boolean default=false With true, only changes that may let the public in.
-- example: clickops query s3-policy-changes --param opening=true --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: event_name what was done
-- column: bucket which bucket; NULL for the block of the whole account
-- column: opens why this may let the public in; NULL where it does not
-- column: error_code why it failed; NULL for a call that worked
-- column: source_ip from where
-- column: event_id for `clickops get` and `clickops explain`
WITH

calls AS (
    SELECT DISTINCT
        event_time,
        account_id,
        region,
        actor,
        event_name,
        json_extract_scalar(request_parameters, '$.bucketName') AS bucket,
        request_parameters,
        -- A policy is one statement or a list of them, and in some records a text.
        coalesce(
            TRY(CAST(json_extract(request_parameters, '$.bucketPolicy.Statement') AS ARRAY(JSON))),
            ARRAY[json_extract(request_parameters, '$.bucketPolicy.Statement')]
        ) AS statements,
        error_code,
        source_ip,
        event_id
    FROM events
    WHERE event_source IN ('s3.amazonaws.com', 's3control.amazonaws.com', 's3express.amazonaws.com')
        AND regexp_like(event_name, '^(?:Put|Delete)(?:Bucket(?:Policy|Acl|PublicAccessBlock|OwnershipControls|Website|Cors)|AccountPublicAccessBlock|PublicAccessBlock|AccessPoint(?:Policy|PublicAccessBlock)?|MultiRegionAccessPointPolicy)$|^Create(?:AccessPoint|MultiRegionAccessPoint)$')
        AND (:bucket = '' OR strpos(lower(json_extract_scalar(request_parameters, '$.bucketName')), lower(:bucket)) > 0)
),

-- Of a policy the statements that let everybody in. One that denies is there to keep people out.
with_public AS (
    SELECT
        *,
        filter(
            statements,
            statement -> json_extract_scalar(statement, '$.Effect') = 'Allow'
                AND (
                    coalesce(json_extract_scalar(statement, '$.Principal'), json_extract_scalar(statement, '$.Principal.AWS'), '') = '*'
                    OR coalesce(json_array_contains(json_extract(statement, '$.Principal.AWS'), '*'), false)
                )
        ) AS public_statements
    FROM calls
),

judged AS (
    SELECT
        *,
        CASE
            WHEN event_name = 'PutBucketPolicy' AND cardinality(public_statements) > 0
                THEN CASE
                    WHEN all_match(public_statements, statement -> json_extract(statement, '$.Condition') IS NOT NULL)
                        THEN 'the policy allows everybody, on a condition'
                    ELSE 'the policy allows everybody'
                END
            WHEN event_name = 'PutBucketAcl' AND regexp_like(request_parameters, '"public-read|"authenticated-read"|groups/global/(?:AllUsers|AuthenticatedUsers)')
                THEN 'the ACL allows everybody'
            WHEN event_name LIKE 'Put%PublicAccessBlock' AND regexp_like(lower(request_parameters), '"(?:restrictpublicbuckets|blockpublicpolicy|blockpublicacls|ignorepublicacls)":"?false')
                THEN 'the block is not complete'
            WHEN event_name LIKE 'Delete%PublicAccessBlock' THEN 'the block is gone'
            WHEN event_name = 'DeleteBucketOwnershipControls' OR (event_name = 'PutBucketOwnershipControls' AND NOT request_parameters LIKE '%BucketOwnerEnforced%')
                THEN 'ACLs count again'
        END AS opens
    FROM with_public
)

SELECT
    event_time,
    account_id,
    region,
    actor,
    event_name,
    bucket,
    opens,
    error_code,
    source_ip,
    event_id
FROM judged
WHERE :opening <> 'true' OR opens IS NOT NULL
ORDER BY event_time, event_id
