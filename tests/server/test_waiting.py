"""The small queue and gate do what uvicorn asks of asyncio's."""

import asyncio

import pytest

from prayermap.server.waiting import Gate, Mailbox


async def test_letters_are_read_in_order_by_who_waits_and_by_who_comes_later():
    box = Mailbox()
    waiting = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    for letter in ("a", "b", "c"):
        box.put_nowait(letter)
    assert await waiting == "a"
    assert (await box.get(), box.empty(), await box.get(), box.empty()) == ("b", False, "c", True)


async def test_a_reader_that_is_cancelled_loses_no_letter():
    box = Mailbox()
    waiting = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    box.put_nowait("a")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await box.get() == "a"


async def test_gate_lets_all_through_when_it_opens_and_nobody_before():
    gate = Gate()
    await asyncio.wait_for(gate.wait(), 1)
    gate.clear()
    gate.clear()
    waiting = [asyncio.create_task(gate.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    done, pending = await asyncio.wait(waiting, timeout=0.05)
    assert (done, pending, gate.is_set()) == ({waiting[0]}, set(waiting[1:]), False)
    gate.set()
    gate.set()
    await asyncio.wait_for(asyncio.gather(*waiting[1:]), 1)
    assert gate.is_set()


async def test_who_is_woken_when_the_gate_is_shut_again_waits_on():
    gate = Gate()
    gate.clear()
    waiting = asyncio.create_task(gate.wait())
    await asyncio.sleep(0)
    gate.set()
    gate.clear()
    await asyncio.sleep(0.05)
    assert not waiting.done()
    gate.set()
    await asyncio.wait_for(waiting, 1)
