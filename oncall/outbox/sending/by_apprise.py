"""Slack, Teams, Mattermost, ntfy, SMS gateways and the like: Apprise knows how each wants to be spoken to."""

from __future__ import annotations

import datetime as dt

from apprise import NotifyFormat, NotifyType
from django.conf import settings

from oncall.errors import AddressRefused
from oncall.models import Address, Delivery, Kind
from oncall.outbox.outcomes import SENT, Outcome, Verdict, later, never
from oncall.outbox.schemas import open_service
from oncall.outbox.sending.answers import judge_answer, judge_silence
from oncall.outbox.sending.links import find_link
from oncall.outbox.sending.wire import Wire


def send_by_apprise(delivery: Delivery, address: Address, now: dt.datetime) -> Outcome:
    """Hand it to Apprise once; what the far end answered decides, as Apprise itself says yes or no only."""
    try:
        service = open_service(address.transport, address.target)
    except AddressRefused as refusal:
        return never(str(refusal))
    notification = delivery.notification
    with Wire(settings.OUTBOX_SEND_SECONDS) as wire:
        try:
            is_sent = service.notify(
                title=notification.subject,
                body=write_body(delivery),
                notify_type=NotifyType.WARNING if notification.kind == Kind.PAGE else NotifyType.INFO,
                body_format=NotifyFormat.TEXT,
            )
        except Exception as error:  # a plugin that stumbles over an answer must not stop the others
            return _judge(wire, now, f"Apprise failed: {type(error).__name__}.")
    return SENT if is_sent else _judge(wire, now, "The service did not take it.")


def write_body(delivery: Delivery) -> str:
    """The text, and the link below it."""
    link = find_link(delivery.notification)
    return f"{delivery.notification.text}\n\n{link}".strip() if link else delivery.notification.text


def _judge(wire: Wire, now: dt.datetime, otherwise: str) -> Outcome:
    if wire.refusal is not None or wire.error is not None:
        return judge_silence(wire)
    if wire.answer is None:
        return later(otherwise)
    outcome = judge_answer(wire.answer, now)
    return later(otherwise) if outcome.verdict is Verdict.SENT else outcome
