"""Names that people may carry."""

import pytest

from prayermap.lib.text import check_name


@pytest.mark.parametrize(
    "name",
    [
        "Ruth",
        "R",
        "x" * 100,
        "\u05e8\u05d5\u05ea",
        "Jos\u00e9 \U0001f64f",
        "O'Neill",
        "Someone Else",
        "Arnold",
        "Morning",
    ],
)
def test_a_name_is_kept(name):
    assert check_name(name) == name


def test_a_name_is_trimmed_and_normalised():
    assert check_name("  Jose\u0301 ") == "Jos\u00e9"


@pytest.mark.parametrize(
    "name",
    ["", " ", "x" * 101, "\u200b", "\ufe0f", "a\nb", "a\0b", "a\u202eb", "a\u2066b", "a\u200fb", "a\u2028b", "Someone",
     "some one", "S0meone", "\u0405omeone", "\uff33omeone", "Moderator", "m\u043ederator", "PrayerMap", "Prayer-Map",
     "Pr\u0430yerMap", "PRAYERMAP", "So\u0301meone", "\U0001d412omeone", "Someone\u3164", "PrayerMap\uffa0",
     "\u3164Moderator", "Some\u3164one", "\u13daOMEONE", "\uabaaomeone", "\ua4e2omeone", "S\U000104c2meone",
     "S\U00010404meone", "Som\u1d07one", "S\u1d0fmeone", "Sorneone", "rnoderator",
     "S\u03c3meone", "S\u03a3meone", "Som\u212eon\u04bd", "Pra\u04aferMap"],
)  # fmt: skip
def test_a_name_that_misleads_is_refused(name):
    with pytest.raises(ValueError, match=r"\."):
        check_name(name)
