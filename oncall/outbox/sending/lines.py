"""The ways out of the portal, for as long as a worker has something to send."""

from __future__ import annotations

import datetime as dt
from types import TracebackType

from oncall.models import Address, Delivery
from oncall.outbox.outcomes import Outcome
from oncall.outbox.sending.by_apprise import send_by_apprise
from oncall.outbox.sending.mail import MailLine
from oncall.outbox.sending.webhook import send_webhook


class Lines:
    """A `with` block that keeps the line to the mail server open."""

    def __init__(self) -> None:
        self._mail = MailLine()

    def __enter__(self) -> Lines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mail.close()

    def prepare(self, address: Address) -> Outcome | None:
        """Do what may take long before a message is on its way. None when all is ready, else why not."""
        return self._mail.open() if address.transport == Address.Transport.EMAIL else None

    def send(self, delivery: Delivery, address: Address, now: dt.datetime) -> Outcome:
        """Send once."""
        if address.transport == Address.Transport.EMAIL:
            return self._mail.send(delivery, address)
        if address.transport == Address.Transport.WEBHOOK:
            return send_webhook(delivery, address, now)
        return send_by_apprise(delivery, address, now)
