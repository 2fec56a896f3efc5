-- Replace the one message of a conversation by {n} copies, one second apart and numbered as the server would.
-- Nothing else differs from {n} real sends: `seq` and `rev` step by one, the counters end where sends end them.
BEGIN;
CREATE TEMPORARY TABLE template ON COMMIT DROP AS
  SELECT * FROM message WHERE conversation_id = '{conversation}';
DELETE FROM message WHERE conversation_id = '{conversation}';
CREATE TEMPORARY TABLE copied ON COMMIT DROP AS
  SELECT i AS seq, t.rev - 1 + i AS rev, to_timestamp(moment.ms / 1000.0) AS created_at,
    (lpad(to_hex(moment.ms), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5('b' || i), 1, 15))::uuid AS id
  FROM template t, generate_series(1, {n}) i, LATERAL (SELECT {newest_ms} - ({n} - i)::bigint * 1000 AS ms) moment;
INSERT INTO message (id, seq, rev, created_at, {columns})
  SELECT c.id, c.seq, c.rev, c.created_at, {columns}
  FROM copied c, (SELECT {columns} FROM template) t ORDER BY c.id;
UPDATE conversation SET latest_seq = {n}, rev = last.rev, latest_message_id = last.id, latest_activity_at = last.created_at
  FROM (SELECT rev, id, created_at FROM copied WHERE seq = {n}) last WHERE conversation.id = '{conversation}';
UPDATE participant SET read_seq = {n}, delivered_seq = {n} WHERE conversation_id = '{conversation}';
COMMIT;
