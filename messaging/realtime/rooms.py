"""A conversation in this process: who of its members is connected here, and up to which `rev` they were told."""

from __future__ import annotations

import heapq
from uuid import UUID

from messaging.events import MemberEvent, RoomEvent

from .sockets import Socket

OrderedEvent = RoomEvent | MemberEvent
MAX_HELD = 256


class Room:
    """Events leave in the order of `rev`, each once. A later one is held until the gap is filled.

    Two processes (or REST and the writer) commit and publish independently, so news may overtake each other.
    """

    __slots__ = (
        "_held", "active_count", "floors", "id", "is_direct", "late", "members", "receipts", "rev", "seq", "sockets",
        "typing",
    )  # fmt: skip

    def __init__(self, conversation: str) -> None:
        self.id = conversation
        self.rev: int | None = None  # unknown until it was read from PostgreSQL
        self.seq = 0  # of the newest message that was told here
        self.sockets: dict[Socket, None] = {}
        self.members: dict[UUID, str] = {}  # member ids by user, of those who are connected here
        self.floors: dict[UUID, int] = {}  # the first seq that who came later may see
        self.typing: dict[str, tuple[str, UUID, int]] = {}  # name, user, Unix ms of the end by member id
        self.receipts: dict[str, RoomEvent] = {}  # of a large group: gathered, to be told together
        #: As it was when somebody here entered last; nothing exact hangs on it.
        self.active_count = 0
        self.is_direct = False
        #: Sockets that entered at a later `rev` than was told here: what lies below it was not for them.
        self.late: dict[Socket, int] = {}
        self._held: list[tuple[int, int, OrderedEvent]] = []

    def start_at(self, rev: int, latest_seq: int = 0) -> list[OrderedEvent]:
        """The first reading of both; returns what may leave now."""
        if self.rev is None:
            self.rev, self.seq = rev, latest_seq
        return self._ready()

    def take(self, event: OrderedEvent) -> list[OrderedEvent]:
        """Add an event; returns those that may leave now, in order (none for one that has left before)."""
        if self.rev is None or event.rev is None or event.rev > self.rev:
            heapq.heappush(self._held, (event.rev or 0, id(event), event))
        return self._ready()

    def skip_to(self, rev: int) -> list[OrderedEvent]:
        """The gap up to `rev` was filled from PostgreSQL."""
        self.rev = max(self.rev or 0, rev)
        return self._ready()

    @property
    def has_gap(self) -> bool:
        return self.rev is not None and bool(self._held)

    @property
    def is_overfull(self) -> bool:
        return len(self._held) > MAX_HELD

    def add(self, socket: Socket, member: str, rev: int, visible_from: int) -> None:
        """A socket of an active member, whose membership was read at `rev`."""
        if visible_from > 1:
            self.floors[socket.user] = visible_from
        if self.rev is not None and rev > self.rev and socket not in self.sockets:
            self.late[socket] = rev
        self.members[socket.user] = member
        self.sockets[socket] = None

    def sees(self, user: UUID, seq: int) -> bool:
        """Whether this message, or what it quotes, lies within the time of somebody here."""
        return self.floors.get(user, 1) <= seq

    @property
    def reader(self) -> UUID:
        """Who of those connected here sees furthest back."""
        return min(self.members, key=lambda user: self.floors.get(user, 1))

    def is_for(self, socket: Socket, rev: int | None) -> bool:
        return rev is None or rev > self.late.get(socket, 0)

    def forget_late(self) -> None:
        """Those for whom everything that comes from now on is meant."""
        self.late = {socket: rev for socket, rev in self.late.items() if rev > (self.rev or 0)}

    def drop_user(self, user: UUID) -> None:
        self.members.pop(user, None)
        self.floors.pop(user, None)
        for socket in [socket for socket in self.sockets if socket.user == user]:
            socket.rooms.discard(self.id)
            self.late.pop(socket, None)
            del self.sockets[socket]

    def drop_socket(self, socket: Socket) -> None:
        self.sockets.pop(socket, None)
        self.late.pop(socket, None)
        if not any(other.user == socket.user for other in self.sockets):
            self.members.pop(socket.user, None)
            self.floors.pop(socket.user, None)

    def user_of(self, member: str) -> UUID | None:
        """The connected person behind a member id."""
        return next((user for user, own in self.members.items() if own == member), None)

    def _ready(self) -> list[OrderedEvent]:
        ready: list[OrderedEvent] = []
        while self.rev is not None and self._held and self._held[0][0] <= self.rev + 1:
            rev, _, event = heapq.heappop(self._held)
            if rev == self.rev + 1:
                self.rev = rev
                ready.append(event)
        return ready
