"""The pages hang together: links lead somewhere, every decision is listed, nothing is marked to be done."""

import json
import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, blocks, prose

_LINK = re.compile(r"\]\(([^)\s]+)\)")
BOOKS = [page for page in PAGES if page.parent.name != "bench"]


def anchors(page: Path) -> set[str]:
    """Headings as the usual hosts turn them into fragments."""
    titles = re.findall(r"^#{1,6} (.+)$", prose(page), re.MULTILINE)
    plain = (re.sub(r"[`*]|\[|\]\([^)]*\)", "", title).lower() for title in titles)
    return {re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "-") for title in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    broken = []
    for target in _LINK.findall(prose(page)):
        if target.startswith("https://"):
            continue
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (fragment and fragment not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_decision_is_listed():
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    listed = re.findall(r"decisions/([\w-]+\.md)", (ROOT / "docs" / "README.md").read_text())
    assert listed == [file.name for file in files]
    assert [file.name for file in files if not file.name.startswith(f"{files.index(file) + 1:04d}-")] == []


@pytest.mark.parametrize("page", BOOKS, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_of_json_are_json(page):
    for example in blocks(str(page.relative_to(ROOT)), "json"):
        json.loads(example)


def test_paths_that_pages_name_exist():
    named = {
        (page.name, path)
        for page in BOOKS
        for path in re.findall(
            r"`((?:prayermap|accounts|messaging|prayers|tests|bench|docs)/[\w/.]*)`", prose(page)
        )
        if "NNNN" not in path
    }
    assert sorted(path for path in named if not (ROOT / path[1]).exists()) == []


def test_every_endpoint_of_the_guide_exists():
    """docs/rest.md leaves no address out."""
    from accounts.urls import urlpatterns as accounts
    from messaging.urls import urlpatterns as messaging
    from moderation.urls import urlpatterns as moderation
    from notifications.urls import urlpatterns as notifications
    from prayers.urls import urlpatterns as prayers

    def shape(path: str) -> str:
        return re.sub(r"<[^>]+>|\{[^}]+\}", "*", path)

    text = prose(ROOT / "docs" / "rest.md").replace("`decline/`", "`conversations/{id}/decline/`")
    text = text.replace("`join/`", "`conversations/{id}/join/`").replace(
        "…/{seq}/", "conversations/{id}/messages/{seq}/"
    )
    named = {shape(path) for path in re.findall(r"[\w/{}.-]+/(?=[`? ])", text)}
    apps = (accounts, notifications, prayers, messaging, moderation)
    real = {shape(str(entry.pattern)) for app in apps for entry in app}
    assert sorted(real - named - {"asyncapi.json", "asyncapi/"}) == []


def test_every_error_code_is_explained():
    from prayermap.lib.errors import BY_CODE

    explained = set(re.findall(r"^\| `(\w+)` \| \d{3} \|", prose(ROOT / "docs" / "rest.md"), re.MULTILINE))
    assert explained == set(BY_CODE)


def test_every_frame_and_close_code_is_explained():
    from messaging.realtime import sockets
    from messaging.schemas.frames import CLIENT_FRAMES, SERVER_FRAMES

    text = prose(ROOT / "docs" / "socket.md")
    assert [name for name in (*CLIENT_FRAMES, *SERVER_FRAMES) if f"`{name}`" not in text] == []
    codes = {value for value in vars(sockets).values() if isinstance(value, int) and 4000 <= value < 4600}
    assert sorted(code for code in codes - {4500} if f"| {code} |" not in text) == []


def test_make_is_called_as_the_makefile_allows():
    makefile = (ROOT / "Makefile").read_text()
    text = "\n".join(page.read_text() for page in PAGES)
    # At the start of a line or of a code span; "make" is also a verb.
    called = re.findall(
        r"^ *(?:`|    )?make (\w+)((?: [A-Z]+=)?)|`make (\w+)((?: [A-Z]+=)?)", text, re.MULTILINE
    )
    targets = {first or second for first, _, second, _ in called}
    variables = {(first or second).strip(" =") for _, first, _, second in called} - {""}
    assert {"run", "test", "lint", "bench"} <= targets
    assert [name for name in targets if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []
    assert [name for name in variables if not re.search(rf"^{name} =", makefile, re.MULTILINE)] == []


def test_privacy_page_lists_every_table_of_which_something_is_kept():
    from moderation.privacy.registry import TRACES

    cells = re.findall(r"^\| (`[\w`, ]+`) \|", prose(ROOT / "docs" / "privacy.md"), re.MULTILINE)
    listed = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(listed) == sorted({trace.table for trace in TRACES if trace.kept})
