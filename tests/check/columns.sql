-- name: columns
-- about: Its header is not what it returns.
-- example: clickops query columns
-- column: id The id.
-- column: name The action.
SELECT eventid AS id, eventtime
FROM cloudtrail
ORDER BY eventtime
