DROP POLICY audit_identity_read ON audit_identity;
DROP POLICY audit_detail_read ON audit_detail;
DROP POLICY audit_entry_read ON audit_entry;
REVOKE ALL ON audit_entry, audit_detail, audit_identity FROM prayermap_staff;
ALTER TABLE audit_seal DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_identity DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_detail DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY;

DROP TRIGGER accounts_user_staff_changed ON accounts_user;
DROP TRIGGER accounts_user_made_staff ON accounts_user;
DROP FUNCTION audit_staff();
DROP TRIGGER accounts_user_groups_audit ON accounts_user_groups;
DROP FUNCTION audit_role();
DROP FUNCTION forget_in_audit(uuid);
DROP FUNCTION seal_audit(bigint, bytea);
DROP FUNCTION audit_head();
DROP FUNCTION append_audit(text, text, uuid, uuid, text, bigint[]);
DROP FUNCTION audit_hash(bytea, audit_entry);
DROP FUNCTION audit_pseudonym(uuid);
DROP TRIGGER audit_detail_unchanged ON audit_detail;
DROP TRIGGER audit_entry_append_only ON audit_entry;
DROP FUNCTION refuse_audit_change();

ALTER TABLE audit_detail DROP CONSTRAINT audit_detail_size;
ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_digests, DROP CONSTRAINT audit_entry_subject_kind,
  DROP CONSTRAINT audit_entry_words, DROP CONSTRAINT audit_entry_number;
