CREATE OR REPLACE FUNCTION create_message_month(first date) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  suffix text := to_char(first, 'YYYY_MM');
  low uuid := uuid7_floor(first::timestamp AT TIME ZONE 'UTC');
  high uuid := uuid7_floor((first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
  part record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('create_message_month', 0));
  IF to_regclass('message_' || suffix) IS NOT NULL THEN
    RETURN false;
  END IF;
  FOR part IN VALUES ('message', 'id'), ('delivery_status', 'message_id') LOOP
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part.column1 || '_' || suffix, part.column1);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part.column1 || '_' || suffix);
    IF part.column1 = 'message' THEN
      EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (conversation_id, seq)',
                     'message_' || suffix, 'message_conversation_seq_' || suffix);
    END IF;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   part.column1, part.column1 || '_' || suffix, low, high);
  END LOOP;
  RETURN true;
END $$;
DROP FUNCTION create_message_part(text, date);
ALTER TABLE message DROP CONSTRAINT message_tombstone_bare;
ALTER TABLE message ALTER has_reactions DROP DEFAULT;
ALTER TABLE reaction DROP CONSTRAINT reaction_emoji_size;
ALTER TABLE message_revision DROP CONSTRAINT message_revision_size;
DROP POLICY personal_mark_own ON personal_mark;
REVOKE ALL ON personal_mark FROM prayermap_member;
