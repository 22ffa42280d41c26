SELECT useridentity.arm, evenname
FROM cloudtrail
