REVOKE ALL
    ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers FROM prayermap_app;
REVOKE ALL
    ON procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq,
       procrastinate_workers_id_seq FROM prayermap_app;
REVOKE ALL ON procrastinate_jobs FROM prayermap_staff;
