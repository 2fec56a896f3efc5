"""The server asks after a commit whom it has to tell; requests don't."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_opening")]

    operations = [RunSQLFile(SQL, "0003_telling_v1")]
