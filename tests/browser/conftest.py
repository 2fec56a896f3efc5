"""A server with its static files, and people of the staff at browsers of their own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import Playwright, sync_playwright

from accounts.models import User
from tests.browser.chromium import MISSING, PROGRAM, Seat, seat_in
from tests.factories import PASSWORD, make_user
from tests.messaging.actors import Actor
from tests.messaging.realtime.serving import ROOT, Server, environment
from tests.moderation.entering import code_of, make_person

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(600))
            if PROGRAM is None:
                item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Its loop runs in this thread, for which Django would refuse every query of a test."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield running


@pytest.fixture(scope="package")
def served(django_db_setup, tmp_path_factory) -> Iterator[Server]:
    """As in production: collected files, a second factor, DEBUG off."""
    directory = tmp_path_factory.mktemp("served")
    directory.chmod(0o755)
    settings = {"PRAYERMAP_DATA": str(directory), "LIMIT_SIGN_IN_IP": "100000/minute"}
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=environment(**settings), check=True)
    server = Server("daphne", directory / "server.log", **settings)
    server.settings = settings
    yield server.wait_until_ready()
    server.stop()


def fill_password(seat: Seat, user: User) -> None:
    """On the page that asks for it."""
    seat.page.get_by_label("Email").fill(user.email)
    seat.page.get_by_label("Password").fill(PASSWORD)
    seat.press("Sign in")


@dataclass
class Moderator:
    """Somebody of the staff with a second factor, in front of a browser."""

    user: User
    seat: Seat
    secret: str = field(default_factory=generate_totp_secret)

    def __post_init__(self) -> None:
        TOTP.activate(self.user, self.secret)
        EmailAddress.objects.create(user=self.user, email=self.user.email, verified=True, primary=True)

    def signs_in(self, path: str = "/admin/") -> "Moderator":
        page = self.seat.open(path)
        self.enters_a_password()
        self.enters_a_code()
        page.locator(".console-places").wait_for()
        return self

    def enters_a_password(self) -> None:
        fill_password(self.seat, self.user)

    def enters_a_code(self) -> None:
        """Again where its half minute was over before the server looked at it."""
        for _ in range(3):
            self.seat.page.get_by_role("textbox").fill(code_of(self.secret))
            self.seat.press("Sign In")
            if "/2fa/authenticate/" not in self.seat.page.url:
                return


@pytest.fixture
def take_a_seat(playwright, served, transactional_db, tmp_path) -> Iterator[Callable[..., Seat]]:
    """Further browsers. In none of them may anything go wrong unseen."""
    seats: list[Seat] = []
    with ExitStack() as stack:

        def take(**more: object) -> Seat:
            profile = tmp_path / f"profile{len(seats)}"
            seats.append(stack.enter_context(seat_in(playwright, profile, served.http, **more)))
            return seats[-1]

        yield take
        for seat in seats:
            assert (seat.strayed, seat.complaints) == ([], [])


@pytest.fixture
def staff(take_a_seat) -> Callable[..., Moderator]:
    """`staff("moderator", "Miriam")`: signed in, on the first page."""

    def come(role: str, name: str, **more: object) -> Moderator:
        return Moderator(make_person(role, name), take_a_seat(**more)).signs_in()

    return come


class Line:
    """What an actor's requests go through: the same server, since Playwright's loop has this thread."""

    def __init__(self, home: str) -> None:
        self._http = httpx.Client(base_url=home, timeout=90)

    def generic(self, method: str, path: str, data: bytes, content_type: str, **more: Any) -> httpx.Response:
        headers = {"Content-Type": content_type, **more["headers"]}
        return self._http.request(method, path, content=data, headers=headers)

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def line(served, transactional_db) -> Iterator[Line]:
    opened = Line(served.http)
    yield opened
    opened.close()


@pytest.fixture
def ruth(line) -> Actor:
    return Actor(make_user("Ruth"), line)


@pytest.fixture
def amos(line) -> Actor:
    return Actor(make_user("Amos"), line)


@pytest.fixture
def lydia(line) -> Actor:
    return Actor(make_user("Lydia"), line)


@pytest.fixture
def group(ruth, amos, lydia) -> str:
    conversation = ruth.group(amos, lydia)
    amos.say(conversation, "You are worth nothing")
    return conversation
