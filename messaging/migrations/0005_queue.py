"""The outbox. A new table, so nothing waits for a lock."""

from pathlib import Path

import django.db.models.deletion
import prayermap.lib.ids
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0004_client_key_leaves'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='QueuedMessage',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('device_id', models.TextField()),
                ('position', models.BigIntegerField()),
                ('conversation_id', models.UUIDField()),
                ('client_id', models.UUIDField()),
                ('digest', models.TextField()),
                ('request', models.JSONField(null=True)),
                ('scheduled_at', models.DateTimeField(null=True)),
                ('state', models.TextField(choices=[('pending', 'Pending'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed')], default='pending')),
                ('seq', models.BigIntegerField(null=True)),
                ('retry_count', models.SmallIntegerField(default=0)),
                ('error_code', models.TextField(blank=True, default='')),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('lease', models.UUIDField(null=True)),
                ('created_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'message_queue',
                'indexes': [models.Index(fields=['user', 'position'], name='message_queue_list'), models.Index(condition=models.Q(('state__in', ['pending', 'sending'])), fields=['next_attempt_at', 'position'], name='message_queue_due'), models.Index(condition=models.Q(('state__in', ['pending', 'sending'])), fields=['user', 'device_id', 'conversation_id', 'position'], name='message_queue_lane'), models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['finished_at'], name='message_queue_done')],
                'constraints': [models.UniqueConstraint(fields=('user', 'client_id'), name='message_queue_client_id'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'sending', 'sent', 'failed'])), name='message_queue_state'), models.CheckConstraint(condition=models.Q(models.Q(('request__isnull', True), ('seq__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('request__isnull', False), ('seq__isnull', True)), _connector='OR'), name='message_queue_text_leaves'), models.CheckConstraint(condition=models.Q(models.Q(('lease__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('lease__isnull', True)), _connector='OR'), name='message_queue_lease'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['pending', 'sending']), ('finished_at__isnull', True), ('next_attempt_at__isnull', False)), models.Q(models.Q(('state__in', ['pending', 'sending']), _negated=True), ('finished_at__isnull', False), ('next_attempt_at__isnull', True)), _connector='OR'), name='message_queue_finished'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('error_code', ''), _negated=True), _connector='OR'), name='message_queue_failed'), models.CheckConstraint(condition=models.Q(('retry_count__gte', 0), ('retry_count__lte', 10)), name='message_queue_tries')],
            },
        ),
        RunSQLFile(SQL, "0013_queue_v1"),
    ]
