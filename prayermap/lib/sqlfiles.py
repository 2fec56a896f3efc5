"""Migrations whose SQL stands in versioned files: `<app>/sql/0001_name_v1.sql` with `….reverse.sql` beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import migrations


class RunSQLFile(migrations.RunSQL):
    """Run one SQL file forwards and its `.reverse.sql` backwards.

    `folder` is the app's `sql/` directory; the file names are relative to it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        forwards = (folder / f"{name}.sql").read_text()
        backwards = (folder / f"{name}.reverse.sql").read_text()
        # A list of one: Django hands it to PostgreSQL whole, so `$$ … $$` bodies need no splitting.
        super().__init__([(forwards, None)], [(backwards, None)])

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return type(self).__qualname__, [], {"folder": self.folder, "name": self.name}

    def describe(self) -> str:
        return f"Run {self.folder.parent.name}/sql/{self.name}.sql"


class ReplaceSQLFile(migrations.RunSQL):
    """Put the functions of one SQL file in the place of an older version's, which stays in its file for the way back.

    Forwards: the old file's reverse, then the new file. Backwards: the new file's reverse, then the old file.
    """

    def __init__(self, folder: Path, old: str, new: str) -> None:
        self.folder, self.old, self.new = folder, old, new
        forwards = (folder / f"{old}.reverse.sql").read_text() + (folder / f"{new}.sql").read_text()
        backwards = (folder / f"{new}.reverse.sql").read_text() + (folder / f"{old}.sql").read_text()
        super().__init__([(forwards, None)], [(backwards, None)])

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return type(self).__qualname__, [], {"folder": self.folder, "old": self.old, "new": self.new}

    def describe(self) -> str:
        return f"Replace {self.folder.parent.name}/sql/{self.old}.sql by {self.new}.sql"


class CreatePartitionedModel(migrations.CreateModel):
    """CreateModel whose table is PARTITION BY RANGE on one column (libraries' stock backends stay in use)."""

    def __init__(self, *args: Any, partition_by: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partition_by = partition_by

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        original = schema_editor.sql_create_table
        column = schema_editor.quote_name(self.partition_by)
        schema_editor.sql_create_table = f"{original} PARTITION BY RANGE ({column})"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = original
