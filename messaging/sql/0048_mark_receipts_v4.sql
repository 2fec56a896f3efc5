-- mark_receipts() as in 0047, which did not stay quick when it was big.
--
-- Without sorts (enable_sort = off, so that messages come by their numbers) PostgreSQL took the rows to lock in the order of
-- a key by reading that key from end to end: every member row, and every unread notification. A mark took 6 ms among 1,800
-- member rows, 50 among 35,000. So rows are found first, in no order, and then locked by their ids, in the order of what was
-- found: 4 ms in both.
--
-- Plans are generic and kept, as in 0037. Planned anew, over 25 months, each of a connection's first five marks took 40 ms.

CREATE OR REPLACE FUNCTION mark_receipts(batch jsonb) RETURNS SETOF mark_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off
SET enable_sort = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz;
  requests mark_draft[];
  drafts mark_draft[];  -- one for each member whose marks have moved
  is_read boolean;  -- somebody has read on
  is_read_in_part boolean;  -- and may have something left
  is_reaching boolean;  -- delivery rows are due
  person_revs jsonb;  -- me_rev by person
  unread uuid[] := '{}';  -- members who have read on and have something left
  mentioned uuid[] := '{}';
  closed mark_closed[];
  told mark_told[];
  wishes mark_wish[];
  opened mark_opened[];
