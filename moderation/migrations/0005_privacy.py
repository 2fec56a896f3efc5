"""Requests to be erased, legal holds."""

from pathlib import Path

import django.db.models.deletion
import moderation.models.privacy
import prayermap.lib.ids
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ("moderation", "0004_roles"),
        ('accounts', '0005_user_erased_at'),
        ('prayers', '0003_erasing'),
        ('messaging', '0016_erasing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ErasureRequest',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('client_id', models.UUIDField(null=True)),
                ('state', models.TextField(choices=[('pending', 'Pending'), ('held', 'Held'), ('running', 'Running'), ('settling', 'Settling'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='pending')),
                ('origin', models.TextField(choices=[('person', 'Person'), ('officer', 'Officer'), ('replay', 'Replay')], default='person')),
                ('requested_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('deadline_at', models.DateTimeField()),
                ('begun_at', models.DateTimeField(null=True)),
                ('named_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('preview', models.JSONField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('salt', models.BinaryField(default=moderation.models.privacy.new_salt)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'erasure_request',
                'indexes': [models.Index(condition=models.Q(('state__in', ('pending', 'held', 'running', 'settling'))), fields=['due_at'], name='erasure_request_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'held', 'running', 'settling', 'done', 'cancelled'])), name='erasure_request_state'), models.CheckConstraint(condition=models.Q(('origin__in', ['person', 'officer', 'replay'])), name='erasure_request_origin'), models.CheckConstraint(condition=models.Q(('begun_at__isnull', False), models.Q(('state__in', ['running', 'settling', 'done']), _negated=True), _connector='OR'), name='erasure_request_begun'), models.UniqueConstraint(condition=models.Q(('state__in', ('pending', 'held', 'running', 'settling'))), fields=('user',), name='erasure_request_one_open'), models.UniqueConstraint(fields=('user', 'client_id'), name='erasure_request_client_id')],
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('conversation_id', models.UUIDField(blank=True, null=True)),
                ('reason', models.TextField()),
                ('placed_at', models.DateTimeField()),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('placed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'legal_hold',
                'indexes': [models.Index(condition=models.Q(('released_at', None)), fields=['conversation_id'], name='legal_hold_conversation')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('conversation_id__isnull', False), ('user', None)), models.Q(('conversation_id', None), ('user__isnull', False)), _connector='OR'), name='legal_hold_one_target'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='legal_hold_reason')],
            },
        ),
        RunSQLFile(SQL, "0009_privacy_v1"),
    ]
