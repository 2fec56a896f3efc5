-- Messages that disappear: who says after how long, and what happens then.

-- Let what is written from now on disappear after so many seconds (NULL: stay). Either of two may, in a group its admins.
-- Outcome: ok (`new_rev` NULL where nothing changed) | an error code of the contract.
CREATE FUNCTION set_disappearing(conversation uuid, seconds integer, OUT outcome text, OUT new_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  seen record;
BEGIN
  SELECT * INTO seen FROM find_message($1, 0);  -- no message: the room, locked, and oneself there
  outcome := CASE
    WHEN (seen.me).id IS NULL THEN 'not_found'
    WHEN (seen.room).kind IN ('group_prayer', 'prayer_support') AND (seen.me).role = 'member' THEN 'forbidden'
    ELSE coalesce(writing_refusal(seen.room, seen.me, clock_timestamp()), 'ok')
  END;
  IF outcome <> 'ok' OR (seen.room).disappear_after_s IS NOT DISTINCT FROM seconds THEN
    RETURN;
  END IF;
  new_rev := (seen.room).rev + 1;
  UPDATE conversation c SET disappear_after_s = seconds, rev = new_rev, settings_rev = new_rev, updated_at = now()
    WHERE c.id = $1;
END $$;

-- Turn up to `most` messages whose time is over into tombstones. For the worker, in small batches; uses the index
-- message_expiring of each month.
CREATE FUNCTION expire_messages(moment timestamptz, most integer) RETURNS TABLE (id uuid, conversation uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  over uuid[];
BEGIN
  SELECT array_agg(x.id) INTO over FROM (
    SELECT m.id FROM message m WHERE m.expires_at <= moment ORDER BY m.expires_at LIMIT most) x;
  RETURN QUERY SELECT t.id, m.conversation_id FROM tombstone_messages(over, 'deleted') t
    JOIN message m ON m.id = t.id;
END $$;

REVOKE EXECUTE ON FUNCTION set_disappearing(uuid, integer), expire_messages(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_disappearing(uuid, integer) TO prayermap_member;
GRANT EXECUTE ON FUNCTION expire_messages(timestamptz, integer), release_attachments(uuid[]), settle_notifications(uuid[])
  TO prayermap_writer;
