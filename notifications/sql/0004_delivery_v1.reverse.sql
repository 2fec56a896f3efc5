DROP FUNCTION delivery_totals();
DROP FUNCTION delivery_backlog();
DROP FUNCTION count_deliveries(text[], text[], text[]);
DROP FUNCTION enqueue_pushes(uuid[], uuid[], text[], timestamptz);
DROP FUNCTION register_device(uuid, uuid, text, uuid, text, text, text, integer);
DROP POLICY notification_decision_own ON notification_decision;
DROP POLICY push_device_own ON push_device;
REVOKE ALL ON notification_decision, push_device FROM prayermap_member;
