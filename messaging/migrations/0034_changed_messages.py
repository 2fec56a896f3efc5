"""Changes of a conversation are read without the member rows of everybody."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0033_unread_counts")]

    operations = [RunSQLFile(SQL, "0052_changed_messages_v2")]
