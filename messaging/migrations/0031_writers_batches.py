"""A writer's batch is one statement, which takes the role first."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0030_mark_receipts_v4")]

    operations = [RunSQLFile(SQL, "0049_writers_batches_v1")]
