"""Session and person of a request are found by their keys."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_live_session")]

    operations = [RunSQLFile(SQL, "0008_live_session_v2")]
