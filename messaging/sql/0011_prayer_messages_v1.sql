-- What a message about a prayer is refused with; NULL: nothing. There are no prayers yet that it could name.
CREATE FUNCTION prayer_message_refusal(author uuid, conversation uuid, type text, payload jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp RETURN NULL::text;
REVOKE EXECUTE ON FUNCTION prayer_message_refusal(uuid, uuid, text, jsonb) FROM PUBLIC;
