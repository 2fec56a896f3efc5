"""When a person was erased: their row stays, hollow. Metadata only."""

from pathlib import Path

from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_client_key")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="erased_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        RunSQLFile(SQL, "0005_erased_v1"),
    ]
