"""Devices, the outboxes, and why something was sent or not."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import prayermap.lib.ids
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_telling'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeliveryTally',
            fields=[
                ('pk', models.CompositePrimaryKey('channel', 'outcome', 'reason', blank=True, editable=False, primary_key=True, serialize=False)),
                ('channel', models.TextField()),
                ('outcome', models.TextField()),
                ('reason', models.TextField()),
                ('total', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'delivery_tally',
            },
        ),
        migrations.CreateModel(
            name='DeliveryState',
            fields=[
                ('user_id', models.UUIDField(primary_key=True, serialize=False)),
                ('pushes', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), default=list, size=None)),
                ('mail_due_at', models.DateTimeField(null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('mail_tries', models.SmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'delivery_state',
                'indexes': [models.Index(condition=models.Q(('mail_due_at__isnull', False)), fields=['mail_due_at'], name='delivery_state_mail')],
            },
        ),
        migrations.CreateModel(
            name='NotificationDecision',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('user_id', models.UUIDField()),
                ('notification_id', models.UUIDField()),
                ('kind', models.TextField()),
                ('conversation_id', models.UUIDField(null=True)),
                ('channel', models.TextField()),
                ('outcome', models.TextField()),
                ('reason', models.TextField()),
                ('opened_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'notification_decision',
                'indexes': [models.Index(fields=['user_id', 'at', 'id'], name='notification_decision_user'), models.Index(fields=['at'], name='notification_decision_age')],
                'constraints': [models.UniqueConstraint(fields=('notification_id', 'channel', 'outcome', 'reason', 'opened_at'), name='notification_decision_once')],
            },
        ),
        migrations.CreateModel(
            name='PushDelivery',
            fields=[
                ('pk', models.CompositePrimaryKey('device_id', 'notification_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('device_id', models.UUIDField()),
                ('notification_id', models.UUIDField()),
                ('action', models.TextField(choices=[('show', 'Show'), ('summary', 'Summary'), ('withdraw', 'Withdraw')])),
                ('due_at', models.DateTimeField()),
                ('claimed_until', models.DateTimeField(null=True)),
                ('tries', models.SmallIntegerField(default=0)),
                ('is_plain', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'push_delivery',
                'indexes': [models.Index(fields=['due_at'], name='push_delivery_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('action__in', ['show', 'summary', 'withdraw'])), name='push_delivery_action')],
            },
        ),
        migrations.CreateModel(
            name='PushDevice',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('session_id', models.UUIDField()),
                ('device_id', models.TextField(blank=True, default='')),
                ('client_id', models.UUIDField(null=True)),
                ('endpoint', models.TextField()),
                ('p256dh', models.TextField()),
                ('auth', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('last_success_at', models.DateTimeField(null=True)),
                ('failures', models.SmallIntegerField(default=0)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'push_device',
                'constraints': [models.UniqueConstraint(fields=('endpoint',), name='push_device_endpoint'), models.UniqueConstraint(fields=('user', 'client_id'), name='push_device_client_id')],
            },
        ),
        RunSQLFile(SQL, "0004_delivery_v1"),
    ]
