"""Earlier texts, reactions, stars, deleting for oneself: their tables, and the functions that change a message.

The indexes are built month by month while writes wait: run it at a quiet hour on a large installation.
"""

from pathlib import Path
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from prayermap.lib.sqlfiles import CreatePartitionedModel, RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


def make_parts_of_the_months_there_are(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("SELECT create_message_month(month) FROM message_months() AS month")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0009_search")]

    operations = [
        CreatePartitionedModel(
            partition_by="message_id",
            name="MessageRevision",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "message_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("message_id", models.UUIDField()),
                ("number", models.SmallIntegerField()),
                ("content", models.TextField(null=True)),
                ("payload", models.JSONField(null=True)),
                ("written_at", models.DateTimeField()),
            ],
            options={"db_table": "message_revision"},
        ),
        migrations.AddConstraint(
            model_name="messagerevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("number__lte", 100)), name="message_revision_number"
            ),
        ),
        CreatePartitionedModel(
            partition_by="message_id",
            name="Reaction",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "message_id",
                        "participant_id",
                        "emoji",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("message_id", models.UUIDField()),
                ("emoji", models.TextField()),
                ("created_at", models.DateTimeField()),
                (
                    "participant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="messaging.participant",
                    ),
                ),
            ],
            options={"db_table": "reaction"},
        ),
        migrations.AddIndex(
            model_name="reaction",
            index=models.Index(fields=["participant", "message_id"], name="reaction_participant"),
        ),
        migrations.CreateModel(
            name="PersonalMark",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "participant_id",
                        "seq",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("message_id", models.UUIDField()),
                ("starred_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "participant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="personal_marks",
                        to="messaging.participant",
                    ),
                ),
            ],
            options={"db_table": "personal_mark"},
        ),
        migrations.AddIndex(
            model_name="personalmark",
            index=models.Index(fields=["message_id"], name="personal_mark_message"),
        ),
        migrations.AddConstraint(
            model_name="personalmark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removed_at__isnull", False), ("starred_at__isnull", True)),
                    models.Q(("removed_at__isnull", True), ("starred_at__isnull", False)),
                    _connector="OR",
                ),
                name="personal_mark_kind",
            ),
        ),
        migrations.AddField(
            model_name="message", name="has_reactions", field=models.BooleanField(default=False)
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("reply_to_seq__isnull", False)),
                fields=["conversation", "reply_to_seq"],
                name="message_reply_to",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("pinned_at__isnull", False)),
                fields=["conversation", "seq"],
                name="message_pinned",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False)),
                fields=["expires_at"],
                name="message_expiring",
            ),
        ),
        RunSQLFile(SQL, "0021_message_parts_v1"),
        migrations.RunPython(make_parts_of_the_months_there_are, migrations.RunPython.noop),
        RunSQLFile(SQL, "0022_changing_messages_v1"),
        RunSQLFile(SQL, "0023_telling_v1"),
        RunSQLFile(SQL, "0024_personal_marks_v1"),
        RunSQLFile(SQL, "0025_notices_v2"),
    ]
