"""One's own message can be made anonymous after it was sent; its replays are recognised as before."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0021_returning")]

    operations = [
        RunSQLFile(SQL, "0038_anonymising_v1"),
        RunSQLFile(SQL, "0039_send_messages_v3"),
    ]
