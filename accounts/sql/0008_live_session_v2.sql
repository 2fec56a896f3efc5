-- live_session() as in 0007. (v2: by keys, whatever the statistics said when its plan was made, as messaging/sql/0053 explains.
-- Among a few sessions PostgreSQL chose to read all that have not run out, and went on so among many.)
CREATE OR REPLACE FUNCTION live_session(session uuid, moment timestamptz)
RETURNS TABLE (id uuid, user_id uuid, device_id varchar, refresh_digest bytea, generation integer, rotated_at timestamptz,
  created_at timestamptz, last_used_at timestamptz, expires_at timestamptz, ended_at timestamptz, end_reason varchar,
  person_id uuid, person_password varchar, person_last_login timestamptz, person_is_superuser boolean,
  person_email varchar, person_display_name varchar, person_timezone varchar, person_share_read_receipts boolean,
  person_share_presence boolean, person_is_staff boolean, person_is_active boolean,
  person_suspended_until timestamptz, person_suspension_reason_code varchar, person_banned_at timestamptz,
  person_created_at timestamptz, person_erased_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT s.id, s.user_id, s.device_id, s.refresh_digest, s.generation, s.rotated_at,
      s.created_at, s.last_used_at, s.expires_at, s.ended_at, s.end_reason,
      u.id, u.password, u.last_login, u.is_superuser,
      u.email, u.display_name, u.timezone, u.share_read_receipts,
      u.share_presence, u.is_staff, u.is_active,
      u.suspended_until, u.suspension_reason_code, u.banned_at,
      u.created_at, u.erased_at
    FROM (SELECT s.* FROM accounts_session s WHERE s.id = session OFFSET 0) s
    CROSS JOIN LATERAL (SELECT u.* FROM accounts_user u WHERE u.id = s.user_id OFFSET 0) u
    WHERE s.ended_at IS NULL AND s.expires_at > moment
      AND u.is_active AND u.banned_at IS NULL AND (u.suspended_until IS NULL OR u.suspended_until <= moment);
END $$;
