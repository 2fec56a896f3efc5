"""Whose presence is whose business, for the server's hub; a search that minds what one has deleted for oneself."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0016_erasing")]

    operations = [
        RunSQLFile(SQL, "0034_presence_v1"),
        RunSQLFile(SQL, "0035_search_messages_v2"),
    ]
