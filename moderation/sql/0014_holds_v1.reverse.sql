DROP POLICY legal_hold_seen ON legal_hold;
DROP POLICY legal_hold_placed ON legal_hold;
DROP POLICY legal_hold_released ON legal_hold;
CREATE POLICY legal_hold_staff ON legal_hold TO prayermap_staff USING (true);
