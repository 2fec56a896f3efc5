-- What a message about a prayer is refused with; NULL: nothing.
-- A card names a prayer that can be seen. An update is its author's alone, and not where it would give an anonymous
-- author away: where they stand under their name. Nor may who is known as the author update under cover.
CREATE FUNCTION prayer_message_refusal(author uuid, conversation uuid, type text, payload jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE type
    WHEN 'prayer_card' THEN (
      SELECT 'invalid:payload.prayer' WHERE payload ? 'prayer' AND NOT EXISTS (
        SELECT 1 FROM prayer p WHERE p.id = (payload->>'prayer')::uuid AND NOT p.is_hidden))
    WHEN 'prayer_update' THEN (
      SELECT CASE
        WHEN p.id IS NULL THEN 'conflict'
        WHEN author_behind(p.id) <> $1 THEN 'forbidden'
        WHEN p.is_anonymous = EXISTS (SELECT 1 FROM participant q WHERE q.conversation_id = $2 AND q.user_id = $1
          AND q.state = 'active' AND NOT q.is_anonymous) THEN 'anonymity_impossible' END
      FROM conversation c LEFT JOIN prayer p ON p.id = c.prayer_id AND NOT p.is_hidden WHERE c.id = $2)
  END $$;
REVOKE EXECUTE ON FUNCTION prayer_message_refusal(uuid, uuid, text, jsonb) FROM PUBLIC;
