"""Words that stand in columns, addresses and news."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """Groups of Django's: what somebody of the staff is here for."""

    #: Reads what was reported, decides, proposes what needs two.
    MODERATOR = "moderator"
    #: Also confirms what can't be taken back, and acts alone where a life may hang on it.
    SENIOR_MODERATOR = "senior moderator"
    #: Answers people about their data; reads no case.
    PRIVACY_OFFICER = "privacy officer"
    #: Gives and takes roles; reads no case.
    ADMINISTRATOR = "administrator"


class Right(models.TextChoices):
    """What roles are made of. `moderation.rules` says which has which, and so does PostgreSQL (sql/0002_rights)."""

    #: Open a case: sealed evidence and near context.
    READ_CASES = "case.read"
    #: Claim, note, decide, propose; decide appeals against others' decisions.
    WORK_CASES = "case.work"
    #: Be the second who confirms a ban or the removal of many messages.
    APPROVE = "case.approve"
    #: Be the second who confirms that an anonymous author is named, or that a person is erased.
    APPROVE_GRAVEST = "case.approve_gravest"
    #: Act at once on what needs two; it lapses unless confirmed.
    BREAK_GLASS = "case.break_glass"
    #: Read the audit trail.
    READ_AUDIT = "audit.read"
    #: See figures about the whole: messages, moderation, the database.
    READ_INSIGHTS = "insight.read"
    #: Work on people's requests about their data.
    WORK_PRIVACY = "privacy.work"
    #: Give and take roles, but never one's own.
    GIVE_ROLES = "role.give"


class CaseKind(models.TextChoices):
    """What a case is about; its `subject` is the id of that."""

    MESSAGE = "message"
    #: A member of one conversation.
    MEMBER = "member"
    CONVERSATION = "conversation"
    #: Being asked into a conversation; its subject is the conversation.
    INVITATION = "invitation"
    PRAYER = "prayer"
    #: What somebody answered to a prayer.
    RESPONSE = "response"
    #: An account whose behaviour was noticed.
    PERSON = "person"
    #: A sanction that somebody doesn't accept.
    APPEAL = "appeal"


class Reason(models.TextChoices):
    """Why something is reported. report_priority() (sql/0004_cases) says what comes first."""

    SELF_HARM = "self_harm", "Self-harm or suicide"
    VIOLENCE = "violence", "Threats or violence"
    SEXUAL = "sexual", "Sexual content or exploitation"
    HARASSMENT = "harassment", "Harassment"
    HATE = "hate", "Hatred of a group"
    PRIVACY = "privacy", "Somebody's private details"
    IMPERSONATION = "impersonation", "Pretending to be somebody else"
    SPAM = "spam", "Spam or fraud"
    OTHER = "other", "Something else"


class Priority(models.IntegerChoices):
    """The order of the queue. case_due() (sql/0004_cases) says how long each may wait."""

    URGENT = 1
    HIGH = 2
    NORMAL = 3
    LOW = 4


class CaseState(models.TextChoices):
    OPEN = "open"
    CLOSED = "closed"


class Outcome(models.TextChoices):
    """How a case ended, as its reporters are told."""

    #: Something was done.
    ACTED = "acted"
    #: Nothing broke a rule.
    DISMISSED = "dismissed"


class EvidenceKind(models.TextChoices):
    #: What was reported.
    REPORTED = "reported"
    #: What a reported message said before it was edited.
    REVISION = "revision"
    #: What stands around it.
    NEIGHBOUR = "neighbour"
    #: What a reported member wrote last.
    SAID = "said"
    #: A conversation's or an account's own words about itself.
    FRAME = "frame"


class Signal(models.TextChoices):
    """What the server notices by itself. `settings.SIGNALS` says which are on."""

    #: Wording of somebody who may harm themselves.
    SELF_HARM = "self_harm", "wording of self-harm"
    #: Somebody is threatened.
    THREAT = "threat", "a threat"
    #: Ways to be reached elsewhere, together with what such spam asks for.
    CONTACT = "contact", "contact details as spam sends them"
    #: Profane words; a weak sign.
    PROFANITY = "profanity", "profane words"
    #: A member who writes without pause.
    RATE = "rate", "many messages in little time"
    #: A new account that writes to many.
    NEW_ACCOUNT = "new_account", "a new account that writes in many conversations"


class DecisionKind(models.TextChoices):
    """What moderators can decide. The functions of sql/0006_decisions do it."""

    #: Words of care to whoever may harm themselves; no sanction.
    SUPPORT = "support", "Reach out with care"
    HIDE_MESSAGE = "hide_message", "Hide the message"
    REMOVE_MESSAGE = "remove_message", "Remove the message for good"
    HIDE_PRAYER = "hide_prayer", "Hide the prayer"
    HIDE_RESPONSE = "hide_response", "Hide the response"
    WARN = "warn", "Warn"
    #: No writing in this conversation until a day.
    MUTE = "mute", "Mute in the conversation"
    #: No entering at all until a day.
    SUSPEND = "suspend", "Suspend the account"
    BAN = "ban", "Ban the account"
    FREEZE_CONVERSATION = "freeze_conversation", "Close the conversation to writing"
    #: All that this member wrote in the conversation.
    BULK_REMOVE = "bulk_remove", "Remove everything this member wrote here"
    #: Let the case show who an anonymous author is.
    DEANONYMISE = "deanonymise", "Learn who the anonymous author is"
    #: Erase the account and all that is left of it.
    PURGE = "purge", "Erase the account"
    #: Nothing broke a rule; the case is closed.
    DISMISS = "dismiss", "Dismiss"
    #: What was to be done is done; the case is closed.
    CLOSE = "close", "Close"
    #: An appeal: the sanction stands.
    UPHOLD = "uphold", "The sanction stands"
    #: An appeal: the sanction is taken back.
    GRANT = "grant", "Take the sanction back"


class DecisionState(models.TextChoices):
    #: Waits for a second person.
    PROPOSED = "proposed"
    EFFECTIVE = "effective"
    #: The second person said no, or the first took it back.
    REFUSED = "refused"
    #: Nobody confirmed it in time.
    LAPSED = "lapsed"
    UNDONE = "undone"


class AppealState(models.TextChoices):
    OPEN = "open"
    #: The sanction stands.
    UPHELD = "upheld"
    #: The sanction was taken back.
    GRANTED = "granted"


class ErasureState(models.TextChoices):
    """How far a request to be erased has come."""

    #: Waits for its day; may be taken back.
    PENDING = "pending"
    #: Its day has come, and a legal hold keeps it waiting.
    HELD = "held"
    #: The account is closed; what stands under the person's name is being erased.
    RUNNING = "running"
    #: What stands under their name is gone; their anonymous traces follow within a day.
    SETTLING = "settling"
    DONE = "done"
    #: Taken back in time.
    CANCELLED = "cancelled"


class ErasureOrigin(models.TextChoices):
    """Who asked for it."""

    PERSON = "person"
    #: Somebody answerable for people's data, at the command line or in the console.
    OFFICER = "officer"
    #: The ledger, after a backup from before was restored.
    REPLAY = "replay"


class ExportState(models.TextChoices):
    """How far the copy of somebody's data has come."""

    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    #: It was there for some days.
    EXPIRED = "expired"
