"""Files, disappearing messages, slow mode and frozen groups; a send that notifies. New columns are metadata only."""

from pathlib import Path

import django.db.models.deletion
import prayermap.lib.ids
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import ReplaceSQLFile, RunSQLFile


SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ("notifications", "0001_initial"),
        ('messaging', '0002_sql'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('message_id', models.UUIDField(null=True)),
                ('conversation_id', models.UUIDField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'db_table': 'attachment',
            },
        ),
        migrations.CreateModel(
            name='MediaBlob',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.TextField(choices=[('image', 'Image'), ('audio', 'Audio'), ('video', 'Video')])),
                ('content_type', models.TextField()),
                ('digest', models.TextField()),
                ('storage_name', models.TextField(unique=True)),
                ('thumbnail_name', models.TextField(blank=True, default='')),
                ('size', models.BigIntegerField()),
                ('width', models.IntegerField(null=True)),
                ('height', models.IntegerField(null=True)),
                ('duration_ms', models.IntegerField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'db_table': 'media_blob',
            },
        ),
        migrations.CreateModel(
            name='SlowModeTurn',
            fields=[
                ('participant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='messaging.participant')),
                ('sent_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'slow_mode_turn',
            },
        ),
        migrations.AddField(
            model_name='conversation',
            name='disappear_after_s',
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='is_frozen',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='conversation',
            name='slow_mode_s',
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name='message',
            name='expires_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='hops',
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='participant',
            name='is_notified',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='participant',
            name='marked_unread_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='participant',
            name='silenced_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(('slow_mode_s__gte', 0), ('slow_mode_s__lte', 3600)), name='conversation_slow_mode'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(('disappear_after_s__isnull', True), models.Q(('disappear_after_s__gte', 60), ('disappear_after_s__lte', 31536000)), _connector='OR'), name='conversation_disappearing'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='mediablob',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['image', 'audio', 'video'])), name='media_blob_kind'),
        ),
        migrations.AddConstraint(
            model_name='mediablob',
            constraint=models.CheckConstraint(condition=models.Q(('size__gte', 1)), name='media_blob_size'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='blob',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='messaging.mediablob'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('message_id__isnull', True)), fields=['created_at'], name='attachment_unsent'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.UniqueConstraint(fields=('message_id',), name='attachment_message'),
        ),
        RunSQLFile(SQL, "0010_sealed_tables_v1"),
        RunSQLFile(SQL, "0011_prayer_messages_v1"),
        ReplaceSQLFile(SQL, "0005_send_messages_v1", "0012_send_messages_v2"),
    ]
