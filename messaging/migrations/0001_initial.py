"""The tables of messaging; two of them partitioned by month."""

import django.contrib.postgres.fields
import django.db.models.deletion
import prayermap.lib.ids
import uuid
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import CreatePartitionedModel


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_django_access"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("prayer_response", "Prayer Response"),
                            ("direct_message", "Direct Message"),
                            ("group_prayer", "Group Prayer"),
                            ("prayer_support", "Prayer Support"),
                        ]
                    ),
                ),
                ("title", models.TextField(blank=True, default="")),
                ("description", models.TextField(blank=True, default="")),
                ("prayer_id", models.UUIDField(blank=True, null=True)),
                ("is_private", models.BooleanField(default=True)),
                ("requires_approval", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("epoch", models.IntegerField(default=1)),
                ("rev", models.BigIntegerField(default=0)),
                ("latest_seq", models.BigIntegerField(default=0)),
                ("settings_rev", models.BigIntegerField(default=0)),
                ("latest_message_id", models.UUIDField(blank=True, null=True)),
                ("latest_activity_at", models.DateTimeField()),
                ("active_count", models.IntegerField(default=0)),
                ("member_count", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "db_table": "conversation",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "role",
                    models.TextField(
                        choices=[("owner", "Owner"), ("admin", "Admin"), ("member", "Member")],
                        default="member",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("invited", "Invited"),
                            ("requested", "Requested"),
                            ("active", "Active"),
                            ("left", "Left"),
                            ("removed", "Removed"),
                        ],
                        default="invited",
                    ),
                ),
                ("is_anonymous", models.BooleanField(default=False)),
                ("rev", models.BigIntegerField(default=0)),
                ("is_request", models.BooleanField(default=False)),
                ("is_told", models.BooleanField(default=True)),
                ("declined_at", models.DateTimeField(blank=True, null=True)),
                ("invited_by", models.UUIDField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("visible_from_seq", models.BigIntegerField(default=1)),
                ("read_seq", models.BigIntegerField(default=0)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("delivered_seq", models.BigIntegerField(default=0)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("muted_until", models.DateTimeField(blank=True, null=True)),
                ("pinned_at", models.DateTimeField(blank=True, null=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "notification_level",
                    models.TextField(
                        choices=[("all", "All"), ("mentions", "Mentions"), ("none", "None")], default="all"
                    ),
                ),
                ("me_rev", models.BigIntegerField(default=0)),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="messaging.conversation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "participant",
            },
        ),
        migrations.CreateModel(
            name="PersonState",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("me_rev", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "person_state",
            },
        ),
        migrations.CreateModel(
            name="DirectPair",
            fields=[
                (
                    "conversation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="messaging.conversation",
                    ),
                ),
                ("low", models.UUIDField()),
                ("high", models.UUIDField()),
                ("anonymous", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
            ],
            options={
                "db_table": "direct_pair",
            },
        ),
        migrations.CreateModel(
            name="ClientKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id", "client_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("client_id", models.UUIDField()),
                ("digest", models.TextField()),
                ("result_id", models.UUIDField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "client_key",
            },
        ),
        CreatePartitionedModel(
            partition_by="id",
            name="Message",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("rev", models.BigIntegerField()),
                ("is_anonymous", models.BooleanField(default=False)),
                (
                    "type",
                    models.TextField(
                        choices=[
                            ("text", "Text"),
                            ("audio", "Audio"),
                            ("video", "Video"),
                            ("image", "Image"),
                            ("prayer_card", "Prayer Card"),
                            ("location", "Location"),
                            ("prayer_update", "Prayer Update"),
                            ("bible_verse", "Bible Verse"),
                        ]
                    ),
                ),
                ("content", models.TextField(null=True)),
                ("payload", models.JSONField(null=True)),
                ("attachment_id", models.UUIDField(null=True)),
                ("reply_to_seq", models.BigIntegerField(null=True)),
                (
                    "mentions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("live", "Live"),
                            ("deleted", "Deleted"),
                            ("hidden", "Hidden"),
                            ("erased", "Erased"),
                        ],
                        default="live",
                    ),
                ),
                ("edited_at", models.DateTimeField(null=True)),
                ("pinned_at", models.DateTimeField(null=True)),
                ("request_digest", models.TextField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "conversation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="messages",
                        to="messaging.conversation",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="messaging.participant",
                    ),
                ),
            ],
            options={
                "db_table": "message",
                "ordering": ("conversation", "seq"),
            },
        ),
        migrations.CreateModel(
            name="MessageAuthor",
            fields=[
                ("message_id", models.UUIDField(primary_key=True, serialize=False)),
                ("client_id", models.UUIDField()),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="messaging.participant",
                    ),
                ),
            ],
            options={
                "db_table": "message_author",
            },
        ),
        CreatePartitionedModel(
            partition_by="message_id",
            name="DeliveryStatus",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "message_id",
                        "participant_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("message_id", models.UUIDField()),
                ("delivered_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("device_info", models.JSONField(default=dict)),
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
            options={
                "db_table": "delivery_status",
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "participant_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("message_id", models.UUIDField()),
                (
                    "participant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="messaging.participant",
                    ),
                ),
            ],
            options={
                "db_table": "mention",
            },
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["prayer_response", "direct_message", "group_prayer", "prayer_support"])
                ),
                name="conversation_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "prayer_response"), _negated=True),
                    ("prayer_id__isnull", False),
                    _connector="OR",
                ),
                name="conversation_prayer",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("epoch__gte", 1),
                    ("latest_seq__gte", 0),
                    ("rev__gte", models.F("latest_seq")),
                    ("rev__gte", models.F("settings_rev")),
                ),
                name="conversation_counters",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(("active_count__gte", 0), ("member_count__gte", models.F("active_count"))),
                name="conversation_counts",
            ),
        ),
        migrations.AddIndex(
            model_name="clientkey",
            index=models.Index(fields=["created_at"], name="client_key_age"),
        ),
        migrations.AddConstraint(
            model_name="directpair",
            constraint=models.UniqueConstraint(fields=("low", "high", "anonymous"), name="direct_pair_once"),
        ),
        migrations.AddConstraint(
            model_name="directpair",
            constraint=models.CheckConstraint(
                condition=models.Q(("low__lt", models.F("high"))), name="direct_pair_ordered"
            ),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(fields=["user", "state"], name="participant_user"),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(
                fields=("conversation", "user", "is_anonymous"), name="participant_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["owner", "admin", "member"])), name="participant_role"
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["invited", "requested", "active", "left", "removed"])),
                name="participant_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(("notification_level__in", ["all", "mentions", "none"])),
                name="participant_level",
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("delivered_seq__gte", models.F("read_seq")),
                    ("read_seq__gte", 0),
                    ("visible_from_seq__gte", 1),
                ),
                name="participant_marks",
            ),
        ),
        migrations.AddConstraint(
            model_name="messageauthor",
            constraint=models.UniqueConstraint(fields=("client_id",), name="message_author_client_id"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["conversation", "rev"], name="message_conversation_rev"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("sender__isnull", False)), fields=["sender", "seq"], name="message_sender"
            ),
        ),
        migrations.AddIndex(
            model_name="mention",
            index=models.Index(fields=["message_id"], name="mention_message"),
        ),
        migrations.AddIndex(
            model_name="deliverystatus",
            index=models.Index(fields=["participant", "message_id"], name="delivery_status_participant"),
        ),
        migrations.AddConstraint(
            model_name="deliverystatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("read_at__isnull", True), ("read_at__gte", models.F("delivered_at")), _connector="OR"
                ),
                name="delivery_status_order",
            ),
        ),
    ]
