DROP FUNCTION own_sent(uuid[]);
DROP FUNCTION send_forwards(jsonb);
DROP FUNCTION borrow_attachment(uuid, uuid);
