"""Who may place a legal hold, and who may read of one."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("moderation", "0009_insights")]

    operations = [RunSQLFile(SQL, "0014_holds_v1")]
