"""Reactions, pins and stars."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0011_visible_attachments")]

    operations = [RunSQLFile(SQL, "0027_reacting_v1")]
