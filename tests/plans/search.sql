-- %(rows)s messages of ten words each by the writer, in 400 groups; the reader is in fifty of them. Words as common as
-- in a language (the n-th appears 1/n as often as the first), and one rare word, `needle`, once in 5,000 messages.
INSERT INTO conversation (id, kind, title, description, is_private, requires_approval, is_active, epoch, rev, latest_seq,
  settings_rev, latest_activity_at, active_count, member_count, created_at, updated_at)
SELECT gen_random_uuid(), 'group_prayer', 'C' || n, '', true, false, true, 1, 0, 0, 0, now(), 2, 2, now(), now()
FROM generate_series(1, 400) n;

INSERT INTO participant (id, conversation_id, user_id, role, state, is_anonymous, rev, is_request, is_told, created_at,
  visible_from_seq, read_seq, delivered_seq, notification_level, me_rev)
SELECT gen_random_uuid(), c.id, u.id, 'member', 'active', false, 0, false, true, now(), 1, 0, 0, 'all', 0
FROM conversation c CROSS JOIN (VALUES (%(reader)s::uuid), (%(writer)s::uuid)) u(id)
WHERE u.id = %(writer)s::uuid OR c.title IN (SELECT 'C' || n FROM generate_series(1, 50) n);

INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, mentions, state, created_at)
SELECT (left(uuid7_floor(months.low + (months.high - months.low) * (s.n::float8 / %(rows)s))::text, 14) || '7'
    || substr(gen_random_uuid()::text, 16))::uuid,
  c.id, s.seq, s.seq, p.id, false, 'text',
  (SELECT string_agg('w' || left(md5(floor(exp(random() * ln(5000)) + g * 0)::text), 6), ' ')
   FROM generate_series(1, 10) g WHERE s.n > 0)
    || CASE WHEN s.n %% 5000 = 7 THEN ' needle' ELSE '' END,
  '{}', 'live', now()
FROM (SELECT n, 1 + n %% 400 AS number, 1 + n / 400 AS seq FROM generate_series(1, %(rows)s) n) s
JOIN conversation c ON c.title = 'C' || s.number
JOIN participant p ON p.conversation_id = c.id AND p.user_id = %(writer)s::uuid
CROSS JOIN (SELECT min(m)::timestamptz AS low, max(m) + interval '20 days' AS high FROM message_months() m) months;
