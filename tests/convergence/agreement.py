"""Do a device, REST and PostgreSQL agree?"""

from typing import Any

from bench.replica import PERSONAL
from bench.rest import Problem
from tests.convergence.world import Device, World
from tests.messaging.lines import owner

LISTED = ("invited", "requested", "active")


async def disagreements(world: World) -> list[str]:
    """One line for each thing on which two of them differ; empty when all agree."""
    found: list[str] = []
    for room in world.rooms:
        rows = {row.seq: row for row in owner(_ROWS, room)}
        if sorted(rows) != list(range(1, len(rows) + 1)):
            found.append(f"{room}: seqs with holes: {sorted(rows)}")
        for device in world.devices:
            found += [f"{device.person.name} in {room}: {line}" for line in await _device(device, room, rows)]
    return found


_ROWS = """
SELECT m.seq, m.rev, m.state, m.content, m.edited_at IS NOT NULL AS is_edited FROM message m
WHERE m.conversation_id = %s ORDER BY m.seq
"""


async def _device(device: Device, room: str, rows: dict[int, Any]) -> list[str]:
    copy = device.replica.copies.get(room)
    try:
        conversation = await device.rest.call("GET", f"/conversations/{room}/")
    except Problem:
        return (
            ["the device still shows a conversation that is gone"]
            if copy is not None and copy.messages
            else []
        )
    if conversation["my_member"]["state"] != "active":
        return []
    assert copy is not None, "the device never heard of this conversation"
    found = []
    if copy.rev != conversation["rev"]:
        found.append(f"rev {copy.rev} on the device, {conversation['rev']} over REST")
    shown = await _history(device, room)
    both = sorted(shown.keys() | copy.messages.keys())
    pairs = [(seq, _known(copy.messages.get(seq)), _known(shown.get(seq))) for seq in both]
    found += [f"message {seq}: {_difference(mine, theirs)}" for seq, mine, theirs in pairs if mine != theirs]
    found += [
        f"message {seq}: REST and PostgreSQL differ" for seq in shown if not _is_stored(shown[seq], rows[seq])
    ]
    return found + await _members(device, room)


def _is_stored(message: dict[str, Any], row: Any) -> bool:
    told = (message.get("rev"), message["state"], message.get("content"))
    return message["state"] == "removed" or told == (row.rev, row.state, row.content)


async def _members(device: Device, room: str) -> list[str]:
    copy = device.replica.copy(room)
    page = await device.rest.call("GET", f"/conversations/{room}/members/?limit=100")
    theirs = {member["id"]: member for member in page["results"]}
    mine = {id_: member for id_, member in copy.members.items() if member["state"] in LISTED}
    return [] if mine == theirs else [f"members: {_difference(mine, theirs)}"]


async def _history(device: Device, room: str) -> dict[int, dict[str, Any]]:
    shown: dict[int, dict[str, Any]] = {}
    after = 0
    while True:
        page = await device.rest.call("GET", f"/conversations/{room}/messages/?after={after}&limit=100")
        shown |= {message["seq"]: message for message in page["results"]}
        if not page["next"]:
            return shown
        after = max(shown)


def _known(message: dict[str, Any] | None) -> dict[str, Any] | None:
    """Without what is a viewer's own, and without what is resolved anew at each reading: what a quote shows, and the
    name of a sender who may have taken another one since, which devices know from the member.
    """
    if message is None or message["state"] == "removed":
        return message and {"seq": message["seq"], "state": "removed"}
    kept = {key: value for key, value in message.items() if key not in PERSONAL}
    if message["sender"] is not None:
        del kept["sender_name"]
    kept["reactions"] = [(each["emoji"], each["count"]) for each in message["reactions"]]
    kept["reply_to"] = message["reply_to"] and message["reply_to"]["seq"]
    return kept


def _difference(mine: Any, theirs: Any) -> str:
    if not isinstance(mine, dict) or not isinstance(theirs, dict):
        return f"device {mine}, REST {theirs}"
    keys = [key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)]
    return ", ".join(f"{key}: device {mine.get(key)!r}, REST {theirs.get(key)!r}" for key in sorted(keys))
