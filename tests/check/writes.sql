CREATE TABLE findings AS
SELECT eventid FROM cloudtrail
