-- The roles of a PrayerMap cluster. Safe to run again; run it as a superuser, before the first migration:
--     psql -d postgres -f prayermap/lib/sql/roles.sql
--     createdb --owner=prayermap_owner --encoding=UTF8 prayermap
-- Roles belong to the whole cluster, not to a database, so no migration makes them: migrations only
-- GRANT to these names. Passwords, when your cluster asks for them, are yours to set (ALTER ROLE ... PASSWORD).
-- Written for PostgreSQL 15 and later.

SET client_min_messages = warning;  -- repeating a GRANT is no news

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[
        'prayermap_owner', 'prayermap_app', 'prayermap_member', 'prayermap_writer', 'prayermap_staff'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- somebody ran this file at the same moment
            END;
        END IF;
    END LOOP;
END
$$;

-- Owns the database and its tables, migrates, makes test databases. Never used by a request.
ALTER ROLE prayermap_owner LOGIN CREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS INHERIT;

-- It ends connections that stand in the way: of a migration's lock, of dropping a test database.
GRANT pg_signal_backend TO prayermap_owner;

-- It makes the operators' figures: the text of all slow statements, not of its own alone.
GRANT pg_read_all_stats TO prayermap_owner;

-- The login of the server. It has few rights of its own and does not inherit any (NOINHERIT): code that forgets to
-- act as somebody can read no conversation. NOINHERIT stands before the GRANT, because PostgreSQL 16 and
-- later note the inheritance in the membership when it is granted.
ALTER ROLE prayermap_app LOGIN NOINHERIT NOCREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS;
-- Its statements take a millisecond or few. To start workers for one takes 10 to 20 (fifty messages at 1,000,000: 24 ms with
-- them, 11 without), to compile one as long.
ALTER ROLE prayermap_app SET max_parallel_workers_per_gather = 0;
ALTER ROLE prayermap_app SET jit = off;

-- A request on behalf of one person: row-level security lets it see what that person may see.
ALTER ROLE prayermap_member NOLOGIN NOINHERIT NOCREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS;
-- May execute the batch send, which names the senders itself, and nothing else.
ALTER ROLE prayermap_writer NOLOGIN NOINHERIT NOCREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS;
-- The admin site on behalf of a moderator.
ALTER ROLE prayermap_staff NOLOGIN NOINHERIT NOCREATEDB NOCREATEROLE NOSUPERUSER NOBYPASSRLS;

GRANT prayermap_member, prayermap_writer, prayermap_staff TO prayermap_app;
