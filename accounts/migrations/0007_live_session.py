"""Session and person of a request in one kept plan."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_act_in_session")]

    operations = [RunSQLFile(SQL, "0007_live_session_v1")]
