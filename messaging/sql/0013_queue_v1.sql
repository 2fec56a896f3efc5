-- The outbox: messages taken now and sent later, each exactly once, those of a device and conversation in their order.
--
-- queue_messages   takes what a person hands in (prayermap_member)
-- claim_queued     gives a worker what is due, for a time (this one and the following: prayermap_writer)
-- hold_queued      locks one that is about to be sent; send_messages() and finish_queued follow in that transaction
-- settle_queued    notes why one was not sent
--
-- A worker holds rows by a lease: a random id that nobody else can read. Every step asks for it under the row's lock,
-- so a worker that was thought dead and comes back does nothing. Sending and marking are one transaction; a worker
-- that dies before its commit has done nothing either.

CREATE SEQUENCE message_queue_position OWNED BY message_queue.position;
ALTER TABLE message_queue ADD CONSTRAINT message_queue_device CHECK (char_length(device_id) BETWEEN 1 AND 64);

ALTER TABLE message_queue ENABLE ROW LEVEL SECURITY;
GRANT DELETE, SELECT (id, user_id, device_id, position, conversation_id, client_id, request, scheduled_at, state, seq,
  retry_count, error_code, next_attempt_at, created_at, finished_at) ON message_queue TO prayermap_member;
CREATE POLICY message_queue_own ON message_queue FOR SELECT TO prayermap_member USING (user_id = person());
CREATE POLICY message_queue_cancelled ON message_queue FOR DELETE TO prayermap_member
  USING (user_id = person() AND state = 'pending');

