"""What people prayed and answered, under their names and without."""

from __future__ import annotations

from django.db.models import Model, Q

from moderation.privacy.subject import OWNER, Part, Subject
from moderation.privacy.traces import ByFunction, Deleted, Trace, Whose, of_account
from prayers.models import (
    MemorialConnection,
    MemorialEnd,
    Prayer,
    PrayerAuthor,
    PrayerResponse,
    PrayerResponseAuthor,
)
from prayers.services.erasing import ERASED, erase_line_ends, erase_prayers, erase_responses


def _sealed(place: str, column: str = "user") -> Whose:
    """Sealed rows of the person: all of them, or those of one prayer."""

    def whose(subject: Subject) -> Q | None:
        if subject.part is Part.NAMED:
            return None
        mine = Q(**{column: subject.user})
        return mine if subject.part is Part.WHOLE else mine & Q(**{f"{place}__in": subject.prayers})

    return whose


def _behind(sealed: type[Model], whose: Whose) -> Whose:
    """The anonymous rows that such sealed rows speak of."""

    def rows(subject: Subject) -> Q | None:
        found = whose(subject)
        if found is None:
            return None
        return Q(pk__in=sealed._base_manager.using(OWNER).filter(found).values("pk"))

    return rows


_my_prayers, _my_responses = _sealed("prayer"), _sealed("response__prayer")
_my_lines = _sealed("prayer", "responder")
_NOBODY = "names nobody"
_LINE_COLUMNS = (
    "id prayer_id from_latitude from_longitude is_shown created_at expires_at changed_at from_cell"
)
_UNDER_IT = "others' words stand below it"
_HOLLOW = Q(title=ERASED, body=ERASED, place_name="", grid_latitude=None)
_EMPTIED = frozenset({"title", "body", "place_name", "grid_latitude", "grid_longitude", "cell"})
_PRAYER_KEEPS = {
    "id": _UNDER_IT,
    "author_id": "the hollow account, where it stood under a name",
    "is_anonymous": "was shown so",
    "kind": "was shown so",
    "status": "closed now, or answered as it was",
    "answered_at": "was shown so",
    "response_count": "counts others' words",
    "prayed_count": "counts others' deeds",
    "is_hidden": "a deed of a member of staff",
    "created_at": _UNDER_IT,
    "changed_at": "lets maps learn that the place is gone",
}
_PRAYER_SHOWN = (
    "id", "is_anonymous", "kind", "title", "body", "grid_latitude", "grid_longitude", "place_name", "status",
    "answered_at", "response_count", "prayed_count", "is_hidden", "created_at",
)  # fmt: skip
_PRAYER_HIDDEN = {
    "author_id": "the person",
    "changed_at": "says the same as the others, for the map",
    "cell": "says the same as the place, for the map",
}
_RESPONSE_SHOWN = ("id", "prayer_id", "is_anonymous", "kind", "content", "is_hidden", "created_at")
_RESPONSE_HIDDEN = {"author_id": "the person"}

TRACES: tuple[Trace, ...] = (
    ByFunction(
        model=PrayerResponse, whose=of_account("author"), function=erase_responses,
        shown=_RESPONSE_SHOWN, hidden=_RESPONSE_HIDDEN,
    ),
    ByFunction(
        model=PrayerResponse, whose=_behind(PrayerResponseAuthor, _my_responses), function=erase_responses,
        shown=_RESPONSE_SHOWN, hidden=_RESPONSE_HIDDEN,
    ),
    Deleted(
        model=PrayerResponseAuthor,
        whose=_my_responses,
        shown=("response_id",),
        hidden={"user_id": "the person"},
    ),
    ByFunction(
        model=Prayer, whose=of_account("author"), function=erase_prayers, hollow=_HOLLOW, columns=_EMPTIED,
        kept=_PRAYER_KEEPS, shown=_PRAYER_SHOWN, hidden=_PRAYER_HIDDEN,
    ),
    ByFunction(
        model=Prayer, whose=_behind(PrayerAuthor, _my_prayers), function=erase_prayers, hollow=_HOLLOW,
        columns=_EMPTIED, kept=_PRAYER_KEEPS, shown=_PRAYER_SHOWN, hidden=_PRAYER_HIDDEN,
    ),
    Deleted(
        model=PrayerAuthor,
        whose=_my_prayers,
        shown=("prayer_id",),
        hidden={"user_id": "the person"},
    ),
    ByFunction(
        model=MemorialConnection,
        whose=_behind(MemorialEnd, _my_lines),
        function=erase_line_ends,
        hollow=Q(to_latitude=None),
        columns=frozenset({"to_latitude", "to_longitude", "to_cell"}),
        kept=dict.fromkeys(_LINE_COLUMNS.split(), _NOBODY),
        shown=("id", "prayer_id", "to_latitude", "to_longitude", "created_at", "expires_at"),
        hidden={
            "from_latitude": "stands with the prayer",
            "from_longitude": "stands with the prayer",
            "from_cell": "stands with the prayer",
            "to_cell": "says the same as the place, for the map",
            "is_shown": "work of the server's",
            "changed_at": "says the same as the others, for the map",
        },
    ),
    Deleted(
        model=MemorialEnd,
        whose=_my_lines,
        shown=("connection_id", "prayer_id"),
        hidden={"responder_id": "the person"},
    ),
)  # fmt: skip

IMPERSONAL: dict[str, str] = {}
