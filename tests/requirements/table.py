"""The table as Markdown, and the tests that there are."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "requirements.md"
HEAD = """# What was asked for, and the test that proves it

Made by `python -m tests.requirements` from `tests/requirements/lines.py`; a test fails when a name in it is no test or
this page is older than it. Numbers are those of the requirements list; a D is a defect of the first sketch that must
not come back, an L a lesson from what users of comparable systems complain about.

"""


class Line(NamedTuple):
    """A requirement or defect, in our words, with the tests that prove it (`file::name` below tests/)."""

    number: str
    words: str
    tests: list[str]


def existing() -> set[str]:
    """Every test function of the suite, methods by their class too, as `file::name`."""
    found = set()
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        file = str(path.relative_to(ROOT / "tests"))
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found.add(f"{file}::{node.name}")
    return found


def page(sections: dict[str, list[Line]]) -> str:
    parts = [HEAD.rstrip() + "\n"]
    for title, lines in sections.items():
        rows = [f"| {line.number} | {line.words} | {_tests(line)} |" for line in lines]
        parts.append(
            "\n".join([f"## {title}\n", "| | asked for | proved by |", "|---|---|---|", *rows]) + "\n"
        )
    return "\n".join(parts)


def _tests(line: Line) -> str:
    return "<br>".join(f"`{test}`" for test in line.tests)
