-- The audit trail: append-only, numbered without gaps, each entry hashed together with the one before.
-- moderation/queries/audit.py recomputes what is computed here; a test holds the two together.

ALTER TABLE audit_entry
  ADD CONSTRAINT audit_entry_number CHECK (number >= 1),
  -- No separator of the hashed text may stand in a word.
  ADD CONSTRAINT audit_entry_words CHECK (action ~ '^[a-z_]+\.[a-z_]+$' AND subject_kind ~ '^[a-z_]*$'),
  ADD CONSTRAINT audit_entry_subject_kind CHECK ((subject IS NULL) = (subject_kind = '')),
  ADD CONSTRAINT audit_entry_digests CHECK (octet_length(detail_digest) = 32 AND octet_length(hash) = 32);
ALTER TABLE audit_detail ADD CONSTRAINT audit_detail_size CHECK (octet_length(body) <= 8192);

-- What stands in the chain stays as it is, whoever asks. ALWAYS: also where triggers are switched off for replication.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is only added to' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only;
CREATE TRIGGER audit_detail_unchanged BEFORE UPDATE ON audit_detail
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
ALTER TABLE audit_detail ENABLE ALWAYS TRIGGER audit_detail_unchanged;

-- Who somebody is called in the chain: made of the user's id and a salt, so that nobody can be put in another's place;
-- without the row nobody can be found. Under append_audit()'s lock, so no rival makes another name.
CREATE FUNCTION audit_pseudonym(of_user uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
  new_salt bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
BEGIN
  INSERT INTO audit_identity (pseudonym, user_id, salt)
    VALUES (encode(substr(sha256(new_salt || uuid_send(of_user)), 1, 16), 'hex')::uuid, of_user, new_salt)
    ON CONFLICT (user_id) DO NOTHING;
  RETURN (SELECT i.pseudonym FROM audit_identity i WHERE i.user_id = of_user);
END $$;

CREATE FUNCTION audit_hash(before bytea, entry audit_entry) RETURNS bytea
LANGUAGE sql STABLE SET search_path = public, pg_temp
RETURN sha256(before || convert_to(concat_ws('|', entry.number,
  to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), entry.action, coalesce(entry.actor::text, '-'),
  entry.subject_kind, coalesce(entry.subject::text, '-'), coalesce(entry.case_id::text, '-'),
  encode(entry.detail_digest, 'hex'), array_to_string(entry.covers, ',')), 'UTF8'));

-- Add an entry about what the person who acts has done (nobody acts: the server). One at a time, so call it last: the
-- lock holds until the commit. `subject` of kind `person` is a user and becomes a pseudonym.
-- A member's request may only say what members do.
CREATE FUNCTION append_audit(action text, subject_kind text, subject uuid, case_id uuid, detail text, covers bigint[])
RETURNS TABLE (number bigint, hash bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  before audit_entry;
  entry audit_entry;
  salt bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
BEGIN
  IF current_setting('role', true) = 'prayermap_member' AND $1 !~ '^(report|appeal|privacy)\.' THEN
    RAISE EXCEPTION 'not for members: %', $1 USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('audit_entry', 0));
  SELECT * INTO before FROM audit_entry e ORDER BY e.number DESC LIMIT 1;
  entry.number := coalesce(before.number, 0) + 1;
  entry.at := clock_timestamp();
  entry.action := $1;
  entry.actor := CASE WHEN person() IS NOT NULL THEN audit_pseudonym(person()) END;
  entry.subject_kind := $2;
  entry.subject := CASE WHEN $2 = 'person' THEN audit_pseudonym($3) ELSE $3 END;
  entry.case_id := $4;
  entry.detail_digest := sha256(salt || convert_to($5, 'UTF8'));
  entry.covers := $6;
  entry.hash := audit_hash(coalesce(before.hash, ''), entry);
  INSERT INTO audit_entry SELECT entry.*;
  INSERT INTO audit_detail (entry_id, salt, body) VALUES (entry.number, salt, $5);
  RETURN QUERY SELECT entry.number, entry.hash;
