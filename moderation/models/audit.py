"""What was done in the console, in a chain that shows every later change."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class AuditEntry(models.Model):
    """One link. Written by append_audit() alone, numbered 1, 2, 3 … and never changed: a trigger sees to it.

    It holds references and digests, nothing that says who somebody is: `actor` and a `subject` of kind `person` are
    pseudonyms. `hash` is the SHA-256 of the entry before and of this one's columns.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    #: What happened, as in `case.claimed`.
    action = models.TextField()
    #: NULL: the server itself.
    actor = models.UUIDField(null=True)
    subject_kind = models.TextField()
    subject = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    #: SHA-256 of the salt and the text of its detail.
    detail_digest = models.BinaryField()
    #: Entries whose details this one erased.
    covers = ArrayField(models.BigIntegerField(), default=list)
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_entry"
        ordering = ("-number",)
        indexes = (
            models.Index(name="audit_entry_actor", fields=("actor", "number")),
            models.Index(name="audit_entry_action", fields=("action", "number")),
            models.Index(name="audit_entry_subject", fields=("subject", "number")),
            models.Index(
                name="audit_entry_case",
                fields=("case_id", "number"),
                condition=models.Q(case_id__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class AuditDetail(models.Model):
    """The particulars of an entry, which can be erased: the chain holds their salted digest only."""

    entry = models.OneToOneField(AuditEntry, models.PROTECT, primary_key=True, related_name="detail")
    salt = models.BinaryField()
    #: JSON, as the digest was made of it.
    body = models.TextField()

    class Meta:
        db_table = "audit_detail"

    def __str__(self) -> str:
        return str(self.entry_id)


class AuditIdentity(models.Model):
    """Who stands behind a pseudonym of the chain, which is a digest of both others; without this row nobody does."""

    pseudonym = models.UUIDField(primary_key=True)
    salt = models.BinaryField()
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        db_table = "audit_identity"

    def __str__(self) -> str:
        return str(self.pseudonym)


class AuditSeal(models.Model):
    """The server's keyed digest of the chain up to an entry: who has the database alone can't make one."""

    number = models.BigIntegerField(primary_key=True)
    mac = models.BinaryField()

    class Meta:
        db_table = "audit_seal"

    def __str__(self) -> str:
        return str(self.number)
