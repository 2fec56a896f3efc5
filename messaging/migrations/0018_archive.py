"""The archive of months that are over."""

from pathlib import Path

from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0017_presence")]

    operations = [
        migrations.CreateModel(
            name="ArchivedMonth",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False)),
                ("archived_at", models.DateTimeField()),
            ],
            options={"db_table": "archived_month"},
        ),
        RunSQLFile(SQL, "0036_archive_v1"),
    ]
