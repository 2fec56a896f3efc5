"""Files through real servers: large ones in little memory, parts, and links in frames."""

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.messaging.realtime.conftest import BOTH
from tests.messaging.realtime.people import text
from tests.uploads import films, pictures

pytestmark = pytest.mark.parametrize("kind", BOTH, indirect=True)

#: Above what a process holds while 90 MB pass through it: buffers, and a picture library that was loaded.
GROWTH_MB = 40
LARGE = 94_371_840


def large_film() -> bytes:
    return films.movie() + films.box(b"free", bytes(LARGE))


async def put(circle, person, data, *, status=201, **more):
    answer = await circle.http.post(
        "/api/v1/attachments/",
        files={"file": ("a", io.BytesIO(data))},
        headers=person.headers,
        timeout=60,
        **more,
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def get(circle, url, person=None, **headers):
    return await circle.http.get(url, headers=(person.headers if person else {}) | headers, timeout=60)


@asynccontextmanager
async def watched(server, limit=GROWTH_MB) -> AsyncIterator[None]:
    """The server's memory may not grow by more meanwhile."""
    before, most, done = server.megabytes(), [0], asyncio.Event()

    async def watch():
        while not done.is_set():
            most[0] = max(most[0], server.megabytes())
            await asyncio.sleep(0.01)

    task = asyncio.create_task(watch())
    yield
    done.set()
    await task
    assert most[0] - before < limit, f"grew from {before} to {most[0]} MB"


async def test_a_large_film_passes_through_in_little_memory(server, circle, ruth):
    await put(circle, ruth, pictures.png())  # libraries are loaded
    data = large_film()
    async with watched(server):
        made = await put(circle, ruth, data)
    assert (made["content_type"], made["size"]) == ("video/mp4", len(data))
    async with watched(server):
        answer = await get(circle, made["url"])
    assert (answer.status_code, len(answer.content)) == (200, len(data))


async def test_a_client_that_does_not_read_its_film_costs_no_memory(server, circle, ruth):
    made = await put(circle, ruth, large_film())
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        async with watched(server):
            raw.sendall(f"GET {made['url']} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            await asyncio.sleep(2)
        raw.settimeout(20)
        received = 0
        while received < LARGE:
            received += len(await asyncio.to_thread(raw.recv, 1_048_576))
    assert (await get(circle, made["url"], Range="bytes=0-9")).status_code == 206


async def test_ranges_and_conditions(circle, ruth):
    made = await put(circle, ruth, films.movie())
    whole = await get(circle, made["url"])
    assert (whole.status_code, whole.headers["accept-ranges"], len(whole.content)) == (
        200,
        "bytes",
        made["size"],
    )
    for asked, part in (("bytes=10-19", whole.content[10:20]), ("bytes=-7", whole.content[-7:])):
        answer = await get(circle, made["url"], Range=asked)
        assert (answer.status_code, answer.content) == (206, part)
        assert answer.headers["content-length"] == str(len(part))
    assert (await get(circle, made["url"], Range="bytes=99999-")).status_code == 416
    etag = whole.headers["etag"]
    part = await get(circle, made["url"], Range="bytes=1-2", **{"If-Range": etag})
    assert (part.status_code, part.content) == (206, whole.content[1:3])
    assert (await get(circle, made["url"], Range="bytes=1-2", **{"If-Range": '"x"'})).content == whole.content
    kept = await get(circle, made["url"], **{"If-None-Match": etag})
    assert (kept.status_code, kept.content) == (304, b"")
    head = await circle.http.head(made["url"])
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(made["size"]), b"")


async def test_a_form_may_come_without_its_length(circle, ruth):
    request = circle.http.build_request("POST", "/api/v1/attachments/", files={"file": ("a", pictures.png())})
    body, content_type = request.read(), request.headers["content-type"]

    async def pieces():
        for at in range(0, len(body), 1_000):
            yield body[at : at + 1_000]

    answer = await circle.http.post(
        "/api/v1/attachments/", content=pieces(), headers=ruth.headers | {"content-type": content_type}
    )
    assert (answer.status_code, answer.json()["content_type"]) == (201, "image/png")


async def test_large_bodies_are_taken_at_one_address_from_people_alone(server, circle, ruth):
    large = b"x" * 40_000_000
    for path, headers in (
        ("/api/v1/me/", ruth.headers),
        ("/api/v1/attachments/", {}),
        ("/api/v1/attachments/", {"Authorization": "Bearer nonsense"}),
        ("/api/v1/attachments/x/", ruth.headers),
    ):
        assert await refused(server, path, headers, len(large)) == 413
    assert (await put(circle, ruth, large, status=400))["code"] == "invalid"
    assert await refused(server, "/api/v1/attachments/", ruth.headers, 110_000_000) == 413


async def refused(server, path, headers, length) -> int:
    """The status of a request whose body is announced and never sent."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]

    def ask() -> int:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
            raw.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            return int(raw.recv(100).split()[1])

    return await asyncio.to_thread(ask)


async def test_a_file_in_a_frame_opens_for_whoever_signs(circle, devices, ruth, amos, lydia):
    conversation = await circle.pair(ruth, amos)
    sending, reading = await devices(ruth), await devices(amos)
    made = await put(circle, ruth, pictures.jpeg())
    body = text(conversation, "Look", type="image", attachment=made["id"])
    answer = (await sending.ask("message.send", body))["data"]
    assert (await get(circle, answer["attachment"]["url"])).status_code == 200
    shown = (await reading.message("Look"))["data"]["message"]["attachment"]
    assert shown == answer["attachment"] | {
        "url": f"/api/v1/attachments/{made['id']}/file/",
        "thumbnail_url": f"/api/v1/attachments/{made['id']}/thumbnail/",
    }
    statuses = [(await get(circle, shown["url"], person)).status_code for person in (amos, ruth, lydia, None)]
    assert statuses == [200, 200, 404, 401]
    again = (await sending.ask("message.send", body))["data"]
    assert (again["duplicate"], again["attachment"]) == (True, answer["attachment"])


async def test_a_file_of_another_kind_is_an_error_with_its_field(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    sending = await devices(ruth)
    made = await put(circle, ruth, pictures.jpeg())
    answer = await sending.ask(
        "message.send", text(conversation, "Look", type="video", attachment=made["id"])
    )
    assert (answer["type"], list(answer["data"]["errors"])) == ("error", ["attachment"])
