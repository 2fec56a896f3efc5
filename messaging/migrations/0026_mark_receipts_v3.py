"""Marks read the messages that they cover once for all members of a conversation."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0025_send_messages_v4")]

    operations = [RunSQLFile(SQL, "0047_mark_receipts_v3")]
