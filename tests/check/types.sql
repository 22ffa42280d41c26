SELECT eventid
FROM cloudtrail
WHERE eventname = :what AND readonly = false
