SELECT eventid FROM cloudtrail;
SELECT eventname FROM cloudtrail;
