"""Marks lock their rows by id: the way of 0047 read every member row there is."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0029_participant_first")]

    operations = [RunSQLFile(SQL, "0048_mark_receipts_v4")]
