SELECT DISTINCT eventname
FROM (SELECT eventname, day FROM cloudtrail ORDER BY eventtime) AS inner_one
WHERE day >= '2026/11/20'
    AND eventname NOT IN (SELECT errorcode FROM cloudtrail WHERE eventtime > '2026-11-20 00:00:00' AND readonly <> 'true')
