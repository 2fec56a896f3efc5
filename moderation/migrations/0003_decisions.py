"""Decisions, sanctions, appeals, and the numbers of the console."""

from pathlib import Path

import django.db.models.deletion
import django.utils.timezone
import prayermap.lib.ids
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0002_cases'),
        ('messaging', '0011_visible_attachments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('state', models.TextField(choices=[('open', 'Open'), ('upheld', 'Upheld'), ('granted', 'Granted')], default='open')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reply', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'appeal',
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.TextField(choices=[('support', 'Reach out with care'), ('hide_message', 'Hide the message'), ('remove_message', 'Remove the message for good'), ('hide_prayer', 'Hide the prayer'), ('warn', 'Warn'), ('mute', 'Mute in the conversation'), ('suspend', 'Suspend the account'), ('ban', 'Ban the account'), ('freeze_conversation', 'Close the conversation to writing'), ('bulk_remove', 'Remove everything this member wrote here'), ('deanonymise', 'Learn who the anonymous author is'), ('purge', 'Erase the account'), ('dismiss', 'Dismiss'), ('close', 'Close'), ('uphold', 'The sanction stands'), ('grant', 'Take the sanction back')])),
                ('state', models.TextField(choices=[('proposed', 'Proposed'), ('effective', 'Effective'), ('refused', 'Refused'), ('lapsed', 'Lapsed'), ('undone', 'Undone')])),
                ('reason', models.TextField(choices=[('self_harm', 'Self-harm or suicide'), ('violence', 'Threats or violence'), ('sexual', 'Sexual content or exploitation'), ('harassment', 'Harassment'), ('hate', 'Hatred of a group'), ('privacy', "Somebody's private details"), ('impersonation', 'Pretending to be somebody else'), ('spam', 'Spam or fraud'), ('other', 'Something else')])),
                ('statement', models.TextField(blank=True, default='')),
                ('until', models.DateTimeField(null=True)),
                ('proposed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('approved_at', models.DateTimeField(null=True)),
                ('applied_at', models.DateTimeField(null=True)),
                ('is_break_glass', models.BooleanField(default=False)),
                ('confirm_before', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'decision',
            },
        ),
        migrations.CreateModel(
            name='Sanction',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.TextField(choices=[('support', 'Reach out with care'), ('hide_message', 'Hide the message'), ('remove_message', 'Remove the message for good'), ('hide_prayer', 'Hide the prayer'), ('warn', 'Warn'), ('mute', 'Mute in the conversation'), ('suspend', 'Suspend the account'), ('ban', 'Ban the account'), ('freeze_conversation', 'Close the conversation to writing'), ('bulk_remove', 'Remove everything this member wrote here'), ('deanonymise', 'Learn who the anonymous author is'), ('purge', 'Erase the account'), ('dismiss', 'Dismiss'), ('close', 'Close'), ('uphold', 'The sanction stands'), ('grant', 'Take the sanction back')])),
                ('reason', models.TextField(choices=[('self_harm', 'Self-harm or suicide'), ('violence', 'Threats or violence'), ('sexual', 'Sexual content or exploitation'), ('harassment', 'Harassment'), ('hate', 'Hatred of a group'), ('privacy', "Somebody's private details"), ('impersonation', 'Pretending to be somebody else'), ('spam', 'Spam or fraud'), ('other', 'Something else')])),
                ('statement', models.TextField()),
                ('conversation_id', models.UUIDField(null=True)),
                ('seq', models.BigIntegerField(null=True)),
                ('prayer_id', models.UUIDField(null=True)),
                ('until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('told_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'sanction',
            },
        ),
        migrations.AddField(
            model_name='report',
            name='told_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('answered_at__isnull', False), ('reporter__isnull', False), ('told_at', None)), fields=['id'], name='report_untold'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='case',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='appeal', to='moderation.case'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='decided_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='first_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='second_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='decision',
            name='approved_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='decision',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='moderation.case'),
        ),
        migrations.AddField(
            model_name='decision',
            name='ended_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='decision',
            name='proposed_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='moderation.decision'),
        ),
        migrations.AddField(
            model_name='sanction',
            name='decision',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sanction', to='moderation.decision'),
        ),
        migrations.AddField(
            model_name='sanction',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='sanction',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='appeal', to='moderation.sanction'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('state', 'proposed')), fields=['id'], name='decision_waiting'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('applied_at', None), ('state', 'effective')), fields=['id'], name='decision_unapplied'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('approved_by', None), ('is_break_glass', True), ('state', 'effective')), fields=['confirm_before'], name='decision_unconfirmed'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['support', 'hide_message', 'remove_message', 'hide_prayer', 'warn', 'mute', 'suspend', 'ban', 'freeze_conversation', 'bulk_remove', 'deanonymise', 'purge', 'dismiss', 'close', 'uphold', 'grant'])), name='decision_kind'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'effective', 'refused', 'lapsed', 'undone'])), name='decision_state'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['self_harm', 'violence', 'sexual', 'harassment', 'hate', 'privacy', 'impersonation', 'spam', 'other'])), name='decision_reason'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='decision_four_eyes'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('ban', 'bulk_remove', 'deanonymise', 'purge')), ('state__in', ('effective', 'undone')), _negated=True), ('approved_by__isnull', False), ('is_break_glass', True), _connector='OR'), name='decision_two'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirm_before', None), ('is_break_glass', False)), models.Q(('confirm_before__isnull', False), ('is_break_glass', True), ('kind__in', ('ban', 'deanonymise'))), _connector='OR'), name='decision_break_glass'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('mute', 'suspend')), ('until__isnull', False)), models.Q(models.Q(('kind__in', ('mute', 'suspend')), _negated=True), ('until', None)), _connector='OR'), name='decision_until'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ('proposed', 'effective'))), models.Q(('ended_at__isnull', False), ('state__in', ('refused', 'lapsed', 'undone'))), _connector='OR'), name='decision_ended'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(fields=('id', 'proposed_by'), name='decision_proposer'),
        ),
        migrations.AddIndex(
            model_name='sanction',
            index=models.Index(fields=['user', 'id'], name='sanction_own'),
        ),
        migrations.AddIndex(
            model_name='sanction',
            index=models.Index(condition=models.Q(('told_at', None)), fields=['id'], name='sanction_untold'),
        ),
        migrations.AddConstraint(
            model_name='sanction',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['hide_message', 'remove_message', 'hide_prayer', 'warn', 'mute', 'suspend', 'ban', 'bulk_remove', 'support'])), name='sanction_kind'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'upheld', 'granted'])), name='appeal_state'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(models.Q(('decided_by', models.F('first_by')), _negated=True), models.Q(('second_by', None), models.Q(('decided_by', models.F('second_by')), _negated=True), _connector='OR')), _connector='OR'), name='appeal_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='appeal_decided'),
        ),
        RunSQLFile(SQL, "0006_decisions_v1"),
        RunSQLFile(SQL, "0007_people_v1"),
        RunSQLFile(SQL, "0008_console_v1"),
    ]
