DROP FUNCTION act_in_session(uuid, uuid);
