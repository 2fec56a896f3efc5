-- For reads that take one round trip: act as the person of a live session until the transaction ends, as acting_as()
-- does behind BearerAuthentication. The twin of Session.objects.live(now). Not a definer: it runs as the login, which
-- may read sessions and take the role anyway. 28000: ended, run out, another person's, or of one who may not enter;
-- the transaction is over then, so that nothing behind it in the same round trip is done as nobody.
CREATE FUNCTION act_in_session(session uuid, person uuid) RETURNS TABLE (name text, device_id text)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  SELECT u.display_name, s.device_id INTO name, device_id
    FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
    WHERE s.id = act_in_session.session AND s.user_id = act_in_session.person
      AND s.ended_at IS NULL AND s.expires_at > now()
      AND u.is_active AND u.banned_at IS NULL AND (u.suspended_until IS NULL OR u.suspended_until <= now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no live session' USING ERRCODE = 'invalid_authorization_specification';
  END IF;
  PERFORM set_config('role', 'prayermap_member', true), set_config('prayermap.user_id', person::text, true);
  RETURN NEXT;
END $$;

REVOKE EXECUTE ON FUNCTION act_in_session(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION act_in_session(uuid, uuid) TO prayermap_app;
