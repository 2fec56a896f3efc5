-- Delivery: devices are a person's own; the outbox belongs to the worker, which is the owner. Who has which device, and
-- what was decided about them, nobody else may read: endpoints are secrets, and a decision tells of a membership.

ALTER TABLE push_device ENABLE ROW LEVEL SECURITY;
ALTER TABLE push_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE notification_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery_tally ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON push_device TO prayermap_member;
GRANT SELECT ON notification_decision TO prayermap_member;
CREATE POLICY push_device_own ON push_device TO prayermap_member
  USING (user_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid);
CREATE POLICY notification_decision_own ON notification_decision FOR SELECT TO prayermap_member
  USING (user_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid);

-- Register a subscription of the person who acts. Its address is single: whoever signs in to the same browser takes it
-- over, proving by the keys that it is the same browser. `most` devices are kept, those that answered last.
-- `outcome`: made | known | conflict (the address is known with other keys) | reused (the client_id stands for another).
CREATE FUNCTION register_device(id uuid, session uuid, device text, client uuid, endpoint text, p256dh text, auth text,
  most integer) RETURNS TABLE (outcome text, device_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  me uuid := NULLIF(current_setting('prayermap.user_id', true), '')::uuid;
  known push_device;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended($5, 4));
  IF EXISTS (SELECT 1 FROM push_device d WHERE d.user_id = me AND d.client_id = $4 AND d.endpoint <> $5) THEN
    RETURN QUERY SELECT 'reused', NULL::uuid;
    RETURN;
  END IF;
  SELECT * INTO known FROM push_device d WHERE d.endpoint = $5 FOR UPDATE;
  IF known.id IS NOT NULL AND (known.p256dh, known.auth) IS DISTINCT FROM ($6, $7) THEN
    RETURN QUERY SELECT 'conflict', NULL::uuid;
  ELSIF known.user_id = me THEN
    UPDATE push_device d SET session_id = $2, device_id = $3, failures = 0, client_id = coalesce($4, d.client_id)
      WHERE d.id = known.id;
    RETURN QUERY SELECT 'known', known.id;
  ELSE
    DELETE FROM push_device d WHERE d.id = known.id;
    INSERT INTO push_device (id, user_id, session_id, device_id, client_id, endpoint, p256dh, auth, created_at, failures)
      VALUES ($1, me, $2, $3, $4, $5, $6, $7, clock_timestamp(), 0);
    DELETE FROM push_device d WHERE d.id IN (
      SELECT o.id FROM push_device o WHERE o.user_id = me
      ORDER BY coalesce(o.last_success_at, o.created_at) DESC, o.id DESC OFFSET $8);
    RETURN QUERY SELECT 'made', $1;
  END IF;
END $$;

-- Take a delivery back into the queue, or put another in its place: the newest about the same wins.
CREATE FUNCTION enqueue_pushes(devices uuid[], notifications uuid[], actions text[], moment timestamptz) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  INSERT INTO push_delivery AS p (device_id, notification_id, action, due_at, tries, is_plain, created_at)
  SELECT w.device, w.notification, w.action, $4, 0, false, $4 FROM unnest($1, $2, $3) AS w(device, notification, action)
  ORDER BY w.device, w.notification
  ON CONFLICT (device_id, notification_id) DO UPDATE SET action = EXCLUDED.action, due_at = EXCLUDED.due_at,
    claimed_until = NULL, tries = 0, is_plain = false, created_at = EXCLUDED.created_at $$;

CREATE FUNCTION count_deliveries(channels text[], outcomes text[], reasons text[]) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  INSERT INTO delivery_tally AS t (channel, outcome, reason, total)
  SELECT w.channel, w.outcome, w.reason, count(*) FROM unnest($1, $2, $3) AS w(channel, outcome, reason)
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (channel, outcome, reason) DO UPDATE SET total = t.total + EXCLUDED.total $$;

-- For /metrics: numbers only.
CREATE FUNCTION delivery_backlog() RETURNS TABLE (queue text, waiting bigint, oldest_s double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT 'undecided', count(*), coalesce(extract(epoch FROM clock_timestamp() - min(push_due_at)), 0)
    FROM notification WHERE push_due_at <= clock_timestamp()
  UNION ALL SELECT 'push', count(*), coalesce(extract(epoch FROM clock_timestamp() - min(due_at)), 0)
    FROM push_delivery WHERE due_at <= clock_timestamp()
  UNION ALL SELECT 'email', count(*), coalesce(extract(epoch FROM clock_timestamp() - min(mail_due_at)), 0)
    FROM delivery_state WHERE mail_due_at <= clock_timestamp() $$;

CREATE FUNCTION delivery_totals() RETURNS TABLE (channel text, outcome text, reason text, total bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT channel, outcome, reason, total FROM delivery_tally $$;

REVOKE EXECUTE ON FUNCTION register_device(uuid, uuid, text, uuid, text, text, text, integer),
  enqueue_pushes(uuid[], uuid[], text[], timestamptz), count_deliveries(text[], text[], text[]), delivery_backlog(),
  delivery_totals() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION register_device(uuid, uuid, text, uuid, text, text, text, integer) TO prayermap_member;
GRANT EXECUTE ON FUNCTION delivery_backlog(), delivery_totals() TO prayermap_app;
