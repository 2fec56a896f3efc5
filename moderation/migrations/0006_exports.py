"""Copies of people's data."""

from pathlib import Path

import django.db.models.deletion
import prayermap.lib.ids
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0005_privacy'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ExportRequest',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('client_id', models.UUIDField(null=True)),
                ('state', models.TextField(choices=[('pending', 'Pending'), ('running', 'Running'), ('ready', 'Ready'), ('failed', 'Failed'), ('expired', 'Expired')], default='pending')),
                ('requested_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('ready_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('storage_name', models.TextField(blank=True, default='')),
                ('size', models.BigIntegerField(null=True)),
                ('digest', models.TextField(blank=True, default='')),
                ('link_digest', models.BinaryField(null=True)),
                ('link_expires_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'export_request',
                'indexes': [models.Index(condition=models.Q(('state', 'ready')), fields=['expires_at'], name='export_request_expiry')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'running', 'ready', 'failed', 'expired'])), name='export_request_state'), models.CheckConstraint(condition=models.Q(models.Q(('expires_at__isnull', False), ('ready_at__isnull', False), ('state', 'ready'), models.Q(('storage_name', ''), _negated=True)), models.Q(models.Q(('state', 'ready'), _negated=True), ('link_digest', None), ('storage_name', '')), _connector='OR'), name='export_request_file'), models.UniqueConstraint(condition=models.Q(('state__in', ('pending', 'running'))), fields=('user',), name='export_request_one_open'), models.UniqueConstraint(fields=('user', 'client_id'), name='export_request_client_id'), models.UniqueConstraint(fields=('link_digest',), name='export_request_link')],
            },
        ),
        RunSQLFile(SQL, "0010_exports_v1"),
    ]
