"""Nobody enters a conversation that is closed to writing."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0023_renaming")]

    operations = [RunSQLFile(SQL, "0043_closed_v1")]
