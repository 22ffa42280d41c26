SELECT eventname AS first
FROM cloudtrail
