"""Print what each hostile file gets, as the table of docs/uploads.md."""

import io
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings_without_database")

import django

django.setup()

from prayermap.lib.media.cleaning import clean  # noqa: E402 - Django must be set up first
from prayermap.lib.media.unfit import Oversized, Unfit  # noqa: E402
from tests.uploads.hostile import HOSTILE  # noqa: E402


def rows() -> list[str]:
    made = []
    for file in HOSTILE:
        try:
            clean(io.BytesIO(file.make()), io.BytesIO(), io.BytesIO(), label=file.label)
        except Unfit as reason:
            status = 413 if isinstance(reason, Oversized) else 400
            made.append(f"| {file.what} | `{file.label}` | {status} | {reason} |")
        else:
            made.append(f"| {file.what} | `{file.label}` | 201 | taken |")
    return made


def table() -> str:
    return "\n".join(["| what | said to be | answer | reason |", "|---|---|---|---|", *rows()])


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
