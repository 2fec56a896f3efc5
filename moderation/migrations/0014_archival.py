"""One conversation into its members' archives, and back."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import prayermap.lib.ids
from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0013_responses_screened"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The foreign key takes a short lock on people; whoever waits longer than this for it is told.
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="ConversationArchival",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("conversation_id", models.UUIDField()),
                ("archived_at", models.DateTimeField()),
                ("was_open", models.BooleanField()),
                ("restored_at", models.DateTimeField(blank=True, null=True)),
                (
                    "archived_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "conversation_archival",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("restored_at", None)),
                        fields=("conversation_id",),
                        name="conversation_archival_once",
                    )
                ],
            },
        ),
        RunSQLFile(SQL, "0019_archival_v1"),
    ]
