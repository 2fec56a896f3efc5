"""Acting as the person of a session, for reads in one round trip."""

from pathlib import Path

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_user_erased_at")]

    operations = [RunSQLFile(SQL, "0006_act_in_session_v1")]
