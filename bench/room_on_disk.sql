-- The messages of bench/size.sql, each read by every other member, in both schemas: for bench/room_on_disk.py. Somebody
-- reads up to a minute after it was sent. Ours has rows of who read what in conversations of up to 256 members only, as
-- mark_receipts() writes them.
CREATE TEMPORARY TABLE written AS
SELECT m.id, m.conversation_id, m.seq, m.content, m.created_at, m.sender_id, s.user_id AS author, c.member_count
FROM message m JOIN participant s ON s.id = m.sender_id JOIN conversation c ON c.id = m.conversation_id
WHERE %(most)s::integer IS NULL OR c.member_count <= %(most)s;
CREATE TEMPORARY TABLE reading AS
SELECT w.id, w.created_at, w.member_count, p.id AS member, p.user_id, w.created_at + random() * interval '1 minute' AS moment
FROM written w JOIN participant p ON p.conversation_id = w.conversation_id AND p.user_id <> w.author;
ANALYZE written, reading;

INSERT INTO delivery_status (message_id, participant_id, delivered_at, read_at, device_info)
SELECT id, member, moment, moment, '{"platform": "web"}' FROM reading WHERE member_count <= 256 ORDER BY created_at, id, member;

INSERT INTO seed.person SELECT id FROM accounts_user;
INSERT INTO seed.conversation SELECT conversation_id, array_agg(user_id) FROM participant GROUP BY 1;
INSERT INTO seed.message (id, conversation_id, seq, sender_id, content, delivered_to, read_by, created_at)
SELECT w.id, w.conversation_id, w.seq, w.author, w.content, r.people, r.times, w.created_at
FROM written w
JOIN (SELECT id, array_agg(user_id) AS people, jsonb_object_agg(user_id, moment) AS times FROM reading GROUP BY id) r USING (id)
ORDER BY w.created_at, w.id;
INSERT INTO seed.delivery (message_id, user_id, delivered_at, read_at, device_info)
SELECT id, user_id, moment, moment, '{"platform": "web"}' FROM reading ORDER BY created_at, id, user_id;
