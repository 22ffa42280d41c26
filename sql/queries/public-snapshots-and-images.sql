-- name: public-snapshots-and-images
-- about: Snapshots and machine images that were shared: with everybody, or with other accounts. What
-- about: is in a disk or a database leaves the account by this way without a sound.
-- param: everybody boolean default=false With true, only what was shared with everybody.
-- example: clickops query public-snapshots-and-images --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: event_name ModifySnapshotAttribute, ModifyImageAttribute, ...
-- column: resource the snapshot or image
-- column: shared_with all for everybody; else accounts and organisations
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
        coalesce(
            json_extract_scalar(request_parameters, '$.snapshotId'),
            json_extract_scalar(request_parameters, '$.imageId'),
            json_extract_scalar(request_parameters, '$.dBSnapshotIdentifier'),
            json_extract_scalar(request_parameters, '$.dBClusterSnapshotIdentifier'),
            resource
        ) AS resource,
        -- EC2 lists groups, users and organisations as objects, RDS lists texts.
        CASE event_source
            WHEN 'ec2.amazonaws.com' THEN transform(
                TRY(CAST(coalesce(
                    json_extract(request_parameters, '$.createVolumePermission.add.items'),
                    json_extract(request_parameters, '$.launchPermission.add.items')
                ) AS ARRAY(JSON))),
                item -> coalesce(
                    json_extract_scalar(item, '$.group'),
                    json_extract_scalar(item, '$.userId'),
                    json_extract_scalar(item, '$.organizationArn'),
                    json_extract_scalar(item, '$.organizationalUnitArn')
                )
            )
            ELSE TRY(CAST(json_extract(request_parameters, '$.valuesToAdd') AS ARRAY(varchar)))
        END AS added,
        error_code,
        source_ip,
        event_id
    FROM events
    WHERE event_name IN (
            'ModifySnapshotAttribute',
            'ModifyImageAttribute',
            'ModifyDBSnapshotAttribute',
            'ModifyDBClusterSnapshotAttribute'
        )
)

SELECT
    event_time,
    account_id,
    region,
    actor,
    event_name,
    resource,
    array_join(array_sort(added), ', ') AS shared_with,
    error_code,
    source_ip,
    event_id
FROM calls
WHERE cardinality(added) > 0
    AND (:everybody <> 'true' OR contains(added, 'all'))
ORDER BY event_time, event_id
