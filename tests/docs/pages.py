"""The written pages and what stands in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
_FENCE = re.compile(r"^```(?P<language>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The bodies of the fenced blocks of a page that are marked with this language."""
    text = (ROOT / page).read_text()
    return [found["body"] for found in _FENCE.finditer(text) if found["language"].strip() == language]


def section(page: str, heading: str) -> str:
    """The text below a heading, up to the next one of its level or a higher one."""
    text = (ROOT / page).read_text()
    level = heading.split(" ", 1)[0]
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, f"{page} has no heading {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", _without_fences(rest), maxsplit=1, flags=re.MULTILINE)[0]


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _without_fences(page.read_text())


def _without_fences(text: str) -> str:
    return _FENCE.sub("", text)
