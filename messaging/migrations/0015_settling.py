"""Whom a message that is gone concerned is nobody's to ask."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0014_following")]

    operations = [RunSQLFile(SQL, "0032_settling_v1")]
