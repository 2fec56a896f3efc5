"""Search: functions, and an index of every month. Making it locks the months against writing; nothing is released yet."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0008_prayer_conversations")]

    operations = [RunSQLFile(SQL, "0020_search_v1")]
