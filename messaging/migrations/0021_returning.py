"""What somebody who comes back asks for."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0020_history")]

    operations = [RunSQLFile(SQL, "0038_returning_v1")]
