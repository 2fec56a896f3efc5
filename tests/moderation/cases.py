"""Cases as moderators come to them, for tests."""

from uuid import UUID

from accounts.models import User
from moderation.enums import DecisionKind
from moderation.models import AuditEntry, Case, Decision, Evidence
from moderation.services.deciding import Draft, decide
from prayermap.lib.acting import acting_as_staff
from prayermap.lib.db import call_scalar
from prayermap.lib.times import utc_now
from tests.messaging.actors import Actor


def flag(reporter: Actor, conversation: str, seq: int = 0, *, reason: str = "harassment", **more) -> Case:
    """Report a message (or the conversation, for seq 0); the case."""
    path = f"conversations/{conversation}/" + (f"messages/{seq}/" if seq else "")
    reporter.ok("POST", f"{path}flag/", {"reason": reason} | more)
    return newest()


def newest() -> Case:
    return Case.objects.using("owner").latest("opened_at")


def evidence_of(case: Case, kind: str = "") -> list[Evidence]:
    found = Evidence.objects.using("owner").filter(case_id=case.pk)
    return list(found.filter(kind=kind) if kind else found)


def as_staff(user: User, function: str, *args, types: str = ""):
    """The single value of a function of the console's, as this person calls it."""
    with acting_as_staff(user):
        return call_scalar(function, *args, types=types)


def claim(user: User, case: Case) -> Case:
    """The case as it is once this person has it."""
    case.refresh_from_db(using="owner")
    assert as_staff(user, "claim_case", case.pk, case.version, types="uuid int") == "ok"
    case.refresh_from_db(using="owner")
    return case


def uuid(text: str) -> UUID:
    return UUID(text)


def decided(user: User, case: Case, kind: DecisionKind, **more) -> Decision:
    """What this person decides, claiming the case first."""
    claim(user, case)
    draft = Draft(kind, more.pop("reason", case.reason), **more)
    with acting_as_staff(user):
        step = decide(case_id=case.pk, version=case.version, draft=draft, now=utc_now())
    return Decision.objects.using("owner").get(pk=step.decision)


def steps(case: Case) -> list[str]:
    """What the audit trail says about a case, oldest first."""
    entries = AuditEntry.objects.using("owner").filter(case_id=case.pk).order_by("number")
    return list(entries.values_list("action", flat=True))
