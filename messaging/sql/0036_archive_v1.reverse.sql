SELECT restore_message_month(m.month) FROM stored_months() m WHERE m.is_archived;

ALTER FUNCTION search_messages(text, uuid, text, timestamptz, timestamptz, integer, uuid, integer, double precision)
  SET search_path = public, pg_temp;

CREATE OR REPLACE FUNCTION create_message_part(parent text, first date) RETURNS boolean
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

DROP FUNCTION stored_months(), restore_message_month(date), archive_message_month(date, timestamptz),
  move_message_month(date, text), message_parents();
DROP SCHEMA archive;
