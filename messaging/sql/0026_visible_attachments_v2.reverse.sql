CREATE OR REPLACE FUNCTION visible_attachments(ids uuid[])
RETURNS TABLE (id uuid, kind text, content_type text, size bigint, width integer, height integer,
  duration_ms integer, storage_name text, thumbnail_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, b.kind, b.content_type, b.size, b.width, b.height, b.duration_ms, b.storage_name, b.thumbnail_name
  FROM attachment a
  JOIN media_blob b ON b.id = a.blob_id
  LEFT JOIN message m ON m.id = a.message_id
  LEFT JOIN participant s ON s.id = m.sender_id
  WHERE a.id = ANY (ids)
    AND CASE
      WHEN a.message_id IS NULL THEN a.user_id = person() AND a.conversation_id IS NULL
      WHEN m.state <> 'live' OR m.expires_at <= now() THEN false
      ELSE a.user_id = person() OR (
        EXISTS (SELECT 1 FROM participant p WHERE p.conversation_id = m.conversation_id AND p.user_id = person()
          AND p.state = 'active' AND m.seq >= p.visible_from_seq)
        AND (s.id IS NULL OR NOT is_hidden_from_me(s)))
    END $$;
