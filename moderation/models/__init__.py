"""The tables of moderation."""

from .archival import ConversationArchival
from .audit import AuditDetail, AuditEntry, AuditIdentity, AuditSeal
from .case import Case, CaseNote, CaseParty, Evidence, Report
from .decision import Appeal, Decision, Sanction
from .insights import Insight, InsightDay
from .privacy import ErasureRequest, ExportRequest, LegalHold
from .retention import RetentionMark
from .signals import ScreeningCursor, Unscreened

__all__ = [
    "Appeal",
    "AuditDetail",
    "AuditEntry",
    "AuditIdentity",
    "AuditSeal",
    "Case",
    "CaseNote",
    "CaseParty",
    "ConversationArchival",
    "Decision",
    "ErasureRequest",
    "Evidence",
    "ExportRequest",
    "Insight",
    "InsightDay",
    "LegalHold",
    "Report",
    "RetentionMark",
    "Sanction",
    "ScreeningCursor",
    "Unscreened",
]
