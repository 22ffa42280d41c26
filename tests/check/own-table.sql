SELECT *
FROM audit.trail AS t
WHERE t.eventname LIKE 'Delete\_%'
