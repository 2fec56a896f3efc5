"""How long messages are kept, by kind of conversation."""

from pathlib import Path

from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("moderation", "0010_holds")]

    operations = [
        migrations.CreateModel(
            name="RetentionMark",
            fields=[
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("prayer_response", "Prayer Response"),
                            ("direct_message", "Direct Message"),
                            ("group_prayer", "Group Prayer"),
                            ("prayer_support", "Prayer Support"),
                        ],
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("behind", models.UUIDField()),
            ],
            options={"db_table": "retention_mark"},
        ),
        RunSQLFile(SQL, "0015_retention_v1"),
    ]