BEGIN
  PERFORM 1 FROM participant p
    WHERE p.id = ANY (ARRAY(
      SELECT q.id FROM jsonb_array_elements(batch) x JOIN participant q
        ON q.conversation_id = (x->>'conversation')::uuid AND q.user_id = (x->>'author')::uuid))
    ORDER BY p.id FOR NO KEY UPDATE;
  moment := clock_timestamp();

  WITH judged AS MATERIALIZED (
    SELECT r.*, p.id AS member, p.read_seq, p.delivered_seq, p.visible_from_seq, p.marked_unread_at,
      c.active_count, c.latest_seq, u.share_read_receipts AND NOT p.is_anonymous AS shares,
      CASE
        WHEN p.id IS NULL AND l.id IS NULL THEN 'not_found'
        WHEN p.id IS NULL THEN 'forbidden'
        WHEN greatest(r.delivered, r.read) > c.latest_seq THEN 'invalid'
        ELSE 'ok'
      END AS verdict
    FROM jsonb_to_recordset(batch) AS r(
      ord integer, author uuid, conversation uuid, delivered bigint, read bigint, device jsonb)
    JOIN accounts_user u ON u.id = r.author
    LEFT JOIN conversation c ON c.id = r.conversation
    LEFT JOIN LATERAL (
      SELECT q.* FROM participant q WHERE q.conversation_id = r.conversation AND q.user_id = r.author
        AND q.state = 'active' ORDER BY q.is_anonymous LIMIT 1) p ON true
    LEFT JOIN LATERAL (
      SELECT q.id FROM participant q WHERE p.id IS NULL AND q.conversation_id = r.conversation AND q.user_id = r.author
        AND q.state IN ('invited', 'requested') AND q.is_told AND q.declined_at IS NULL LIMIT 1) l ON true
  ),
  moved AS (
    SELECT j.*,
      row_number() OVER (PARTITION BY j.member, j.verdict = 'ok' ORDER BY j.ord) = 1 AND j.verdict = 'ok' AS is_first,
      greatest(j.read_seq, max(j.read) FILTER (WHERE j.verdict = 'ok') OVER w) AS new_read,
      greatest(j.delivered_seq, max(greatest(j.delivered, j.read)) FILTER (WHERE j.verdict = 'ok') OVER w) AS new_delivered,
      -- Whatever was put back among the unread is read now, though the mark may not move.
      coalesce(bool_or(j.marked_unread_at IS NOT NULL AND j.read IS NOT NULL) FILTER (WHERE j.verdict = 'ok') OVER w,
        false) AS is_taken_up
    FROM judged j WINDOW w AS (PARTITION BY j.member)
  ),
  -- Every request, settled.
  settled AS MATERIALIZED (
    SELECT m.ord, m.verdict, m.author, m.conversation, m.member, m.is_first, m.shares, m.active_count, m.visible_from_seq,
      m.latest_seq, m.read_seq AS old_read, m.delivered_seq AS old_delivered, m.new_read, m.new_delivered, m.is_taken_up,
      coalesce(m.new_read > m.read_seq OR m.new_delivered > m.delivered_seq OR m.is_taken_up, false) AS is_changed, m.device
    FROM moved m
  ),
  changed AS NOT MATERIALIZED (SELECT * FROM settled WHERE is_first AND is_changed),
  person AS (
    INSERT INTO person_state AS s (user_id, me_rev)
    SELECT DISTINCT c.author, 1 FROM changed c ORDER BY c.author
    ON CONFLICT (user_id) DO UPDATE SET me_rev = s.me_rev + 1
    RETURNING s.user_id, s.me_rev
  ),
  -- An object, since a join of the two would compare each with each.
  person_rev AS MATERIALIZED (SELECT jsonb_object_agg(user_id, me_rev) AS by_user FROM person),
  marked AS (
    UPDATE participant p SET read_seq = c.new_read, delivered_seq = c.new_delivered,
      me_rev = (v.by_user->>c.author::text)::bigint,
      read_at = CASE WHEN c.new_read > c.old_read THEN moment ELSE p.read_at END,
      delivered_at = CASE WHEN c.new_delivered > c.old_delivered THEN moment ELSE p.delivered_at END,
      marked_unread_at = CASE WHEN NOT c.is_taken_up THEN p.marked_unread_at END,
      is_notified = p.is_notified AND NOT (c.new_read > c.old_read AND c.new_read >= c.latest_seq)
    FROM changed c CROSS JOIN person_rev v WHERE p.id = c.member
  )
  SELECT array_agg(s::mark_draft), array_agg(s::mark_draft) FILTER (WHERE s.is_first AND s.is_changed),
      bool_or(s.is_first AND s.new_read > s.old_read),
      bool_or(s.is_first AND s.new_read > s.old_read AND s.new_read < s.latest_seq),
      bool_or(s.is_first AND s.shares AND s.active_count <= 256
        AND (s.new_read > s.old_read OR s.new_delivered > s.old_delivered)),
      (SELECT v.by_user FROM person_rev v)
    INTO requests, drafts, is_read, is_read_in_part, is_reaching, person_revs FROM settled s;

  IF drafts IS NOT NULL THEN
    -- What is still unread of somebody else, live, and not yet disappeared. Usually there is nothing above the mark.
    IF is_read_in_part THEN
      SELECT coalesce(array_agg(r.member) FILTER (WHERE r.has_unread), '{}'),
          coalesce(array_agg(r.member) FILTER (WHERE r.has_mention), '{}')
        INTO unread, mentioned
        FROM (
          SELECT d.member,
            (SELECT true FROM message m
              WHERE m.conversation_id = d.conversation AND m.seq > greatest(d.new_read, d.visible_from_seq - 1)
                AND m.state = 'live' AND (m.expires_at IS NULL OR m.expires_at > moment)
                AND m.sender_id IS DISTINCT FROM d.member AND (m.sender_id IS NOT NULL OR NOT EXISTS (
                  SELECT 1 FROM message_author a WHERE a.message_id = m.id AND a.participant_id = d.member))
              ORDER BY m.seq LIMIT 1) AS has_unread,
            EXISTS (
              SELECT 1 FROM mention q JOIN message m ON m.id = q.message_id
              WHERE q.participant_id = d.member AND q.seq > d.new_read AND m.state = 'live'
                AND (m.expires_at IS NULL OR m.expires_at > moment)) AS has_mention
          FROM unnest(drafts) d WHERE d.new_read > d.old_read AND d.new_read < d.latest_seq) r;
      UPDATE participant p SET is_notified = false FROM unnest(drafts) d
        WHERE p.id = d.member AND d.new_read > d.old_read AND d.new_read < d.latest_seq AND p.is_notified
          AND d.member <> ALL (unread);
    END IF;

    -- Messages newly delivered or read: the newest 1,000, in conversations of up to 256 members (beyond that the marks
    -- and their times answer), and only for people who share receipts.
    IF is_reaching THEN
      WITH wanted AS (
        SELECT d.conversation, d.member, d.device, d.old_delivered, d.new_read, d.new_delivered,
          greatest(d.visible_from_seq - 1, d.new_delivered - 1000,
            CASE WHEN d.new_read > d.old_read THEN d.old_read ELSE d.old_delivered END) AS above,
          max(d.new_delivered) OVER (PARTITION BY d.conversation) AS top
        FROM unnest(drafts) d WHERE d.shares AND d.active_count <= 256
          AND (d.new_read > d.old_read OR d.new_delivered > d.old_delivered)
      ),
      reading AS (
        SELECT w.conversation, min(w.above) AS above, max(w.new_delivered) AS up_to, array_agg(w.member) AS members,
          array_agg(w.above) AS aboves, array_agg(w.new_delivered) AS up_tos, array_agg(w.new_read) AS reads,
          array_agg(w.old_delivered) AS olds, jsonb_agg(coalesce(w.device, '{}')) AS devices
        FROM wanted w GROUP BY w.conversation, CASE WHEN w.above < w.top - 100 THEN w.member END
      ),
      reached AS MATERIALIZED (
        SELECT m.id, m.seq, m.sender_id, y.member, r.conversation, r.devices->(y.place::integer - 1) AS device,
          m.seq <= y.new_read AS is_read, m.seq > y.old AS is_new
        FROM reading r
        CROSS JOIN LATERAL (
          SELECT m.id, m.seq, m.sender_id FROM message m
          WHERE m.conversation_id = r.conversation AND m.seq > r.above AND m.seq <= r.up_to AND m.state = 'live'
          ORDER BY m.seq) m
        CROSS JOIN unnest(r.members, r.aboves, r.up_tos, r.reads, r.olds)
          WITH ORDINALITY AS y(member, above, up_to, new_read, old, place)
        WHERE m.seq > y.above AND m.seq <= y.up_to AND m.sender_id IS DISTINCT FROM y.member
      ),
      delivered AS (
        INSERT INTO delivery_status AS d (message_id, participant_id, delivered_at, read_at, device_info)
        SELECT r.id, r.member, moment, CASE WHEN r.is_read THEN moment END, r.device
        FROM reached r ORDER BY r.id, r.member
        ON CONFLICT (message_id, participant_id)
          DO UPDATE SET read_at = coalesce(d.read_at, EXCLUDED.read_at)
          WHERE d.read_at IS NULL AND EXCLUDED.read_at IS NOT NULL
      )
      SELECT array_agg(t::mark_told) INTO told FROM (
        SELECT r.sender_id, r.conversation, min(r.seq), count(*) FILTER (WHERE r.is_read), count(*) FILTER (WHERE r.is_new)
        FROM reached r WHERE r.sender_id IS NOT NULL GROUP BY r.sender_id, r.conversation) t;
    END IF;

    -- Nothing is left to tell.
    IF is_read THEN
      WITH found AS MATERIALIZED (
        SELECT n.id, n.user_id, n.kind, n.subject
        FROM unnest(drafts) d JOIN notification n ON n.user_id = d.author AND n.subject = d.conversation
          AND n.read_at IS NULL AND n.kind IN ('message_received', 'mention', 'message_read', 'message_delivered')
        WHERE d.new_read > d.old_read AND NOT CASE n.kind
          WHEN 'message_received' THEN d.member = ANY (unread) WHEN 'mention' THEN d.member = ANY (mentioned)
          ELSE false END
      ),
      standing AS MATERIALIZED (
        SELECT n.* FROM (SELECT f.id FROM found f ORDER BY f.user_id, f.kind, f.subject) f
        CROSS JOIN LATERAL (
          SELECT n.id, n.user_id, n.subject,
            n.pushed_at IS NULL AND n.updated_at > moment - interval '4 seconds'
              AND (n.kind = 'message_received' OR n.count = 1) AS is_fresh
          FROM notification n WHERE n.id = f.id AND n.read_at IS NULL FOR UPDATE) n
      ),
      settled AS (
        UPDATE notification n SET read_at = moment, push_tries = 0, is_held = false,
          push_due_at = CASE WHEN n.pushed_at IS NOT NULL THEN moment END
        FROM standing s WHERE n.id = s.id
      )
      SELECT array_agg(s::mark_closed) INTO closed FROM standing s;
    END IF;

    -- Authors who asked for it are told that they have been read, or have reached a device; in one row with a count.
    IF told IS NOT NULL THEN
      SELECT array_agg(t::mark_wish) INTO wishes FROM (
        SELECT a.user_id, w.kind, t.conversation, t.first_seq,
          (CASE w.kind WHEN 'message_read' THEN t.times_read ELSE t.times_new END)::integer AS times
        FROM unnest(told) t
        JOIN participant a ON a.id = t.sender AND a.state = 'active'
        JOIN notification_preference w ON w.user_id = a.user_id AND w.kind IN ('message_read', 'message_delivered')
          AND (w.in_app OR w.push OR w.email)) t
        WHERE t.times > 0;
    END IF;
    IF wishes IS NOT NULL THEN
      WITH wished AS MATERIALIZED (SELECT * FROM unnest(wishes)),
      taken AS MATERIALIZED (
        SELECT n.id FROM wished t JOIN notification n ON n.user_id = t.user_id AND n.kind = t.kind
          AND n.subject = t.conversation FOR UPDATE OF n SKIP LOCKED
      ),
      opened_again AS (
        UPDATE notification n SET read_at = NULL, updated_at = moment, push_tries = 0,
          first_seq = CASE WHEN n.read_at IS NULL THEN n.first_seq ELSE t.first_seq END,
          count = CASE WHEN n.read_at IS NULL THEN n.count ELSE 0 END + t.times,
          push_due_at = coalesce(n.push_due_at, moment + interval '10 seconds')
        FROM wished t, taken k
        WHERE n.id = k.id AND n.user_id = t.user_id AND n.kind = t.kind AND n.subject = t.conversation
        RETURNING n.user_id, n.subject
      ),
      opened_first AS (
        INSERT INTO notification (id, user_id, kind, subject, conversation_id, first_seq, count, created_at, updated_at,
          push_due_at)
        SELECT uuid7_random(moment), t.user_id, t.kind, t.conversation, t.conversation, t.first_seq, t.times, moment, moment,
          moment + interval '10 seconds'
        FROM wished t WHERE NOT EXISTS (SELECT 1 FROM notification n
          WHERE n.user_id = t.user_id AND n.kind = t.kind AND n.subject = t.conversation)
        ORDER BY t.user_id, t.kind
        ON CONFLICT (user_id, kind, subject) DO NOTHING
        RETURNING user_id, subject
      )
      SELECT array_agg(o::mark_opened) INTO opened
        FROM (SELECT * FROM opened_again UNION SELECT * FROM opened_first) o;
    END IF;
  END IF;

  RETURN QUERY SELECT r.ord, r.verdict, r.member, r.new_delivered, r.new_read, moment,
      coalesce(r.new_read > r.old_read OR r.new_delivered > r.old_delivered, false), r.shares,
      CASE WHEN r.is_changed THEN (person_revs->>r.author::text)::bigint END,
      ARRAY(SELECT x.id FROM unnest(closed) x WHERE x.user_id = r.author AND x.subject = r.conversation AND NOT x.is_fresh),
      ARRAY(SELECT x.id FROM unnest(closed) x WHERE x.user_id = r.author AND x.subject = r.conversation AND x.is_fresh),
      ARRAY(SELECT x.user_id FROM unnest(opened) x WHERE x.subject = r.conversation)
    FROM unnest(requests) r;
END $$;
