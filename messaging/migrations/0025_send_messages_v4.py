"""Sends and marks wait for each other in one order, and a send starts only the statements that its messages need."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0024_closed")]

    operations = [RunSQLFile(SQL, "0041_send_messages_v4")]
