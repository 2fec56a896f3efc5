"""What every role is answered at every address of the admin site, and docs/roles.md, which is made of it."""

from moderation.enums import Right
from moderation.models.decision import BREAKABLE, FOUR_EYES
from moderation.rules import OFFERED, UNDOABLE, may_approve, may_undo, rights_of
from tests.messaging.realtime.serving import ROOT
from tests.moderation.addresses import CONSOLE, Address, shapes
from tests.moderation.entering import ROLES

PAGE = ROOT / "docs" / "roles.md"
_MODERATOR = {
    "account", "account.emailaddress", "accounts", "accounts.block", "accounts.session", "accounts.user", "messaging",
    "messaging.conversation", "messaging.message", "messaging.participant", "prayers", "prayers.memorialconnection",
    "prayers.prayer",
    "prayers.prayerresponse",
}  # fmt: skip
#: Apps and models whose lists and pages a role sees. A superuser sees all.
LISTS = {
    "moderator": _MODERATOR,
    "senior moderator": _MODERATOR,
    "privacy officer": {"account", "account.emailaddress", "accounts", "accounts.session", "accounts.user"},
    "administrator": {
        "account", "account.emailaddress", "accounts", "accounts.session", "accounts.user", "admin", "admin.logentry",
        "auth", "auth.group", "mfa", "mfa.authenticator", "procrastinate", "procrastinate.procrastinatejob",
    },
}  # fmt: skip
STAFF = {*LISTS, "superuser"}
_CASES = {"moderator", "senior moderator", "superuser"}
_PRIVACY = {"privacy officer", "superuser"}
#: The console's own pages, and who is answered with one.
CONSOLE_PAGES = {
    "case_queue": _CASES,
    "case_page": _CASES,
    "case_decide": _CASES,
    "insights": {"senior moderator", "administrator", "superuser"},
    "insights_csv": {"senior moderator", "administrator", "superuser"},
    "privacy": _PRIVACY,
    "erasure_certificate": _PRIVACY,
    "archive": _PRIVACY,
    "archive_hold": _PRIVACY,
    "archive_release": _PRIVACY,
    "archive_month_archive": _PRIVACY,
    "archive_month_restore": _PRIVACY,
    "archive_find": _PRIVACY,
    "archive_conversation_archive": _PRIVACY,
    "archive_conversation_restore": _PRIVACY,
    "trail": {"senior moderator", "privacy officer", "administrator", "superuser"},
}
#: Answered alike to everybody who is admitted.
OF_ALL = {
    "index": 200,
    "jsi18n": 200,
    "login": 302,
    "logout": 405,  # by POST only
    "password_change": 302,
    "password_change_done": 302,
    "autocomplete": 403,  # no field here completes anything
    "redirect": 302,
    "catch-all": 404,
    "add": 403,
    "delete": 403,
}


def expected(role: str, address: Address, *, debug: bool) -> int:
    kind, has_second_factor = ROLES[role]
    is_admitted = kind in STAFF and (debug or has_second_factor)
    if not is_admitted:
        return 403 if address.kind == "login" and kind else 302
    if address.kind in OF_ALL:
        return OF_ALL[address.kind]
    if address.kind in CONSOLE:
        readers = CONSOLE_PAGES.get(address.kind)  # None: by POST only
        return 405 if readers is None else 200 if kind in readers else 403
    if address.label == "procrastinate.procrastinatejob" and address.kind in ("change", "history"):
        return 302  # a list without pages
    if kind == "superuser" or address.label in LISTS[kind]:
        return 200
    return 404 if address.kind == "app_list" else 403


