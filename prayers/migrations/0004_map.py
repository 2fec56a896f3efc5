"""The Living Map: its indexes and reads."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("prayers", "0003_erasing")]

    operations = [
        # Nothing is written to prayers and lines while the indexes are made (3.2 s for a million of each);
        # whoever waits longer than this for a table is told, and migrates in a quieter minute.
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        RunSQLFile(SQL, "0008_map_v1"),
    ]
