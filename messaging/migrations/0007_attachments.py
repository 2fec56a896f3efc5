"""The functions behind attachments."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_notifications")]

    operations = [RunSQLFile(SQL, "0016_attachments_v1")]