-- Take messages of the person who acts, in their order. A client_id that is known is answered with what became of it:
-- queued before, or sent by whatever way. Outcome: queued | duplicate | client_id_reused | client_id_invalid | full.
-- Item: {ord, id, conversation, client_id, digests, request, scheduled_at}.
CREATE FUNCTION queue_messages(device text, items jsonb, most integer)
RETURNS TABLE (ord integer, outcome text, item uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz;
  room integer;
  wanted record;
  held message_queue;
  sent record;
BEGIN
  -- One request of a person at a time: positions follow the order of commits, and the limit holds.
  PERFORM pg_advisory_xact_lock(hashtextextended(person()::text, 2));
  moment := clock_timestamp();
  room := most - (SELECT count(*) FROM message_queue q
    WHERE q.user_id = person() AND q.state IN ('pending', 'sending'));
  FOR wanted IN SELECT x.* FROM jsonb_to_recordset(items) AS x(ord integer, id uuid, conversation uuid,
      client_id uuid, digests text[], request jsonb, scheduled_at timestamptz) ORDER BY x.ord LOOP
    ord := wanted.ord;
    SELECT * INTO held FROM message_queue q WHERE q.user_id = person() AND q.client_id = wanted.client_id;
    IF FOUND THEN
      item := held.id;
      outcome := CASE WHEN held.conversation_id = wanted.conversation AND held.digest = ANY (wanted.digests)
        THEN 'duplicate' ELSE 'client_id_reused' END;
      RETURN NEXT;
      CONTINUE;
    END IF;
    SELECT k.* INTO sent FROM (
      SELECT m.seq, m.conversation_id, p.user_id AS author, m.request_digest, m.state
        FROM message m LEFT JOIN participant p ON p.id = m.sender_id WHERE m.id = wanted.client_id
      UNION ALL
      SELECT m.seq, m.conversation_id, p.user_id, m.request_digest, m.state
        FROM message_author a JOIN message m ON m.id = a.message_id JOIN participant p ON p.id = a.participant_id
        WHERE a.client_id = wanted.client_id) k;
    item := wanted.id;
    outcome := CASE
      WHEN sent.seq IS NULL AND wanted.client_id NOT BETWEEN uuid7_floor(moment - interval '30 days')
        AND uuid7_floor(moment + interval '5 minutes') THEN 'client_id_invalid'
      WHEN sent.seq IS NULL AND room <= 0 THEN 'full'
      WHEN sent.seq IS NULL THEN 'queued'
      WHEN sent.author = person() AND sent.conversation_id = wanted.conversation
        AND (sent.state IN ('deleted', 'erased') OR sent.request_digest = ANY (wanted.digests)) THEN 'duplicate'
      ELSE 'client_id_reused' END;
    IF outcome IN ('queued', 'duplicate') THEN
      room := room - CASE outcome WHEN 'queued' THEN 1 ELSE 0 END;
      INSERT INTO message_queue (id, user_id, device_id, position, conversation_id, client_id, digest, request,
        scheduled_at, state, seq, retry_count, error_code, next_attempt_at, created_at, finished_at)
      VALUES (wanted.id, person(), device, nextval('message_queue_position'), wanted.conversation, wanted.client_id,
        wanted.digests[1], CASE WHEN sent.seq IS NULL THEN wanted.request END, wanted.scheduled_at,
        CASE WHEN sent.seq IS NULL THEN 'pending' ELSE 'sent' END, sent.seq, 0, '',
        CASE WHEN sent.seq IS NULL THEN greatest(wanted.scheduled_at, moment) END, moment,
        CASE WHEN sent.seq IS NOT NULL THEN moment END);
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;

-- What is due, for `seconds`: the first of up to `lanes` rows of devices for conversations, each with those behind it,
-- up to `each`. One waits for an earlier one of the same device and conversation that is still to be sent, unless that
-- one has a later time of its own. Rows that another worker is looking at are passed by.
CREATE FUNCTION claim_queued(lease uuid, lanes integer, each integer, seconds double precision)
RETURNS TABLE (id uuid, person uuid, device text, place bigint, conversation uuid, digest text, request jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz := clock_timestamp();
BEGIN
  -- Ten workers have died with it in their hands.
  UPDATE message_queue q SET state = 'failed', error_code = 'unavailable', lease = NULL, next_attempt_at = NULL,
    finished_at = moment
  WHERE q.state = 'sending' AND q.next_attempt_at <= moment AND q.retry_count >= 10;
  RETURN QUERY
  WITH head AS MATERIALIZED (
    SELECT q.* FROM message_queue q
    WHERE q.state IN ('pending', 'sending') AND q.next_attempt_at <= moment
      AND NOT EXISTS (SELECT 1 FROM message_queue e
        WHERE e.user_id = q.user_id AND e.device_id = q.device_id AND e.conversation_id = q.conversation_id
          AND e.position < q.position AND e.state IN ('pending', 'sending')
          AND (e.scheduled_at IS NULL OR e.scheduled_at <= q.scheduled_at))
    ORDER BY q.next_attempt_at, q.position LIMIT lanes FOR NO KEY UPDATE SKIP LOCKED
  ),
  -- Nobody else can claim those behind a head that is held.
  chosen AS MATERIALIZED (
    SELECT h.id, h.state = 'sending' AS was_held FROM head h
    UNION ALL
    SELECT f.id, false FROM head h CROSS JOIN LATERAL (
      SELECT q.id FROM message_queue q
      WHERE h.scheduled_at IS NULL AND q.user_id = h.user_id AND q.device_id = h.device_id
        AND q.conversation_id = h.conversation_id AND q.position > h.position AND q.scheduled_at IS NULL
        AND q.state IN ('pending', 'sending')
      ORDER BY q.position LIMIT each - 1) f
  )
  UPDATE message_queue q SET state = 'sending', lease = $1, next_attempt_at = moment + make_interval(secs => seconds),
    retry_count = q.retry_count + c.was_held::integer
  FROM chosen c WHERE q.id = c.id
  RETURNING q.id, q.user_id, q.device_id, q.position, q.conversation_id, q.digest, q.request;
END $$;

-- The row of a message that is about to be sent, locked until the end of the transaction: when it was taken. The age of
-- its client_id is judged as of then, however long it had to wait. NULL: the worker does not hold it any more.
CREATE FUNCTION hold_queued(item uuid, lease uuid) RETURNS timestamptz
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT q.created_at FROM message_queue q
  WHERE q.id = item AND q.state = 'sending' AND q.lease = $2 FOR NO KEY UPDATE $$;

-- It has been sent in this transaction, or before. Its text leaves the queue.
CREATE FUNCTION finish_queued(item uuid, lease uuid, new_seq bigint) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE message_queue q SET state = 'sent', seq = new_seq, request = NULL, lease = NULL, error_code = '',
    next_attempt_at = NULL, finished_at = clock_timestamp()
  WHERE q.id = item AND q.state = 'sending' AND q.lease = $2 RETURNING true $$;

-- Not sent, because of `code`. `is_final`: for good. Else it is tried again: after `wait_ms` where that is known (a limit
-- that passes by itself is no try), or after 30 s times the number of tries, ten at most. What the worker holds behind it
-- is given back. Returns the state it is in now; NULL where the worker does not hold it any more.
CREATE FUNCTION settle_queued(item uuid, lease uuid, code text, is_final boolean, wait_ms integer) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz := clock_timestamp();
  held message_queue;
  tries integer;
BEGIN
  SELECT * INTO held FROM message_queue q
    WHERE q.id = item AND q.state = 'sending' AND q.lease = $2 FOR NO KEY UPDATE;
  IF held.id IS NULL THEN
    RETURN NULL;
  END IF;
  tries := least(held.retry_count + CASE WHEN is_final OR wait_ms IS NULL THEN 1 ELSE 0 END, 10);
  IF is_final OR (wait_ms IS NULL AND tries = 10) THEN
    UPDATE message_queue q SET state = 'failed', error_code = code, retry_count = tries, lease = NULL,
      next_attempt_at = NULL, finished_at = moment WHERE q.id = held.id;
    RETURN 'failed';
  END IF;
  UPDATE message_queue q SET state = 'pending', lease = NULL,
    error_code = CASE WHEN q.id = held.id THEN code ELSE q.error_code END,
    retry_count = CASE WHEN q.id = held.id THEN tries ELSE q.retry_count END,
    next_attempt_at = moment + CASE WHEN q.id <> held.id THEN interval '0'
      ELSE coalesce(make_interval(secs => wait_ms / 1000.0), interval '30 seconds' * tries) END
  WHERE q.user_id = held.user_id AND q.device_id = held.device_id AND q.conversation_id = held.conversation_id
    AND q.state = 'sending' AND q.lease = $2 AND q.position >= held.position;
  RETURN 'pending';
END $$;

REVOKE EXECUTE ON FUNCTION queue_messages(text, jsonb, integer), claim_queued(uuid, integer, integer, double precision),
  hold_queued(uuid, uuid), finish_queued(uuid, uuid, bigint), settle_queued(uuid, uuid, text, boolean, integer)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION queue_messages(text, jsonb, integer) TO prayermap_member;
GRANT EXECUTE ON FUNCTION claim_queued(uuid, integer, integer, double precision), hold_queued(uuid, uuid),
  finish_queued(uuid, uuid, bigint), settle_queued(uuid, uuid, text, boolean, integer) TO prayermap_writer;
