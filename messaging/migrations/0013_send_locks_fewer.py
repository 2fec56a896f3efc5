"""A send locks the members whom it tells, and no others."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import ReplaceSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0012_reacting")]

    operations = [ReplaceSQLFile(SQL, "0019_send_messages_v3", "0028_send_messages_v4")]
