"""A short way for the texts that most messages are."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0026_mark_receipts_v3")]

    operations = [RunSQLFile(SQL, "0044_plain_sends_v1")]
