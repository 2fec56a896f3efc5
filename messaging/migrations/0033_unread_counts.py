"""What is unread is asked of the newest months, and of all only where it goes back further."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0032_generic_plans")]

    operations = [RunSQLFile(SQL, "0051_unread_counts_v3")]
