DROP FUNCTION unread_heads(uuid[]);
DROP FUNCTION notify_people_again(uuid[], uuid[]);
DROP FUNCTION notify_again(uuid[]);
DROP FUNCTION settle_notifications(uuid[]);
DROP TRIGGER participant_notifications ON participant;
DROP FUNCTION close_notifications_of_member();
