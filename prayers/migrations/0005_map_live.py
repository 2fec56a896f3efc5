"""What open map pages are told."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("prayers", "0004_map")]

    operations = [RunSQLFile(SQL, "0009_map_live_v1")]
