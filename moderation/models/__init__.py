"""The tables of moderation."""

from .audit import AuditDetail, AuditEntry, AuditIdentity, AuditSeal
from .case import Case, CaseNote, CaseParty, Evidence, Report

__all__ = [
    "AuditDetail",
    "AuditEntry",
    "AuditIdentity",
    "AuditSeal",
    "Case",
    "CaseNote",
    "CaseParty",
    "Evidence",
    "Report",
]
