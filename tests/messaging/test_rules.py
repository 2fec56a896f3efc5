"""Predicates without a query."""

import pytest

from messaging.rules import is_bible_reference


@pytest.mark.parametrize(
    "text", ["John 3:16", "Psalm 23", "1 Corinthians 13:4-7", "Genesis 1:1 - 2:3", "Jude 1:3", "Song of Solomon 2:1",
             "Psalm 119:176", "Rev 22:21", "John 3:16\u201318", "Psalm 100", "Genesis 10:10"]
)  # fmt: skip
def test_a_real_reference_is_one(text):
    assert is_bible_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "John",
        "John 99:1",
        "Psalm 151",
        "Hezekiah 1:1",
        "3:16",
        "see John",
        "John 3:999",
        "\0",
        "John 3:0",
        "John 0",
        "John 0:1",
        "Psalm 0",
        "Jude 0",
        "Genesis 1:0-5",
        "Psalm 00",
    ],
)
def test_anything_else_is_none(text):
    assert not is_bible_reference(text)
