"""Which wording is noticed, and which isn't."""

from pathlib import Path

import pytest

from bench.texts import verses
from moderation.enums import Signal
from moderation.signals.judging import judge
from moderation.signals.phrases import normal, own_phrases

ALL = Signal.values


def signals(words: str, **more) -> list[str]:
    return [found.signal.value for found in judge(words, is_new=False, on=ALL, **more)]


@pytest.mark.parametrize(
    "words",
    [
        "I want to die", "I can't go on. I am going to kill myself tonight", "I don\u2019t want to live any more",
        "They would be better off without me", "I keep having suicidal thoughts", "I\u200b want to d\u200bie",
        "there is no reason to go on", "I WISH I WAS DEAD", "I have been cutting myself again", "I\u2019m suicidal",
    ],
)  # fmt: skip
def test_wording_of_self_harm_is_noticed(words):
    assert signals(words) == ["self_harm"]


@pytest.mark.parametrize(
    "words",
    ["I will kill you", "im gonna stab you", "I know where you live", "You're dead meat", "go kill yourself",
     "We'll hunt you down", "You will pay for this"],
)  # fmt: skip
def test_threats_are_noticed(words):
    assert signals(words) == ["threat"]


@pytest.mark.parametrize(
    "words",
    [
        "Send money by Western Union, my mail is pastor@example.org", "Invest now at www.example.org",
        "WhatsApp me +44 20 7946 0958 for a loan", "a@example.org b@example.org c@example.org",
    ],
)  # fmt: skip
def test_contact_details_as_spam_sends_them_are_noticed(words):
    assert signals(words) == ["contact"]


def test_two_contact_details_of_a_new_account_are_noticed():
    words = "Reach me at a@example.org or on https://example.org/me"
    assert signals(words) == []
    assert [found.signal for found in judge(words, is_new=True, on=ALL)] == [Signal.CONTACT]


@pytest.mark.parametrize("words", ["you are a f*ck1ng fool", "you sh1t"])
def test_profane_words_are_noticed(words):
    assert signals(words) == ["profanity"]


@pytest.mark.parametrize(
    "words",
    [
        "Please pray for my mother, who has breast cancer", "My number is +44 20 7946 0958", "See https://example.org",
        "Jesus died for you", "I would die for my children", "dead to sin", "We will find you a church",
        "I was killed with kindness", "He lost his brother to suicide last year", "", "\u200b", "Prayed at 12:30, 2026-11-28",
    ],
)  # fmt: skip
def test_what_people_write_day_by_day_is_not(words):
    assert signals(words) == []


def test_a_signal_that_is_off_is_not_raised():
    assert judge("I will kill you", is_new=True, on=["self_harm"]) == []


def test_phrases_of_the_operator_are_noticed_in_any_language(tmp_path: Path):
    file = tmp_path / "phrases"
    file.write_text(
        "# ours\nthreat: ich bring dich um\nself_harm: no quiero vivir # or so\n", encoding="utf-8"
    )
    assert signals("Ich bring  dich UM!", phrases=str(file)) == ["threat"]
    assert signals("ya no quiero vivir", phrases=str(file)) == ["self_harm"]
    assert signals("no quiero vivirlo", phrases=str(file)) == []


def test_a_line_that_is_none_is_told_with_its_number(tmp_path: Path):
    file = tmp_path / "phrases"
    file.write_text("threat: one\nnonsense\n")
    with pytest.raises(ValueError, match="line 2"):
        own_phrases(str(file))


def test_few_verses_of_the_bible_are_taken_for_anything():
    """Of all 31,102: 169 profane, 3 threats, 2 of self-harm (`ready to die`), no contact details."""
    found = [signal for verse in verses()[::10] for signal in signals(verse)]
    assert len(found) <= 30
    assert found.count("profanity") >= len(found) - 2


def test_a_long_text_of_one_letter_is_no_trap():
    for words in ("a" * 10_000, "1 " * 5_000, "a@" * 5_000, "i " * 5_000, "www." * 2_500, "don't " * 1_600):
        signals(words)
    assert len(normal("x" * 100_000)) == 20_000
