-- Make one's own message anonymous after it was sent: from then on it shows members no author, as if it had been sent so.
-- There is no way back. Its id stays (it is what devices know it by), and what others have read they have read.
--
-- Like a deletion it is possible at any time, wherever one may not write any more. Outcome: ok (`new_rev` NULL where it
-- was anonymous already) | not_found | forbidden:not_own | conflict:not_live | anonymity_impossible (fewer than three
-- active members, as for a send; a prayer update, which tells whose it is).
CREATE FUNCTION anonymise_message(conversation uuid, number bigint, OUT outcome text, OUT id uuid, OUT new_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  seen record;
  old message;
BEGIN
  SELECT * INTO seen FROM find_message($1, number);
  old := seen.target;
  outcome := CASE
    WHEN old.id IS NULL OR seen.is_removed THEN 'not_found'
    WHEN NOT seen.is_mine THEN 'forbidden:not_own'
    WHEN old.is_anonymous THEN 'ok'
    WHEN old.state IN ('deleted', 'erased') OR old.expires_at <= clock_timestamp() THEN 'conflict:not_live'
    WHEN old.type = 'prayer_update' OR (seen.room).active_count < 3 THEN 'anonymity_impossible'
    ELSE 'ok'
  END;
  id := old.id;
  IF outcome <> 'ok' OR old.is_anonymous THEN
    RETURN;
  END IF;
  new_rev := (seen.room).rev + 1;
  -- The id is the client's own and answers replays; no second one may stand for the same message.
  INSERT INTO message_author (message_id, participant_id, client_id) VALUES (old.id, old.sender_id, gen_random_uuid());
  UPDATE message m SET sender_id = NULL, is_anonymous = true, rev = new_rev WHERE m.id = old.id;
  UPDATE conversation c SET rev = new_rev WHERE c.id = $1;
END $$;

REVOKE EXECUTE ON FUNCTION anonymise_message(uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION anonymise_message(uuid, bigint) TO prayermap_member;
