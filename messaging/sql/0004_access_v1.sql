-- Who may see what, in PostgreSQL: the second lock behind messaging/rules.py and Message.objects.visible_to().
-- Nobody is granted a partition; nobody is granted ALL TABLES; every definer function fixes its search_path.

CREATE FUNCTION person() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE RETURN NULLIF(current_setting('prayermap.user_id', true), '')::uuid;

-- These read `participant` past its own policy, which calls them (a policy that reads its own table is 42P17).
CREATE FUNCTION is_listed_in(conversation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM participant p WHERE p.conversation_id = $1 AND p.user_id = person()
    AND p.state IN ('invited', 'requested', 'active') AND p.is_told AND p.declined_at IS NULL) $$;

CREATE FUNCTION is_active_in(conversation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM participant p WHERE p.conversation_id = $1 AND p.user_id = person()
    AND p.state = 'active') $$;

CREATE FUNCTION is_admin_in(conversation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM participant p WHERE p.conversation_id = $1 AND p.user_id = person()
    AND p.state = 'active' AND p.role IN ('owner', 'admin')) $$;

-- Nobody is in it yet: whoever made it may enter. Open conversations are entered by join_conversation().
CREATE FUNCTION is_new(conversation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM conversation c WHERE c.id = $1 AND c.member_count = 0 AND c.rev = 0) $$;

ALTER TABLE conversation ENABLE ROW LEVEL SECURITY;
ALTER TABLE participant ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE message ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_author ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery_status ENABLE ROW LEVEL SECURITY;
ALTER TABLE mention ENABLE ROW LEVEL SECURITY;
ALTER TABLE direct_pair ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_key ENABLE ROW LEVEL SECURITY;

-- Members. The sealed tables (message_author, direct_pair) have neither grant nor policy for them.
GRANT SELECT ON conversation, participant, person_state, message, delivery_status, mention TO prayermap_member;
GRANT SELECT, INSERT ON client_key TO prayermap_member;
GRANT INSERT ON conversation, participant TO prayermap_member;
GRANT UPDATE (title, description, is_private, requires_approval, settings_rev, rev, active_count, member_count,
  latest_activity_at, updated_at) ON conversation TO prayermap_member;
-- Roles and states change only through the functions of 0008: an own-row policy can't tell a step from a leap.
GRANT UPDATE (muted_until, pinned_at, archived_at, notification_level, me_rev) ON participant TO prayermap_member;

-- A subquery on one's own member rows, not a function: it is planned once, an index probe a row.
CREATE POLICY conversation_of_member ON conversation FOR SELECT TO prayermap_member USING (EXISTS (
  SELECT 1 FROM participant p WHERE p.conversation_id = conversation.id AND p.user_id = person()
    AND p.state IN ('invited', 'requested', 'active') AND p.is_told AND p.declined_at IS NULL));
CREATE POLICY conversation_made ON conversation FOR INSERT TO prayermap_member
  WITH CHECK (latest_seq = 0 AND member_count = 0);
CREATE POLICY conversation_changed ON conversation FOR UPDATE TO prayermap_member
  USING (is_listed_in(id))  -- to lock it, as one who accepts does
  WITH CHECK (is_admin_in(id) OR (rev = 1 AND is_active_in(id)));

-- Anonymous members' rows, which name a person, are seen by themselves only; others get visible_members().
CREATE POLICY participant_seen ON participant FOR SELECT TO prayermap_member
  USING (user_id = person() OR (NOT is_anonymous AND is_listed_in(conversation_id)));
CREATE POLICY participant_entered ON participant FOR INSERT TO prayermap_member WITH CHECK (
  (user_id = person() AND is_new(conversation_id))
  OR (user_id <> person() AND role = 'member' AND state = 'invited'
    AND (is_admin_in(conversation_id) OR (is_new(conversation_id) AND is_active_in(conversation_id)))));
CREATE POLICY participant_changed ON participant FOR UPDATE TO prayermap_member
  USING (user_id = person()) WITH CHECK (user_id = person());

CREATE POLICY person_state_own ON person_state FOR SELECT TO prayermap_member USING (user_id = person());

CREATE POLICY message_of_member ON message FOR SELECT TO prayermap_member USING (EXISTS (
  SELECT 1 FROM participant p WHERE p.conversation_id = message.conversation_id AND p.user_id = person()
    AND p.state = 'active' AND message.seq >= p.visible_from_seq));

CREATE POLICY delivery_status_own ON delivery_status FOR SELECT TO prayermap_member USING (EXISTS (
  SELECT 1 FROM participant p WHERE p.id = participant_id AND p.user_id = person()));
