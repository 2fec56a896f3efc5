"""Prayers and responses, with their rights and the functions that write them."""

from pathlib import Path
from typing import Any

import django.db.models.deletion
import prayermap.lib.ids
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.permissions import allow_group
from prayermap.lib.sqlfiles import RunSQLFile


SQL = Path(__file__).parents[1] / "sql"


def allow_moderators(apps: Any, schema_editor: Any) -> None:
    allow_group(
        apps,
        schema_editor,
        group="moderator",
        label="prayers",
        models=("prayer", "prayerresponse"),
        actions=("view",),
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("accounts", "0004_client_key"),
        # person(), has_visible(): the database's own ground floor was laid with the first messages.
        ("messaging", "0002_sql"),
    ]

    operations = [
        migrations.CreateModel(
            name='Prayer',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('is_anonymous', models.BooleanField(default=False)),
                ('kind', models.TextField(choices=[('request', 'Request'), ('intercession', 'Intercession'), ('thanksgiving', 'Thanksgiving'), ('praise', 'Praise')], default='request')),
                ('title', models.TextField()),
                ('body', models.TextField()),
                ('grid_latitude', models.SmallIntegerField(blank=True, null=True)),
                ('grid_longitude', models.SmallIntegerField(blank=True, null=True)),
                ('place_name', models.TextField(blank=True, default='')),
                ('status', models.TextField(choices=[('open', 'Open'), ('answered', 'Answered'), ('closed', 'Closed')], default='open')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('response_count', models.IntegerField(default=0)),
                ('prayed_count', models.IntegerField(default=0)),
                ('is_hidden', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('author', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'prayer',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='PrayerResponse',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('is_anonymous', models.BooleanField(default=False)),
                ('kind', models.TextField(choices=[('text', 'Text'), ('prayed', 'Prayed')])),
                ('content', models.TextField(blank=True, null=True)),
                ('is_hidden', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('author', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('prayer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='prayers.prayer')),
            ],
            options={
                'db_table': 'prayer_response',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='PrayerResponseAuthor',
            fields=[
                ('response', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='prayers.prayerresponse')),
            ],
            options={
                'db_table': 'prayer_response_author',
            },
        ),
        migrations.CreateModel(
            name='PrayerAuthor',
            fields=[
                ('prayer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='prayers.prayer')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'prayer_author',
            },
        ),
        migrations.AddIndex(
            model_name='prayer',
            index=models.Index(condition=models.Q(('author__isnull', False)), fields=['author', 'id'], name='prayer_of_author'),
        ),
        migrations.AddConstraint(
            model_name='prayer',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['request', 'intercession', 'thanksgiving', 'praise'])), name='prayer_kind'),
        ),
        migrations.AddConstraint(
            model_name='prayer',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'answered', 'closed'])), name='prayer_status'),
        ),
        migrations.AddConstraint(
            model_name='prayer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author__isnull', True), ('is_anonymous', True)), models.Q(('author__isnull', False), ('is_anonymous', False)), _connector='OR'), name='prayer_author_named'),
        ),
        migrations.AddConstraint(
            model_name='prayer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('status', 'answered')), models.Q(models.Q(('status', 'answered'), _negated=True), ('answered_at__isnull', True)), _connector='OR'), name='prayer_answered'),
        ),
        migrations.AddConstraint(
            model_name='prayer',
            constraint=models.CheckConstraint(condition=models.Q(('prayed_count__gte', 0), ('response_count__gte', 0)), name='prayer_counts'),
        ),
        migrations.AddField(
            model_name='prayerresponseauthor',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='prayerresponse',
            index=models.Index(fields=['prayer', 'id'], name='prayer_response_prayer'),
        ),
        migrations.AddIndex(
            model_name='prayerresponse',
            index=models.Index(condition=models.Q(('author__isnull', False)), fields=['author', 'id'], name='prayer_response_of_author'),
        ),
        migrations.AddConstraint(
            model_name='prayerresponse',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author__isnull', True), ('is_anonymous', True)), models.Q(('author__isnull', False), ('is_anonymous', False)), _connector='OR'), name='prayer_response_author_named'),
        ),
        migrations.AddConstraint(
            model_name='prayerresponse',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('content__isnull', False), ('kind', 'text')), models.Q(('content__isnull', True), ('kind', 'prayed')), _connector='OR'), name='prayer_response_content'),
        ),
        migrations.AddIndex(
            model_name='prayerauthor',
            index=models.Index(fields=['user', 'prayer'], name='prayer_author_user'),
        ),
        migrations.AddIndex(
            model_name='prayerresponseauthor',
            index=models.Index(fields=['user', 'response'], name='prayer_response_author_user'),
        ),
        RunSQLFile(SQL, "0001_places_v1"),
        RunSQLFile(SQL, "0002_prayer_access_v1"),
        RunSQLFile(SQL, "0003_prayer_writing_v1"),
        RunSQLFile(SQL, "0004_prayer_reading_v1"),
        migrations.RunPython(allow_moderators, migrations.RunPython.noop),
    ]
