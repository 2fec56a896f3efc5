"""What a request asks of messages is planned once for a connection."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0031_writers_batches")]

    operations = [RunSQLFile(SQL, "0050_generic_plans_v1")]
