-- %(cases)s open cases, 1 to 4 in urgency, a minute apart, and %(messages)s messages behind them.
INSERT INTO moderation_case (id, kind, subject, reason, priority, report_count, is_sealed, state, outcome, opened_at,
  due_at, version)
SELECT uuid7_random(now() - n * interval '1 minute'), 'person', gen_random_uuid(), 'spam', 1 + n %% 4, 1, false, 'open',
  '', now() - n * interval '1 minute', now() + (n %% 100 - 50) * interval '1 hour', 1
FROM generate_series(1, %(cases)s) n;

INSERT INTO conversation (id, kind, title, description, is_private, requires_approval, is_active, is_frozen, slow_mode_s,
  epoch, rev, latest_seq, settings_rev, latest_activity_at, active_count, member_count, created_at, updated_at)
SELECT gen_random_uuid(), 'group_prayer', 'C' || n, '', true, false, true, false, 0, 1, 10000000, 10000000, 0, now(), 1, 1,
  now(), now() FROM generate_series(1, least(400, %(messages)s)) n;
INSERT INTO participant (id, conversation_id, user_id, role, state, is_anonymous, rev, is_request, is_told, created_at,
  visible_from_seq, read_seq, delivered_seq, notification_level, me_rev)
SELECT gen_random_uuid(), c.id, %(writer)s, 'member', 'active', false, 0, false, true, now(), 1, 0, 0, 'all', 0
FROM conversation c;
INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, mentions, state, created_at)
SELECT uuid7_random(now() - interval '2 seconds' * (n * 1000000.0::float8 / greatest(%(messages)s, 1))), p.conversation_id, s.seq, s.seq, p.id, false,
  'text', 'Message ' || s.n, '{}', 'live', now()
FROM (SELECT n, 1 + n %% 400 AS number, 1 + n / 400 AS seq FROM generate_series(1, %(messages)s) n) s
JOIN conversation c ON c.title = 'C' || s.number JOIN participant p ON p.conversation_id = c.id;
ANALYZE moderation_case;
ANALYZE message;
