-- Legal holds are the business of those who answer for people's data: who else works here doesn't read of them.

DROP POLICY legal_hold_staff ON legal_hold;
CREATE POLICY legal_hold_seen ON legal_hold FOR SELECT TO prayermap_staff USING ((SELECT has_right('privacy.work')));
CREATE POLICY legal_hold_placed ON legal_hold FOR INSERT TO prayermap_staff
  WITH CHECK (placed_by_id = person() AND released_at IS NULL AND has_right('privacy.work'));
CREATE POLICY legal_hold_released ON legal_hold FOR UPDATE TO prayermap_staff
  USING (released_at IS NULL AND has_right('privacy.work')) WITH CHECK (released_at IS NOT NULL);
