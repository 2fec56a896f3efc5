"""The first members of a conversation from an index. Made while people write; a run that was broken off leaves it INVALID:
drop it (`DROP INDEX participant_first`) and migrate again.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("messaging", "0028_conversation_list")]

    operations = [
        AddIndexConcurrently(
            model_name="participant",
            index=models.Index(
                fields=["conversation", "created_at", "id"],
                name="participant_first",
                condition=models.Q(("state__in", ("invited", "requested", "active"))),
            ),
        ),
    ]
