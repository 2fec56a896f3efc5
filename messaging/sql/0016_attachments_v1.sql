-- Files: who may have which, how they come, how they go. The tables are sealed (0010), so all of it is here.

-- Those of these attachments that the person who acts may have: uploads of one's own that wait for their message, and
-- what a live message carries that one wrote or can see. Not those of a deleted, hidden or expired message, of one that
-- a block keeps away, of a conversation one has left.
CREATE FUNCTION visible_attachments(ids uuid[])
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

-- Bytes of all files of the person who acts, each once however often it was sent.
CREATE FUNCTION media_bytes() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(b.size), 0)::bigint FROM media_blob b
  WHERE b.id IN (SELECT a.blob_id FROM attachment a WHERE a.user_id = person()) $$;

-- A stored file becomes an upload of the person who acts. Its names follow from its id, so that nobody can record
-- somebody else's file. False: it doesn't fit into `most` bytes together with the others.
CREATE FUNCTION record_upload(attachment uuid, blob uuid, facts jsonb, most bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  name text := right(blob::text, 2) || '/' || blob;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('media of ' || person(), 0));  -- two at once take turns
  IF media_bytes() + (facts->>'size')::bigint > most THEN
    RETURN false;
  END IF;
  INSERT INTO media_blob (id, kind, content_type, digest, storage_name, thumbnail_name, size, width, height,
    duration_ms, created_at)
  VALUES (blob, facts->>'kind', facts->>'content_type', facts->>'digest', name,
    CASE WHEN (facts->>'has_thumbnail')::boolean THEN name || '.small' ELSE '' END, (facts->>'size')::bigint,
    (facts->>'width')::integer, (facts->>'height')::integer, (facts->>'duration_ms')::integer, now());
  INSERT INTO attachment (id, user_id, blob_id, created_at) VALUES ($1, person(), blob, now());
  RETURN true;
END $$;

-- Delete those of these files that nothing carries any more; their names, to be removed from the storage after the
-- commit. The lock first, then a statement whose snapshot follows it: a send may just be using the file again.
CREATE FUNCTION drop_unused_blobs(blobs uuid[]) RETURNS TABLE (storage_name text, thumbnail_name text)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM media_blob b WHERE b.id = ANY (blobs) ORDER BY b.id FOR UPDATE;
  RETURN QUERY DELETE FROM media_blob b WHERE b.id = ANY (blobs)
    AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.blob_id = b.id) RETURNING b.storage_name, b.thumbnail_name;
END $$;

-- Take the files away from those of these messages that are deleted, erased, expired or gone; a live or hidden message
-- keeps its file whoever asks, so that asking is harmless and may be repeated. Attachments first, then files, each in id
-- order, as the send locks them.
CREATE FUNCTION release_attachments(messages uuid[]) RETURNS TABLE (storage_name text, thumbnail_name text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  freed uuid[];
BEGIN
  PERFORM 1 FROM attachment a WHERE a.message_id = ANY (messages) ORDER BY a.id FOR UPDATE;
  WITH gone AS (
    DELETE FROM attachment a WHERE a.message_id = ANY (messages) AND NOT EXISTS (
      SELECT 1 FROM message m WHERE m.id = a.message_id AND m.state IN ('live', 'hidden')
        AND (m.expires_at IS NULL OR m.expires_at > now()))
    RETURNING a.blob_id
  )
  SELECT array_agg(DISTINCT g.blob_id) INTO freed FROM gone g;
  RETURN QUERY SELECT * FROM drop_unused_blobs(freed);
END $$;

-- Forget up to `most` uploads from before `moment` that no message took and none in the outbox waits for, and files that nothing carries (their
-- person's account is gone). For the sweep, which runs as the owner.
CREATE FUNCTION sweep_uploads(moment timestamptz, most integer) RETURNS TABLE (storage_name text, thumbnail_name text)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  freed uuid[];
BEGIN
  WITH old AS (
    SELECT a.id FROM attachment a
    WHERE a.message_id IS NULL AND a.conversation_id IS NULL AND a.created_at < moment
      AND NOT EXISTS (SELECT 1 FROM message_queue q WHERE q.user_id = a.user_id
        AND q.state IN ('pending', 'sending') AND q.request->>'attachment' = a.id::text)
    ORDER BY a.id LIMIT most FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM attachment a USING old WHERE a.id = old.id RETURNING a.blob_id
  )
  SELECT array_agg(DISTINCT g.blob_id) INTO freed FROM gone g;
  freed := coalesce(freed, '{}') || ARRAY(
    SELECT b.id FROM media_blob b WHERE b.created_at < moment
      AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.blob_id = b.id) ORDER BY b.id LIMIT most);
  RETURN QUERY SELECT * FROM drop_unused_blobs(freed);
END $$;

REVOKE EXECUTE ON FUNCTION visible_attachments(uuid[]), media_bytes(), record_upload(uuid, uuid, jsonb, bigint),
  drop_unused_blobs(uuid[]), release_attachments(uuid[]), sweep_uploads(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visible_attachments(uuid[]), media_bytes(), record_upload(uuid, uuid, jsonb, bigint),
  release_attachments(uuid[]) TO prayermap_member;
