"""A send starts only the statements that its messages need."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0025_send_messages_v4")]

    operations = [RunSQLFile(SQL, "0044_send_messages_v5")]
