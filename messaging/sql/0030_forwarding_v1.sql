-- Forwarding: the same content, sent anew by somebody who can see it. Nothing leads back to where it came from.

-- An upload of one's own (`fresh`) on the file of a message that one can see; the send takes it like any other.
CREATE FUNCTION borrow_attachment(message uuid, fresh uuid) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO attachment (id, user_id, blob_id, created_at)
  SELECT fresh, person(), a.blob_id, now() FROM attachment a
  WHERE a.message_id = $1 AND EXISTS (SELECT 1 FROM visible_attachments(ARRAY[a.id]))
  RETURNING true $$;

-- Several sends of the person who acts, in one call: the author is who acts, not who the requests say.
CREATE FUNCTION send_forwards(batch jsonb) RETURNS SETOF send_result
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM send_messages((
    SELECT jsonb_agg(x.request - 'accepted_at' || jsonb_build_object('author', person(), 'ord', x.place))
    FROM jsonb_array_elements(batch) WITH ORDINALITY AS x(request, place) WHERE x.place <= 5)) $$;

-- Where one's own sends with these client_ids are.
CREATE FUNCTION own_sent(client_ids uuid[]) RETURNS TABLE (client_id uuid, conversation uuid, seq bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT m.id, m.conversation_id, m.seq FROM message m JOIN participant p ON p.id = m.sender_id
    WHERE m.id = ANY ($1) AND p.user_id = person() AND NOT m.is_anonymous
  UNION ALL
  SELECT a.client_id, m.conversation_id, m.seq FROM message_author a
    JOIN participant p ON p.id = a.participant_id JOIN message m ON m.id = a.message_id
    WHERE a.client_id = ANY ($1) AND p.user_id = person() $$;

REVOKE EXECUTE ON FUNCTION borrow_attachment(uuid, uuid), send_forwards(jsonb), own_sent(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION borrow_attachment(uuid, uuid), send_forwards(jsonb), own_sent(uuid[]) TO prayermap_member;
