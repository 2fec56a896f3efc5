-- Rows that hang on a message: earlier texts, reactions, and what one member keeps to themselves.

-- The first two are sealed: one holds texts, the other says who reacted. Functions tell what may be told.
ALTER TABLE message_revision ENABLE ROW LEVEL SECURITY;
ALTER TABLE reaction ENABLE ROW LEVEL SECURITY;
ALTER TABLE personal_mark ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON personal_mark TO prayermap_member;
CREATE POLICY personal_mark_own ON personal_mark FOR SELECT TO prayermap_member USING (EXISTS (
  SELECT 1 FROM participant p WHERE p.id = participant_id AND p.user_id = person()));

ALTER TABLE message_revision ADD CONSTRAINT message_revision_size CHECK (
  char_length(content) BETWEEN 0 AND 10000 AND (payload IS NULL OR octet_length(payload::text) <= 4096));
ALTER TABLE reaction ADD CONSTRAINT reaction_emoji_size CHECK (octet_length(emoji) BETWEEN 1 AND 64);

-- Django names a default in its own INSERTs only; send_messages() and servers of the version before need it here.
ALTER TABLE message ALTER has_reactions SET DEFAULT false;
-- A tombstone says that there was a message, and nothing of it.
ALTER TABLE message ADD CONSTRAINT message_tombstone_bare CHECK (state NOT IN ('deleted', 'erased') OR (
  edited_at IS NULL AND pinned_at IS NULL AND expires_at IS NULL AND NOT has_reactions));

-- One table's share of a month; false when it is there already.
-- CREATE + ATTACH rather than PARTITION OF, which would take ACCESS EXCLUSIVE on the parent; the caller sets
-- lock_timeout. The new table gets row-level security of its own and no grant at all: named directly it would escape
-- its parent's policies.
CREATE FUNCTION create_message_part(parent text, first date) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  suffix text := to_char(first, 'YYYY_MM');
  part text := parent || '_' || suffix;
  low uuid := uuid7_floor(first::timestamp AT TIME ZONE 'UTC');
  high uuid := uuid7_floor((first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
BEGIN
  IF to_regclass(part) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, parent);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
  IF parent = 'message' THEN
    -- The timeline's index; unique here, since the parent could only have it together with id.
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (conversation_id, seq)',
                   part, 'message_conversation_seq_' || suffix);
  END IF;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part, low, high);
  RETURN true;
END $$;

-- Make what is missing of the month that starts at `first` (UTC): all tables with the same bounds, so that they
-- detach together. Returns false when nothing was missing.
CREATE OR REPLACE FUNCTION create_message_month(first date) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  parent text;
  made boolean := false;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('create_message_month', 0));  -- two at once take turns
  FOREACH parent IN ARRAY ARRAY['message', 'delivery_status', 'message_revision', 'reaction'] LOOP
    IF create_message_part(parent, first) THEN
      made := true;
    END IF;
  END LOOP;
  RETURN made;
END $$;

REVOKE EXECUTE ON FUNCTION create_message_part(text, date) FROM PUBLIC;
