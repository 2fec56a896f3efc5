-- Messages as the first design of PrayerMap would keep them, written from its list of columns, and repaired where it could
-- not have been installed or would have lost something: for bench/room_on_disk.py. What was repaired:
--   seq and its unique index in place of two indexes on (conversation, created_at): order was by a time that can repeat;
--   the index of a page without the text in it: a text above 2,700 bytes could not have been stored;
--   the index of what is unread left out: its condition isn't one that PostgreSQL takes;
--   foreign keys from members' rows on, and delivery rows that something writes.
-- A message's client_id is its id here as well as in ours, so neither pays for it.
CREATE SCHEMA seed;
CREATE TYPE seed.kind AS ENUM
  ('text', 'image', 'audio', 'video', 'prayer_card', 'location', 'prayer_update', 'bible_verse');
CREATE TABLE seed.person (id uuid PRIMARY KEY);
CREATE TABLE seed.conversation (id uuid PRIMARY KEY, participants uuid[] NOT NULL);

CREATE TABLE seed.message (
  id uuid PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES seed.conversation,
  seq bigint NOT NULL,
  sender_id uuid REFERENCES seed.person,
  reply_to_id uuid REFERENCES seed.message,
  content text,
  message_type seed.kind NOT NULL DEFAULT 'text',
  media_url text,
  media_metadata jsonb DEFAULT '{}',
  prayer_context jsonb DEFAULT '{}',
  is_edited boolean DEFAULT false,
  edited_at timestamptz,
  original_content text,
  delivered_to uuid[] DEFAULT '{}',
  read_by jsonb DEFAULT '{}',
  reactions jsonb DEFAULT '{}',
  mentions uuid[] DEFAULT '{}',
  is_anonymous boolean DEFAULT false,
  is_flagged boolean DEFAULT false,
  flag_reason text,
  created_at timestamptz DEFAULT now()
);
CREATE UNIQUE INDEX seed_message_page ON seed.message (conversation_id, seq);
CREATE INDEX seed_message_sender ON seed.message (sender_id, created_at);
CREATE INDEX seed_message_reply ON seed.message (reply_to_id, created_at) WHERE reply_to_id IS NOT NULL;
CREATE INDEX seed_message_delivered ON seed.message USING gin (delivered_to) WHERE array_length(delivered_to, 1) > 0;
CREATE INDEX seed_message_mentions ON seed.message USING gin (mentions) WHERE array_length(mentions, 1) > 0;
CREATE INDEX seed_message_reactions ON seed.message USING gin (reactions) WHERE reactions <> '{}';

CREATE TABLE seed.delivery (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  message_id uuid NOT NULL REFERENCES seed.message,
  user_id uuid NOT NULL REFERENCES seed.person,
  delivered_at timestamptz DEFAULT now(),
  read_at timestamptz,
  device_info jsonb DEFAULT '{}',
  UNIQUE (message_id, user_id)
);
CREATE INDEX seed_delivery_message ON seed.delivery (message_id, delivered_at);
CREATE INDEX seed_delivery_read ON seed.delivery (user_id, read_at) WHERE read_at IS NOT NULL;
CREATE INDEX seed_delivery_unread ON seed.delivery (user_id, delivered_at) WHERE read_at IS NULL;
