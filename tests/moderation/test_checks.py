"""Signals that are misspelt are told at the start."""

import pytest

from moderation.checks import archive_is_old_enough, retention_is_known, signals_are_known


def problems() -> list[str]:
    return [problem.msg for problem in signals_are_known()]


def test_what_is_set_by_default_is_known():
    assert problems() == []


def test_an_unknown_signal_is_named(settings):
    settings.SIGNALS = ["selfharm", "threat"]
    settings.SIGNALS_ALONE = ["threats"]
    (problem,) = problems()
    assert "No such signals: selfharm, threats" in problem


def test_a_file_of_phrases_that_is_none_is_told(settings, tmp_path):
    settings.SIGNAL_PHRASES = str(tmp_path / "absent")
    assert problems() == ["SIGNAL_PHRASES can't be read: FileNotFoundError."]
    broken = tmp_path / "broken"
    broken.write_text("threat: one\nthreat\n")
    settings.SIGNAL_PHRASES = str(broken)
    assert problems() == ["SIGNAL_PHRASES, line 2: not of the form `signal: phrase`."]


@pytest.mark.parametrize(
    "days", [{"group_prayer": ""}, {"group_prayer": "abc"}, {"groups": "90"}, {"group_prayer": "1"}]
)
def test_a_retention_that_cannot_be_is_told_at_the_start(settings, days):
    settings.RETENTION_DAYS = {"group_prayer": "365"}
    assert retention_is_known() == []
    settings.RETENTION_DAYS = days
    assert [problem.id for problem in retention_is_known()] == ["moderation.E003"]


def test_an_archive_of_months_that_are_still_written_to_is_refused_at_the_start(settings):
    assert archive_is_old_enough() == []
    settings.ARCHIVE_AFTER_DAYS = 90
    assert archive_is_old_enough() == []
    settings.ARCHIVE_AFTER_DAYS = 89
    assert [problem.id for problem in archive_is_old_enough()] == ["moderation.E004"]
