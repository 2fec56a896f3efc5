-- :rows messages in 400 conversations of which the first has a tenth, spread over the months that there are.
-- %(reader)s and %(writer)s are in all of them; %(rows)s says how many.
INSERT INTO conversation (id, kind, title, description, is_private, requires_approval, is_active, epoch, rev, latest_seq,
  settings_rev, latest_activity_at, active_count, member_count, created_at, updated_at)
SELECT gen_random_uuid(), 'group_prayer', 'C' || n, '', true, false, true, 1, 0, 0, 0, now() - n * interval '1 minute', 2, 2,
  now(), now() FROM generate_series(1, 400) n;

INSERT INTO participant (id, conversation_id, user_id, role, state, is_anonymous, rev, is_request, is_told, created_at,
  visible_from_seq, read_seq, delivered_seq, notification_level, me_rev)
SELECT gen_random_uuid(), c.id, u.id, 'member', 'active', false, 0, false, true, now(), 1, 0, 0, 'all', 0
FROM conversation c CROSS JOIN (VALUES (%(reader)s::uuid), (%(writer)s::uuid)) u(id)
-- The reader is in fifty of them.
WHERE u.id = %(writer)s::uuid OR c.title IN (SELECT 'C' || n FROM generate_series(1, 50) n);

-- Of others, who have nothing to do with them: 100 conversations of 40 people, each of whom is told of something new there.
INSERT INTO accounts_user (id, password, is_superuser, email, display_name, timezone, share_read_receipts,
  share_presence, is_staff, is_active, suspension_reason_code, created_at)
SELECT gen_random_uuid(), '', false, 'other-' || n || '@example.com', 'Other ' || n, 'UTC', true, true, false, true, '', now()
FROM generate_series(1, 40) n;

WITH other AS (
  INSERT INTO conversation (id, kind, title, description, is_private, requires_approval, is_active, epoch, rev, latest_seq,
    settings_rev, latest_activity_at, active_count, member_count, created_at, updated_at)
  SELECT gen_random_uuid(), 'group_prayer', 'Other ' || n, '', true, false, true, 1, 0, 0, 0, now(), 40, 40, now(), now()
  FROM generate_series(1, 100) n RETURNING id
),
member AS (
  INSERT INTO participant (id, conversation_id, user_id, role, state, is_anonymous, rev, is_request, is_told, created_at,
    visible_from_seq, read_seq, delivered_seq, notification_level, me_rev)
  SELECT gen_random_uuid(), c.id, u.id, 'member', 'active', false, 0, false, true, now(), 1, 0, 0, 'all', 0
  FROM other c CROSS JOIN accounts_user u WHERE u.email LIKE 'other-%%' RETURNING conversation_id, user_id
)
INSERT INTO notification (id, user_id, kind, subject, conversation_id, first_seq, count, created_at, updated_at)
SELECT uuid7_random(now()), m.user_id, 'message_received', m.conversation_id, m.conversation_id, 1, 1, now(), now() FROM member m;

INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, mentions, state, created_at)
SELECT (left(uuid7_floor(months.low + (months.high - months.low) * (s.n::float8 / %(rows)s))::text, 14) || '7'
    || substr(gen_random_uuid()::text, 16))::uuid,
  c.id, s.seq, s.seq, p.id, false, 'text', 'Message ' || s.n, '{}', 'live', now()
FROM (SELECT n, CASE WHEN n %% 10 = 0 THEN 1 ELSE 2 + n %% 399 END AS number,
        row_number() OVER (PARTITION BY CASE WHEN n %% 10 = 0 THEN 1 ELSE 2 + n %% 399 END ORDER BY n) AS seq
      FROM generate_series(1, %(rows)s) n) s
JOIN conversation c ON c.title = 'C' || s.number
JOIN participant p ON p.conversation_id = c.id AND p.user_id = %(writer)s::uuid
CROSS JOIN (SELECT min(m)::timestamptz AS low, max(m) + interval '20 days' AS high FROM message_months() m) months;

UPDATE conversation c SET latest_seq = n.seq, rev = n.seq,
  latest_message_id = (SELECT m.id FROM message m WHERE m.conversation_id = c.id AND m.seq = n.seq)
FROM (SELECT conversation_id, max(seq) AS seq FROM message GROUP BY 1) n WHERE c.id = n.conversation_id;
UPDATE participant p SET read_seq = greatest(0, c.latest_seq - 20), delivered_seq = greatest(0, c.latest_seq - 20)
FROM conversation c WHERE c.id = p.conversation_id;
