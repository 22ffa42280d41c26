SELECT eventtime::date AS day
FROM cloudtrail
