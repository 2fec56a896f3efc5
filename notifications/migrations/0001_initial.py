"""What people are told, one row for each person, kind and subject."""

from pathlib import Path

import django.db.models.deletion
import prayermap.lib.ids
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile


SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.TextField(choices=[('message_received', 'Message Received'), ('message_delivered', 'Message Delivered'), ('message_read', 'Message Read'), ('mention', 'Mention'), ('conversation_invite', 'Conversation Invite'), ('message_request', 'Message Request'), ('prayer_response', 'Prayer Response'), ('prayer_conversation_started', 'Prayer Conversation Started'), ('prayer_answered', 'Prayer Answered'), ('moderation_notice', 'Moderation Notice')])),
                ('subject', models.UUIDField()),
                ('conversation_id', models.UUIDField(null=True)),
                ('prayer_id', models.UUIDField(null=True)),
                ('first_seq', models.BigIntegerField(null=True)),
                ('count', models.IntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('push_due_at', models.DateTimeField(null=True)),
                ('push_tries', models.SmallIntegerField(default=0)),
                ('pushed_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'notification',
                'indexes': [models.Index(fields=['user', 'updated_at', 'id'], name='notification_inbox'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='notification_unread'), models.Index(condition=models.Q(('push_due_at__isnull', False)), fields=['push_due_at'], name='notification_push_due')],
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'subject'), name='notification_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['message_received', 'message_delivered', 'message_read', 'mention', 'conversation_invite', 'message_request', 'prayer_response', 'prayer_conversation_started', 'prayer_answered', 'moderation_notice'])), name='notification_kind'), models.CheckConstraint(condition=models.Q(('count__gte', 1)), name='notification_count')],
            },
        ),
        RunSQLFile(SQL, "0001_access_v1"),
    ]