END $$;

-- The newest entry, to be sealed.
CREATE FUNCTION audit_head() RETURNS TABLE (number bigint, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.number, e.hash FROM audit_entry e ORDER BY e.number DESC LIMIT 1 $$;

CREATE FUNCTION seal_audit(number bigint, mac bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO audit_seal (number, mac) VALUES ($1, $2) ON CONFLICT DO NOTHING $$;

-- Forget a person: the particulars of what was done about them go, and who their pseudonym was. The chain stays
-- whole and says which details went; how many, is the answer. For the erasure of an account, as the owner.
CREATE FUNCTION forget_in_audit(of_user uuid) RETURNS bigint
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
  known uuid := (SELECT i.pseudonym FROM audit_identity i WHERE i.user_id = of_user);
  gone bigint[];
BEGIN
  IF known IS NULL THEN
    RETURN 0;
  END IF;
  SELECT coalesce(array_agg(d.entry_id ORDER BY d.entry_id), '{}') INTO gone
    FROM audit_detail d JOIN audit_entry e ON e.number = d.entry_id
    WHERE e.subject = known AND e.subject_kind = 'person';
  DELETE FROM audit_detail d WHERE d.entry_id = ANY (gone);
  DELETE FROM audit_identity i WHERE i.user_id = of_user;
  PERFORM append_audit('audit.person_forgotten', 'pseudonym', known, NULL, '{}', gone);
  RETURN cardinality(gone);
END $$;

-- Roles, however they are given: through the site, a command or plain SQL.
CREATE FUNCTION audit_role() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  changed accounts_user_groups := coalesce(NEW, OLD);
BEGIN
  PERFORM append_audit(CASE TG_OP WHEN 'INSERT' THEN 'role.given' ELSE 'role.taken' END, 'person', changed.user_id, NULL,
    jsonb_build_object('role', (SELECT g.name FROM auth_group g WHERE g.id = changed.group_id))::text, '{}');
  RETURN NULL;
END $$;
CREATE TRIGGER accounts_user_groups_audit AFTER INSERT OR DELETE ON accounts_user_groups
  FOR EACH ROW EXECUTE FUNCTION audit_role();

CREATE FUNCTION audit_staff() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM append_audit('role.staff_changed', 'person', NEW.id, NULL,
    jsonb_build_object('is_staff', NEW.is_staff, 'is_superuser', NEW.is_superuser)::text, '{}');
  RETURN NULL;
END $$;
CREATE TRIGGER accounts_user_made_staff AFTER INSERT ON accounts_user
  FOR EACH ROW WHEN (NEW.is_staff OR NEW.is_superuser) EXECUTE FUNCTION audit_staff();
CREATE TRIGGER accounts_user_staff_changed AFTER UPDATE OF is_staff, is_superuser ON accounts_user
  FOR EACH ROW WHEN (OLD.is_staff <> NEW.is_staff OR OLD.is_superuser <> NEW.is_superuser)
  EXECUTE FUNCTION audit_staff();

ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_detail ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_seal ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON audit_entry, audit_detail, audit_identity TO prayermap_staff;
CREATE POLICY audit_entry_read ON audit_entry FOR SELECT TO prayermap_staff USING ((SELECT has_right('audit.read')));
CREATE POLICY audit_detail_read ON audit_detail FOR SELECT TO prayermap_staff USING ((SELECT has_right('audit.read')));
CREATE POLICY audit_identity_read ON audit_identity FOR SELECT TO prayermap_staff
  USING ((SELECT has_right('audit.read')));

REVOKE EXECUTE ON FUNCTION append_audit(text, text, uuid, uuid, text, bigint[]), audit_head(),
  seal_audit(bigint, bytea), audit_role(), audit_staff() FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION audit_pseudonym(uuid), forget_in_audit(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_audit(text, text, uuid, uuid, text, bigint[])
  TO prayermap_app, prayermap_staff, prayermap_member;
GRANT EXECUTE ON FUNCTION audit_head(), seal_audit(bigint, bytea) TO prayermap_app, prayermap_staff;
