"""Erasure of what a member wrote, and of the member."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0015_settling")]

    operations = [RunSQLFile(SQL, "0033_erasing_v1")]
