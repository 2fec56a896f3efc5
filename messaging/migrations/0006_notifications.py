"""Receipts close notifications; what is gone is taken back."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import ReplaceSQLFile, RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_queue"), ("notifications", "0002_opening")]

    operations = [
        RunSQLFile(SQL, "0014_notices_v1"),
        ReplaceSQLFile(SQL, "0006_mark_receipts_v1", "0015_mark_receipts_v2"),
    ]
