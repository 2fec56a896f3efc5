"""Python and PostgreSQL agree on what is blank."""

import sys
import unicodedata

import pytest

from prayermap.lib.text import is_blank
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db
SURROGATES = range(0xD800, 0xE000)


def test_every_code_point_is_blank_in_both_or_in_none(db):
    seen = owner(
        "SELECT n FROM generate_series(1, 1114111) n WHERE n NOT BETWEEN 55296 AND 57343 AND NOT has_visible(chr(n))"
    )
    here = [n for n in range(1, sys.maxunicode + 1) if n not in SURROGATES and is_blank(chr(n))]
    assert [row.n for row in seen] == here


def test_everything_that_unicode_calls_empty_is_blank():
    missing = [
        hex(n)
        for n in range(sys.maxunicode + 1)
        if unicodedata.category(chr(n)) in {"Zs", "Zl", "Zp", "Cc", "Cf"} and not is_blank(chr(n))
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("", True),
        (" \t\n\r\x0b\x0c\x1c\x85\xa0", True),
        ("\u200b\u200d\ufeff\u2060\u00ad", True),
        ("\u3164\u2800\u115f\uffa0", True),
        ("\ufe0f", True),  # a variation selector alone
        ("\U000e0001\U000e0041", True),
        ("a", False),
        (" \u200b.", False),
        ("\u0301", False),  # a combining mark shows on a dotted circle
        ("\U0001f468\u200d\U0001f469", False),
        ("\u2764\ufe0f", False),
    ],
)
def test_blank_text(text, blank):
    assert is_blank(text) is blank