CREATE POLICY delivery_status_sent ON delivery_status FOR SELECT TO prayermap_member USING (EXISTS (
  SELECT 1 FROM message m JOIN participant p ON p.id = m.sender_id
  WHERE m.id = message_id AND p.user_id = person()));

CREATE POLICY mention_own ON mention FOR SELECT TO prayermap_member USING (EXISTS (
  SELECT 1 FROM participant p WHERE p.id = participant_id AND p.user_id = person()));
CREATE POLICY client_key_own ON client_key FOR ALL TO prayermap_member USING (user_id = person());

-- Staff: that something happened, never what was written nor who stands behind an anonymous message or member.
-- Moderators will read private text through a case only. Not granted: titles and descriptions, texts and payloads,
-- a member's own settings, and times and counters of marks, which would tie an anonymous member to a person's devices.
GRANT SELECT (id, kind, prayer_id, is_private, requires_approval, is_active, epoch, rev, latest_seq, settings_rev,
  latest_message_id, latest_activity_at, active_count, member_count, created_at, updated_at)
  ON conversation TO prayermap_staff;
GRANT SELECT (id, conversation_id, role, state, is_anonymous, rev, is_request, is_told, declined_at, created_at,
  visible_from_seq, read_seq, delivered_seq, invited_by) ON participant TO prayermap_staff;
GRANT SELECT (id, conversation_id, seq, rev, sender_id, is_anonymous, type, attachment_id, reply_to_seq, state,
  edited_at, pinned_at, created_at) ON message TO prayermap_staff;
GRANT SELECT ON person_state, delivery_status, mention TO prayermap_staff;
CREATE POLICY conversation_staff ON conversation FOR SELECT TO prayermap_staff USING (true);
CREATE POLICY participant_staff ON participant FOR SELECT TO prayermap_staff USING (true);
CREATE POLICY person_state_staff ON person_state FOR SELECT TO prayermap_staff USING (true);
CREATE POLICY message_staff ON message FOR SELECT TO prayermap_staff USING (true);
CREATE POLICY delivery_status_staff ON delivery_status FOR SELECT TO prayermap_staff USING (EXISTS (
  SELECT 1 FROM participant p WHERE p.id = participant_id AND NOT p.is_anonymous));
CREATE POLICY mention_staff ON mention FOR SELECT TO prayermap_staff USING (true);

-- Who the named ones among these members are; anonymous ones are left out.
CREATE FUNCTION participant_people(ids uuid[]) RETURNS TABLE (participant uuid, person uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, u.id, u.display_name::text FROM participant p JOIN accounts_user u ON u.id = p.user_id
  WHERE p.id = ANY (ids) AND NOT p.is_anonymous $$;

-- Conversations in which this person stands under their name, newest first. Uses index: participant_user.
CREATE FUNCTION named_participants(person_id uuid, most integer)
RETURNS TABLE (participant uuid, conversation uuid, role text, state text, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, p.conversation_id, p.role, p.state, p.created_at FROM participant p
  WHERE p.user_id = person_id AND NOT p.is_anonymous ORDER BY p.conversation_id DESC LIMIT most $$;

-- Remembered requests of this person that led to a conversation in which they stand under their name only: one that
-- led to an anonymous membership would name whom nobody may learn.
CREATE FUNCTION named_client_keys(person_id uuid, most integer)
RETURNS TABLE (client_id uuid, conversation uuid, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.client_id, k.result_id, k.created_at FROM client_key k
  WHERE k.user_id = person_id
    AND EXISTS (SELECT 1 FROM participant p WHERE p.conversation_id = k.result_id AND p.user_id = person_id
      AND NOT p.is_anonymous)
    AND NOT EXISTS (SELECT 1 FROM participant p WHERE p.conversation_id = k.result_id AND p.user_id = person_id
      AND p.is_anonymous)
  ORDER BY k.created_at DESC LIMIT most $$;

REVOKE EXECUTE ON FUNCTION participant_people(uuid[]), named_participants(uuid, integer),
  named_client_keys(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION participant_people(uuid[]), named_participants(uuid, integer),
  named_client_keys(uuid, integer), message_months() TO prayermap_staff;

REVOKE EXECUTE ON FUNCTION is_listed_in(uuid), is_active_in(uuid), is_admin_in(uuid), is_new(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_listed_in(uuid), is_active_in(uuid), is_admin_in(uuid), is_new(uuid)
  TO prayermap_member;
