"""Mail, over a connection that stays open for as long as there is something to send."""

from __future__ import annotations

import smtplib
import socket
from contextlib import suppress

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from oncall.models import Address, Delivery
from oncall.outbox.outcomes import SENT, Outcome, later, never
from oncall.outbox.sending.deadline import Deadline
from oncall.outbox.sending.message import build_mail


class MailLine:
    """The way to the mail server, opened when first needed, and anew after it broke."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def open(self) -> Outcome | None:
        """Connect and log in, unless that is done. None when the line stands, else why it does not."""
        if self._connection is not None:
            return None
        try:
            connection: BaseEmailBackend = get_connection()
            connection.open()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return later(f"The mail server can't be used: {describe(error)}", is_down=True)
        self._connection = connection
        return None

    def send(self, delivery: Delivery, address: Address) -> Outcome:
        """Send one mail over the open line. A line that broke is closed."""
        assert self._connection is not None, "open() comes first"
        with Deadline(settings.OUTBOX_SEND_SECONDS) as deadline:
            sock = getattr(getattr(self._connection, "connection", None), "sock", None)
            if isinstance(sock, socket.socket):
                deadline.watch(sock)
            try:
                self._connection.send_messages([build_mail(delivery, address)])
            except smtplib.SMTPResponseException as error:
                return self._judge_response(error)
            except smtplib.SMTPRecipientsRefused as error:
                code, said = next(iter(error.recipients.values()), (550, b""))
                return judge_code(code, said)
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                self.close()
                late = f"No answer within {settings.OUTBOX_SEND_SECONDS:.0f} seconds."
                reason = late if deadline.is_over else describe(error)
                return later(f"The connection to the mail server broke: {reason}", is_down=deadline.is_over)
            except (smtplib.SMTPException, ValueError, UnicodeError) as error:
                self.close()
                return never(f"The mail can't be sent: {describe(error)}")
        return SENT

    def close(self) -> None:
        """Say goodbye, as far as anybody listens."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.close()

    def _judge_response(self, error: smtplib.SMTPResponseException) -> Outcome:
        if error.smtp_code == 421:  # the server closes the line (RFC 5321, 4.2.2)
            self.close()
        return judge_code(error.smtp_code, error.smtp_error)


def judge_code(code: int, said: bytes | str) -> Outcome:
    """4xx passes, 5xx does not (RFC 5321, 4.2.1)."""
    reason = f"The mail server answered {code}: {read_words(said)}"
    return never(reason) if 500 <= code < 600 else later(reason, is_down=code == 421)


def describe(error: Exception) -> str:
    """An error in words, without what might be a password."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it refused the portal's login ({error.smtp_code})."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answered {error.smtp_code}: {read_words(error.smtp_error)}"
    if isinstance(error, TimeoutError):
        return f"it did not answer within {settings.OUTBOX_SEND_SECONDS:.0f} seconds."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "it closed the connection."
    said = error.strerror or error.args[-1] if isinstance(error, OSError) and error.args else type(error).__name__
    return f"{read_words(str(said))}."


def read_words(said: bytes | str) -> str:
    """What a server said, as one line of a length that fits."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.replace("\0", "").split())[:300]
