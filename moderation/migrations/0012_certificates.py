"""Certificates are kept with their requests, for who answers for people's data to fetch; requests are for them alone."""

from pathlib import Path

from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("moderation", "0011_retention")]

    operations = [
        migrations.AddField("erasurerequest", "certificate", models.JSONField(null=True)),
        RunSQLFile(SQL, "0016_certificates_v1"),
        RunSQLFile(SQL, "0017_retention_preview_v1"),
    ]
