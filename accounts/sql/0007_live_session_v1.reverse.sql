DROP FUNCTION live_session(uuid, timestamptz);
