"""Signals that are misspelt are told at the start."""

from moderation.checks import signals_are_known


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
