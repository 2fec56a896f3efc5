"""Disappearing messages, forwarding, threads, and whom a message has reached."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0012_reacting")]

    operations = [
        RunSQLFile(SQL, "0029_disappearing_v1"),
        RunSQLFile(SQL, "0030_forwarding_v1"),
        RunSQLFile(SQL, "0031_following_v1"),
    ]
