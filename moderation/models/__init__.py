"""The tables of moderation."""

from .audit import AuditDetail, AuditEntry, AuditIdentity, AuditSeal
from .case import Case, CaseNote, CaseParty, Evidence, Report
from .decision import Appeal, Decision, Sanction

__all__ = [
    "Appeal",
    "AuditDetail",
    "AuditEntry",
    "AuditIdentity",
    "AuditSeal",
    "Case",
    "CaseNote",
    "CaseParty",
    "Decision",
    "Evidence",
    "Report",
    "Sanction",
]
