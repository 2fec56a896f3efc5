"""Figures about the whole."""

from pathlib import Path

from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0008_signals'),
    ]

    operations = [
        migrations.CreateModel(
            name='Insight',
            fields=[
                ('name', models.TextField(primary_key=True, serialize=False)),
                ('figures', models.JSONField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'insight',
            },
        ),
        migrations.CreateModel(
            name='InsightDay',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('total_messages', models.BigIntegerField()),
                ('active_senders', models.BigIntegerField()),
                ('active_conversations', models.BigIntegerField()),
                ('avg_message_length', models.FloatField(null=True)),
                ('types', models.JSONField(default=dict)),
                ('turns', models.BigIntegerField()),
                ('answered', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'insight_day',
                'ordering': ('day',),
            },
        ),
        RunSQLFile(SQL, "0013_insights_v1"),
    ]
