"""Erasure of what somebody prayed and answered."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("prayers", "0002_lines")]

    operations = [RunSQLFile(SQL, "0007_erasing_v1")]
