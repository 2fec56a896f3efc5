"""A page of history in one call."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0019_message_created")]

    operations = [RunSQLFile(SQL, "0037_history_v1")]
