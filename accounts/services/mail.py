"""Mail about an account: a text template whose first line is the subject."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def send_after_commit(template: str, address: str) -> None:
    """Send `templates/accounts/mail/<template>.txt` once the account is safe. A failure is logged, not raised:
    whether mail works must not change what the caller is answered.
    """
    transaction.on_commit(lambda: _send(template, address))


def _send(template: str, address: str) -> None:
    subject, _, body = render_to_string(f"accounts/mail/{template}.txt", {"address": address}).partition("\n")
    try:
        send_mail(subject, body.lstrip("\n"), from_email=None, recipient_list=[address])
    except (SMTPException, OSError) as error:
        logger.warning("mail %s not sent: %s", template, type(error).__name__)
