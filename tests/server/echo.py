"""A small ASGI application for the tests of the servers around it."""

import asyncio
import contextlib

from prayermap.lib import lifecycle


async def _say(word: str) -> None:
    print(word, flush=True)


lifecycle.on_start(lambda: _say("started"))
lifecycle.on_stop(lambda: _say("stopped"))


async def application(scope, receive, send) -> None:
    """Answer requests with the size of their body, "/slow" in a second; echo frames.

    "flood" is answered with 200 MB, "leave" with a close (4008) behind as much as the line takes, "vanish" with as much
    and nothing after it.
    """
    if scope["type"] == "http":
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
        if scope["path"] == "/slow":
            await asyncio.sleep(1)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(size).encode()})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await _echo(receive, send)


async def _echo(receive, send) -> None:
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["text"] == "flood":
            for _ in range(3_200):
                await send({"type": "websocket.send", "text": "x" * 65_536})
        elif message["text"] in {"leave", "vanish"}:
            await _fill(send)
            if message["text"] == "leave":
                await send({"type": "websocket.close", "code": 4008})
            return
        elif message["text"] == "sleep":
            await asyncio.sleep(60)
        else:
            await send({"type": "websocket.send", "text": message["text"]})


async def _fill(send) -> None:
    """Until a frame has not been taken for half a second; "leave" then waits for the client to read on."""
    with contextlib.suppress(TimeoutError):
        while True:
            await asyncio.wait_for(send({"type": "websocket.send", "text": "x" * 9_000}), 0.5)
