"""A Chromium that this machine has, kept from the rest of the world."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, Request

PROGRAM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
#: Why these tests are left out where there is none, and since when.
MISSING = "2026-11-28: no Chromium here; `apt-get install chromium`, or name one with CHROMIUM"
#: A machine that is busy with other tests takes its time; who waits for what isn't there waits that long once.
PATIENCE_MS = int(os.environ.get("PATIENCE_MS", "90000"))

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
TELEPHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


class Seat:
    """One browser with nobody's cookies in it, in front of one server, and what went wrong in it.

    `strayed`: requests to anywhere else; `complaints`: errors of scripts and of the content security policy.
    """

    def __init__(self, context: BrowserContext, page: Page, home: str) -> None:
        self.context, self.page, self.home = context, page, home
        self.strayed: list[str] = []
        self.complaints: list[str] = []
        context.on("request", self._look_at)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.home}{path}")
        return self.page

    def press(self, name: str) -> Page:
        """A button or a link, by what stands on it; the page that it leads to."""
        return press(self.page, name)

    def said(self) -> list[str]:
        """What the page says about the last step."""
        found = self.page.locator(".messagelist li")
        found.first.wait_for()
        return found.all_inner_texts()

    def is_wider_than_its_window(self) -> bool:
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        )

    def _look_at(self, request: Request) -> None:
        if not request.url.startswith((f"{self.home}/", "data:", "about:")):
            self.strayed.append(request.url)


def press(page: Page, name: str) -> Page:
    """The same on any page. Waits for the next one: what this one says may look like what the next will say."""
    found = page.get_by_role("button", name=name, exact=True).or_(
        page.get_by_role("link", name=name, exact=True)
    )
    with page.expect_navigation():
        found.click()
    return page


@contextmanager
def seat_in(playwright: Playwright, profile: Path, home: str, **more: object) -> Iterator[Seat]:
    """A new browser with a profile of its own."""
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=PROGRAM,
        args=list(ARGUMENTS),
        headless=True,
        viewport=more.pop("viewport", DESK),
        timeout=PATIENCE_MS,
        **more,
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield Seat(context, context.pages[0], home)
    finally:
        context.close()
