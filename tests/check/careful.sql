SELECT eventname, day
FROM audit.trail
WHERE day >= '2026/11/20'
    AND account = :account
LIMIT 10;
