-- %(rows)s messages over the 24 months before this one, as the constraints want them, for bench/size.py: %(people)s
-- people, %(talks)s conversations with a long tail of sizes, and one conversation with a tenth of all messages. The
-- reader is in that one and in 49 others.
SELECT create_message_month((date_trunc('month', now()) - n * interval '1 month')::date) FROM generate_series(0, 24) n;

INSERT INTO accounts_user (id, password, is_superuser, email, display_name, timezone, share_read_receipts,
  share_presence, is_staff, is_active, suspension_reason_code, created_at)
SELECT gen_random_uuid(), '', false, 'size-' || n || '@example.com', 'Size ' || n, 'UTC', true, true, false, true, '',
  now() - interval '25 months'
FROM generate_series(1, %(people)s) n;

-- Nine of ten are of two, then by a power law up to 1,024.
CREATE TEMPORARY TABLE talk AS
SELECT n, gen_random_uuid() AS id,
  CASE WHEN n = 1 THEN 200 WHEN n <= 50 THEN 20 WHEN n %% 10 > 0 THEN 2
    ELSE least(1024, greatest(3, floor(3 / power(1 - random(), 0.9))))::integer END AS size
FROM generate_series(1, %(talks)s) n;
CREATE TEMPORARY TABLE person AS
SELECT row_number() OVER () - 1 AS n, id FROM accounts_user WHERE email LIKE 'size-%%';
CREATE UNIQUE INDEX ON person (n);
ANALYZE talk, person;

INSERT INTO conversation (id, kind, title, description, is_private, requires_approval, is_active, epoch, rev, latest_seq,
  settings_rev, latest_activity_at, active_count, member_count, created_at, updated_at)
SELECT t.id, 'group_prayer', 'Size ' || t.n, '', true, false, true, 1, 0, 0, 0, now() - t.n * interval '1 minute',
  t.size, t.size, now() - interval '24 months', now()
FROM talk t;

INSERT INTO participant (id, conversation_id, user_id, role, state, is_anonymous, rev, is_request, is_told, created_at,
  visible_from_seq, read_seq, delivered_seq, notification_level, me_rev)
SELECT gen_random_uuid(), m.id, m.user_id, 'member', 'active', false, 0, false, true, now() - interval '24 months', 1, 0,
  0, 'all', 0
FROM (
  -- A stretch of the list of people, so that nobody is in a conversation twice.
  SELECT t.id, p.id AS user_id FROM talk t
  CROSS JOIN LATERAL generate_series(1, t.size - CASE WHEN t.n <= 50 THEN 2 ELSE 0 END) k
  JOIN person p ON p.n = (t.n * 7919 + k) %% %(people)s
  UNION ALL
  SELECT t.id, u FROM talk t CROSS JOIN (VALUES (%(reader)s::uuid), (%(writer)s::uuid)) v(u) WHERE t.n <= 50
) m;

CREATE TEMPORARY TABLE author AS
SELECT DISTINCT ON (t.n) t.n, t.id, p.id AS member FROM talk t JOIN participant p ON p.conversation_id = t.id
ORDER BY t.n, p.user_id = %(writer)s::uuid DESC;
CREATE UNIQUE INDEX ON author (n);
ANALYZE author;

-- In the order of their time; ten words, the n-th as common as in a language (1/n), and `needle` in one of 5,000.
INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, mentions, state, created_at)
SELECT (left(uuid7_floor(s.moment)::text, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid, a.id, s.seq, s.seq,
  a.member, false, 'text',
  (SELECT string_agg('w' || left(md5(floor(exp(random() * ln(5000)) + g * 0)::text), 6), ' ')
   FROM generate_series(1, 10) g WHERE s.n > 0) || CASE WHEN s.n %% 5000 = 7 THEN ' needle' ELSE '' END,
  '{}', 'live', s.moment
FROM (
  SELECT d.n, d.talk, d.moment, row_number() OVER (PARTITION BY d.talk ORDER BY d.n) AS seq
  FROM (
    SELECT n, date_trunc('month', now()) - interval '24 months' + (n::float8 / %(rows)s) * interval '24 months' AS moment,
      -- A tenth in the first; of the rest, more in those with lower numbers.
      CASE WHEN n %% 10 = 0 THEN 1 ELSE 1 + floor(%(talks)s * power(random(), 3))::integer END AS talk
    FROM generate_series(1, %(rows)s) n
  ) d
) s
JOIN author a ON a.n = s.talk;

UPDATE conversation c SET latest_seq = n.seq, rev = n.seq,
  latest_message_id = (SELECT m.id FROM message m WHERE m.conversation_id = c.id AND m.seq = n.seq)
FROM (SELECT conversation_id, max(seq) AS seq FROM message GROUP BY 1) n WHERE c.id = n.conversation_id;
UPDATE participant p SET read_seq = greatest(0, c.latest_seq - 20), delivered_seq = greatest(0, c.latest_seq - 20)
FROM conversation c WHERE c.id = p.conversation_id;
