"""Strict reading of bodies and query strings, and paging."""

from typing import Annotated

import msgspec
import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from prayermap.lib.errors import Invalid
from prayermap.lib.http.reading import decode
from prayermap.lib.http.views import query_bool, query_int, query_uuids


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    number: int


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(max_length=3)]
    many: list[Inner] = []
    free: dict[str, object] = {}


def faults(raw):
    with pytest.raises(Invalid) as refused:
        decode(raw, Shape)
    return refused.value.errors


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"{}", "text"),
        (b'{"text": 1}', "text"),
        (b'{"text": "long"}', "text"),
        (b'{"text": "x", "many": [{"number": 1}, {"number": "2"}]}', "many[1].number"),
        (b'{"text": "x", "many": [{}]}', "many[...].number"),
        (b'{"text": "x", "other": 1}', "other"),
        (rb'{"text": "\u0000"}', "text"),
        (rb'{"text": "x", "free": {"a": ["b\u0000"]}}', "free.a[0]"),
        (b"[]", "non_field_errors"),
    ],
)
def test_a_fault_is_told_by_its_field(raw, field):
    found = faults(raw)
    assert [name.replace("[0]", "[...]") if "many" in name else name for name in found] == [field]


def test_an_escaped_backslash_before_u0000_is_no_nul():
    assert decode(rb'{"text": "x", "free": {"a": "\\u0000"}}', Shape).free == {"a": r"\u0000"}


def query(text):
    return Request(APIRequestFactory().get(f"/?{text}"))


@pytest.mark.parametrize(
    "raw", ["", "-1", "+1", "1.0", "1e3", "\u0663", "11", " 1", "0" * 30, "0" * 30 + "9" * 30, "9" * 9_999]
)
def test_a_number_outside_its_range_is_refused(raw):
    with pytest.raises(Invalid):
        query_int(query(f"n={raw}".replace("+", "%2B")), "n", None, low=0, high=10)


def test_query_values_are_read():
    assert query_int(query("n=10"), "n", None, low=0, high=10) == 10
    assert query_int(query(""), "n", 5, low=0, high=10) == 5
    assert [query_bool(query(text), "b") for text in ("b=true", "b=false", "")] == [True, False, None]
    assert query_uuids(query("ids="), "ids", most=1) == []
