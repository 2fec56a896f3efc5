"""What people want to be told, and the functions that open and close notifications."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"
KINDS = [
    ("message_received", "Message Received"),
    ("message_delivered", "Message Delivered"),
    ("message_read", "Message Read"),
    ("mention", "Mention"),
    ("conversation_invite", "Conversation Invite"),
    ("message_request", "Message Request"),
    ("prayer_response", "Prayer Response"),
    ("prayer_conversation_started", "Prayer Conversation Started"),
    ("prayer_answered", "Prayer Answered"),
    ("moderation_notice", "Moderation Notice"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NotificationPreference",
            fields=[
                ("pk", models.CompositePrimaryKey("user_id", "kind", blank=True, editable=False, primary_key=True, serialize=False)),
                ("kind", models.TextField(choices=KINDS)),
                ("in_app", models.BooleanField()),
                ("push", models.BooleanField()),
                ("email", models.BooleanField()),
                ("user", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "notification_preference",
                "constraints": [models.CheckConstraint(condition=models.Q(("kind__in", [kind for kind, _ in KINDS])), name="notification_preference_kind")],
            },
        ),
        migrations.CreateModel(
            name="NotificationSettings",
            fields=[
                ("user", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+", serialize=False, to=settings.AUTH_USER_MODEL)),
                ("timezone", models.TextField(null=True)),
                ("quiet_hours", models.JSONField(default=list)),
                ("digest", models.BooleanField(default=True)),
                ("push_per_hour", models.SmallIntegerField(default=20)),
                ("previews", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "notification_settings",
                "constraints": [models.CheckConstraint(condition=models.Q(("push_per_hour__gte", 1), ("push_per_hour__lte", 1000)), name="notification_settings_push_per_hour")],
            },
        ),
        migrations.AddField(model_name="notification", name="is_held", field=models.BooleanField(db_default=False)),
        migrations.AddField(model_name="notification", name="emailed_at", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(condition=models.Q(("read_at__isnull", True)), fields=["subject", "kind"], name="notification_open_subject"),
        ),
        RunSQLFile(SQL, "0002_opening_v1"),
    ]
