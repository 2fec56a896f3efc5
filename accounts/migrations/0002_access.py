"""Rights, row-level security and the functions of blocking."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        RunSQLFile(SQL, "0002_access_v1"),
        RunSQLFile(SQL, "0002_blocking_v1"),
    ]
