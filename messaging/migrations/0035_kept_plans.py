"""Kept plans find their rows by keys."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0034_changed_messages")]

    operations = [RunSQLFile(SQL, "0053_kept_plans_v1")]
