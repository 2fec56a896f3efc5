"""Who takes another name takes a rev in each conversation that shows it."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0022_anonymising")]

    operations = [RunSQLFile(SQL, "0040_renaming_v1")]
