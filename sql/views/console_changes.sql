-- name: console_changes
-- about: placeholder
SELECT eventid AS event_id FROM cloudtrail
