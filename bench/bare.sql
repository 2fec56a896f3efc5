-- The tables of bench/bare.py, for bench/plain.py: as many messages and conversations as ours have beside them.
CREATE TABLE bare_message (id uuid PRIMARY KEY, conversation integer NOT NULL, seq bigserial, sender uuid NOT NULL,
  content text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON bare_message (conversation, seq);
CREATE TABLE bare_conversation (id integer PRIMARY KEY, person integer NOT NULL, title text NOT NULL,
  latest_seq bigint NOT NULL, moved_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON bare_conversation (person, moved_at);
INSERT INTO bare_message (id, conversation, sender, content)
  SELECT gen_random_uuid(), c, gen_random_uuid(), rpad('peace', 60, 'x')
  FROM generate_series(1, %(clients)s) c, generate_series(1, %(messages)s);
INSERT INTO bare_conversation SELECT c * 1000 + n, c, 'Conversation ' || n, n
  FROM generate_series(1, %(clients)s) c, generate_series(1, %(conversations)s) n;
