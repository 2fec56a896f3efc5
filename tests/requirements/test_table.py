"""The table of requirements tells the truth about the suite."""

from tests.requirements.lines import SECTIONS
from tests.requirements.table import PAGE, existing, page

LINES = [line for lines in SECTIONS.values() for line in lines]


def test_every_test_that_is_named_exists():
    known = existing()
    assert [test for line in LINES for test in line.tests if test not in known] == []


def test_every_line_names_a_test_and_stands_once():
    assert [line.number for line in LINES if not line.tests] == []
    numbers = [line.number for line in LINES]
    assert sorted(numbers) == sorted(set(numbers))


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == page(SECTIONS), "run: python -m tests.requirements"
