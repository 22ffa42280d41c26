-- name: header
-- param: who text
-- param: many integer default=5 How many.
-- example: clickops query header --param whom=ann
-- column: actor Who.
SELECT eventid
FROM cloudtrail
WHERE eventname = :who
    AND awsregion = :where
