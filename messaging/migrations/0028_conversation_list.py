"""The list of conversations in two round trips."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0027_plain_sends")]

    operations = [RunSQLFile(SQL, "0045_conversation_list_v1")]
