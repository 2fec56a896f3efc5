"""What keeps a month out of the archive."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("moderation", "0006_exports"), ("messaging", "0018_archive")]

    operations = [RunSQLFile(SQL, "0011_archive_v1")]
