-- The server puts work aside and the worker does it, both under the request login: jobs hold ids and times, no text.

GRANT SELECT, INSERT, UPDATE, DELETE
    ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers TO prayermap_app;
GRANT USAGE
    ON procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq,
       procrastinate_workers_id_seq TO prayermap_app;

-- The admin site shows that work waits or failed; not its arguments and locks, which name people and what they did.
GRANT SELECT (id, queue_name, task_name, priority, status, scheduled_at, attempts, abort_requested)
    ON procrastinate_jobs TO prayermap_staff;