#: Steps that are taken by POST, and who may; others are refused with 403.
CONSOLE_STEPS = {
    "case_claim": _CASES, "case_release": _CASES, "case_note": _CASES, "case_context": _CASES, "case_author": _CASES,
    "case_decide": _CASES, "decision_approve": _CASES, "decision_refuse": _CASES, "decision_undo": _CASES,
    "archive_hold": _PRIVACY, "archive_release": _PRIVACY, "archive_month_archive": _PRIVACY,
    "archive_month_restore": _PRIVACY, "archive_find": _PRIVACY, "archive_conversation_archive": _PRIVACY,
    "archive_conversation_restore": _PRIVACY,
}  # fmt: skip
#: Above the tables of decisions.
DECISIONS = """Whoever works on a case decides in it. What needs two is proposed by one and confirmed by another one, whatever their
roles; nobody confirms their own."""
COLUMNS = ("moderator", "senior moderator", "privacy officer", "administrator", "superuser")
WORDS = {200: "yes", 302: "elsewhere", 403: "**no**", 404: "not there", 405: "by POST"}
HEAD = """# Who may do what in the console

Made by `python -m tests.moderation` from `tests/moderation/matrix.py`; a test fails when this page is older than it, and
another one asks the site: every address, every role, with and without a second factor, and every step by POST. What a
page leaves out for a role, PostgreSQL refuses it as well ([decision 1](decisions/0001-requests-act-as-a-person-in-postgresql.md)).

Roles are groups; somebody may have several. These are with a **second factor**. Without one (but for `DEBUG`), without
being staff, or signed in as nobody, every address leads to the sign-in, and `/admin/login/` says 403 to whoever is signed
in and doesn't belong here. **yes**: a page; **no**: 403; *elsewhere*: led to another page; *not there*: 404; *by POST*: 405
to whoever asks with GET.

"""


def page() -> str:
    """docs/roles.md."""
    parts = [HEAD.rstrip()]
    found = shapes()
    own = sorted((row for row in found if row.kind in CONSOLE), key=lambda row: row.path)
    pages = [row for row in own if row.kind in CONSOLE_PAGES]
    parts += ["## The console's own pages", _table("address", {_path(row): _cells(row) for row in pages})]
    steps = {
        f"`{_named(kind, own)}`": [_said(role in may) for role in COLUMNS]
        for kind, may in CONSOLE_STEPS.items()
    }
    parts += ["## Steps on them, by POST", _table("address", steps)]
    parts += [
        "## Decisions",
        DECISIONS,
        *(
            _table(
                title,
                {kind.label: [_said(may(kind, role)) for role in COLUMNS] for kind in OFFERED if fits(kind)},
            )
            for title, fits, may in DEEDS
        ),
    ]
    rest = [row for row in found if row.kind not in CONSOLE]
    parts += ["## Lists and their pages", _table("address", {_path(row): _cells(row) for row in rest})]
    return "\n\n".join(parts) + "\n"


#: (what is done, whether it can be done to a kind of decision, who may).
DEEDS = (
    ("decide, or propose", lambda kind: True, lambda kind, role: Right.WORK_CASES in _rights(role)),
    (
        "confirm what another one proposed",
        lambda kind: kind in FOUR_EYES,
        lambda kind, role: may_approve(kind, _rights(role)),
    ),
    (
        "do it at once, for a day",
        lambda kind: kind in BREAKABLE,
        lambda kind, role: Right.BREAK_GLASS in _rights(role),
    ),
    ("undo", lambda kind: kind in UNDOABLE, lambda kind, role: may_undo(kind, _rights(role))),
)


def _rights(role: str) -> frozenset[Right]:
    return rights_of({role}, is_superuser=role == "superuser")


def _cells(row: Address) -> list[str]:
    return [WORDS[expected(f"{role} with a second factor", row, debug=False)] for role in COLUMNS]


def _path(row: Address) -> str:
    return f"`{row.path}`"


def _named(kind: str, rows: list[Address]) -> str:
    return next(row.path for row in rows if row.kind == kind)


def _said(may: bool) -> str:
    return "yes" if may else "**no**"


def _table(first: str, rows: dict[str, list[str]]) -> str:
    head = [f"| {first} | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    return "\n".join([*head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())])
