"""Where mails land when there is no mail server: rows that administrators read on the mailbox page."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import Message

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from oncall.models import MailboxMail

KEPT = 1000


class MailboxBackend(BaseEmailBackend):
    """Keeps the newest mails. It reads the clock, as a mail server would."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were kept."""
        now = timezone.now()
        mails = [self._keep(message) for message in email_messages if message.recipients()]
        for mail in mails:
            mail.received_at = now
        MailboxMail.objects.bulk_create(mails)
        newest = MailboxMail.objects.order_by("-pk").values("pk")[KEPT : KEPT + 1]
        MailboxMail.objects.filter(pk__lte=newest).delete()
        return len(mails)

    def _keep(self, message: EmailMessage) -> MailboxMail:
        built = message.message()
        return MailboxMail(
            to=", ".join(message.recipients())[:1000],
            sender=message.from_email[:320],
            subject=str(message.subject)[:500],
            message_id=str(built["Message-ID"] or "")[:255],
            text=_find_part(built, "text/plain"),
            html=_find_part(built, "text/html"),
            raw=built.as_bytes(),
        )


def _find_part(message: Message, content_type: str) -> str:
    """The first part of that type, as text; "" when there is none."""
    for part in message.walk():
        if part.get_content_type() == content_type and part.get_content_disposition() != "attachment":
            content = part.get_payload(decode=True)
            return (
                content.decode(part.get_content_charset() or "utf-8", "replace") if isinstance(content, bytes) else ""
            )
    return ""
