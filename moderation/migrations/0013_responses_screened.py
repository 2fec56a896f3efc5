"""Responses to prayers are screened, stand in cases, and can be hidden."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0012_certificates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Constraints are looked at again for every row; whoever waits longer than this for a table is told.
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_kind',
        ),
        migrations.RemoveConstraint(
            model_name='decision',
            name='decision_kind',
        ),
        migrations.RemoveConstraint(
            model_name='report',
            name='report_kind',
        ),
        migrations.RemoveConstraint(
            model_name='sanction',
            name='sanction_kind',
        ),
        migrations.RemoveConstraint(
            model_name='unscreened',
            name='unscreened_kind',
        ),
        migrations.AlterField(
            model_name='case',
            name='kind',
            field=models.TextField(choices=[('message', 'Message'), ('member', 'Member'), ('conversation', 'Conversation'), ('invitation', 'Invitation'), ('prayer', 'Prayer'), ('response', 'Response'), ('person', 'Person'), ('appeal', 'Appeal')]),
        ),
        migrations.AlterField(
            model_name='decision',
            name='kind',
            field=models.TextField(choices=[('support', 'Reach out with care'), ('hide_message', 'Hide the message'), ('remove_message', 'Remove the message for good'), ('hide_prayer', 'Hide the prayer'), ('hide_response', 'Hide the response'), ('warn', 'Warn'), ('mute', 'Mute in the conversation'), ('suspend', 'Suspend the account'), ('ban', 'Ban the account'), ('freeze_conversation', 'Close the conversation to writing'), ('bulk_remove', 'Remove everything this member wrote here'), ('deanonymise', 'Learn who the anonymous author is'), ('purge', 'Erase the account'), ('dismiss', 'Dismiss'), ('close', 'Close'), ('uphold', 'The sanction stands'), ('grant', 'Take the sanction back')]),
        ),
        migrations.AlterField(
            model_name='report',
            name='kind',
            field=models.TextField(choices=[('message', 'Message'), ('member', 'Member'), ('conversation', 'Conversation'), ('invitation', 'Invitation'), ('prayer', 'Prayer'), ('response', 'Response'), ('person', 'Person'), ('appeal', 'Appeal')]),
        ),
        migrations.AlterField(
            model_name='sanction',
            name='kind',
            field=models.TextField(choices=[('support', 'Reach out with care'), ('hide_message', 'Hide the message'), ('remove_message', 'Remove the message for good'), ('hide_prayer', 'Hide the prayer'), ('hide_response', 'Hide the response'), ('warn', 'Warn'), ('mute', 'Mute in the conversation'), ('suspend', 'Suspend the account'), ('ban', 'Ban the account'), ('freeze_conversation', 'Close the conversation to writing'), ('bulk_remove', 'Remove everything this member wrote here'), ('deanonymise', 'Learn who the anonymous author is'), ('purge', 'Erase the account'), ('dismiss', 'Dismiss'), ('close', 'Close'), ('uphold', 'The sanction stands'), ('grant', 'Take the sanction back')]),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['message', 'member', 'conversation', 'invitation', 'prayer', 'response', 'person', 'appeal'])), name='case_kind'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['support', 'hide_message', 'remove_message', 'hide_prayer', 'hide_response', 'warn', 'mute', 'suspend', 'ban', 'freeze_conversation', 'bulk_remove', 'deanonymise', 'purge', 'dismiss', 'close', 'uphold', 'grant'])), name='decision_kind'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['message', 'member', 'conversation', 'invitation', 'prayer', 'response', 'person', 'appeal'])), name='report_kind'),
        ),
        migrations.AddConstraint(
            model_name='sanction',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['hide_message', 'remove_message', 'hide_prayer', 'hide_response', 'warn', 'mute', 'suspend', 'ban', 'bulk_remove', 'support'])), name='sanction_kind'),
        ),
        migrations.AddConstraint(
            model_name='unscreened',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('message', 'prayer', 'response'))), name='unscreened_kind'),
        ),
        RunSQLFile(SQL, "0018_responses_v1"),
    ]
