"""A ledger of each test's own, and no pauses."""

import pytest

from messaging.services import quota
from moderation.privacy import erasing


@pytest.fixture(autouse=True)
def ledger_file(settings, tmp_path):
    settings.ERASURE_LEDGER = str(tmp_path / "ledger" / "erasures.jsonl")
    return tmp_path / "ledger" / "erasures.jsonl"


@pytest.fixture(autouse=True)
def _no_hurry(settings, monkeypatch):
    quota._buckets.clear()
    settings.INVITATIONS_PER_DAY = settings.INVITATIONS_PER_DAY_NEW = 0
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "100000/minute")
    monkeypatch.setattr(erasing, "PAUSE_S", 0)


@pytest.fixture(autouse=True)
def _own_files(settings):
    """An empty storage for each test."""
    settings.STORAGES = dict(settings.STORAGES)
