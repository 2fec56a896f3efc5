"""Files of what one has deleted for oneself are gone with it."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0010_message_parts")]

    operations = [RunSQLFile(SQL, "0026_visible_attachments_v2")]
