"""Server processes, people and their devices. Tests run against a server as clients see it."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from tests.messaging.realtime.device import Devices
from tests.messaging.realtime.people import Circle, Person, make_person
from tests.messaging.realtime.serving import Server, Servers

BOTH = ("daphne", "uvicorn")


@pytest.fixture(scope="package")
def processes(django_db_setup, tmp_path_factory) -> Iterator[Servers]:
    running = Servers(tmp_path_factory.mktemp("servers"))
    yield running
    running.stop()


@pytest.fixture
def kind(request) -> str:
    """Which server; `@pytest.mark.parametrize("kind", BOTH, indirect=True)` asks for both."""
    return getattr(request, "param", "daphne")


@pytest.fixture
def lowered(request) -> dict[str, str]:
    """Settings of the test's server; give them with `@pytest.mark.parametrize(..., indirect=True)`."""
    return getattr(request, "param", {})


@pytest.fixture
def server(processes, kind, lowered, transactional_db) -> Server:
    return processes.get(kind, **lowered)


@pytest.fixture
def second(processes, transactional_db) -> Server:
    """Another process, of the other kind, on the same PostgreSQL and Valkey."""
    return processes.get("uvicorn")


@pytest_asyncio.fixture
async def circle(server) -> AsyncIterator[Circle]:
    async with httpx.AsyncClient(base_url=server.http, timeout=20) as http:
        yield Circle(http)


@pytest_asyncio.fixture
async def devices(server, circle) -> AsyncIterator[Devices]:
    opened = Devices(server, circle)
    yield opened
    await opened.close()


@pytest.fixture
def ruth(transactional_db) -> Person:
    return make_person("Ruth")


@pytest.fixture
def amos(transactional_db) -> Person:
    return make_person("Amos")


@pytest.fixture
def lydia(transactional_db) -> Person:
    return make_person("Lydia")


@pytest.fixture
def naomi(transactional_db) -> Person:
    return make_person("Naomi")
