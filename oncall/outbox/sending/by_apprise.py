"""Slack, Teams, Mattermost, ntfy, SMS gateways and the like: Apprise knows how each wants to be spoken to."""

from __future__ import annotations

import datetime as dt

from apprise import NotifyBase, NotifyFormat, NotifyType
from django.conf import settings

from oncall.errors import AddressRefused
from oncall.models import Address, Delivery, Kind
from oncall.outbox.items import fit_items, list_items
from oncall.outbox.outcomes import SENT, Outcome, Verdict, later, never
from oncall.outbox.schemas import open_service
from oncall.outbox.sending.answers import judge_answer, judge_silence
from oncall.outbox.sending.links import find_link
from oncall.outbox.sending.wire import Wire

MOST_SMS = 320  # characters: two messages, though a gateway may take more
BETWEEN = "\n\n"


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
                body=write_body(delivery, find_room(service, delivery)),
                notify_type=NotifyType.WARNING if notification.kind == Kind.PAGE else NotifyType.INFO,
                body_format=NotifyFormat.TEXT,
            )
        except Exception as error:  # a plugin that stumbles over an answer must not stop the others
            return _judge(wire, now, f"Apprise failed: {type(error).__name__}.")
    return SENT if is_sent else _judge(wire, now, "The service did not take it.")


def find_room(service: NotifyBase, delivery: Delivery) -> int:
    """How many characters the body may have. Where a service knows no titles, Apprise puts the subject above the body."""
    most = service.body_maxlen
    if delivery.transport == Address.Transport.SMS:
        most = min(most, MOST_SMS)
    return most if service.title_maxlen else most - len(delivery.notification.subject) - len("\r\n")


def write_body(delivery: Delivery, room: int) -> str:
    """The text, its lines, and the link below. Lines take no more than the room; text without lines goes as it is."""
    notification = delivery.notification
    link = find_link(notification)
    if not notification.items:
        return f"{notification.text}\n\n{link}".strip()
    is_long = delivery.transport != Address.Transport.SMS
    text = notification.text if is_long and len(notification.text) < room / 4 else ""
    taken = sum(len(part) + len(BETWEEN) for part in (text, link) if part)
    lines = fit_items(list_items(notification), room - taken, with_links=is_long)
    return BETWEEN.join(part for part in (text, lines, link) if part)


def _judge(wire: Wire, now: dt.datetime, otherwise: str) -> Outcome:
    if wire.refusal is not None or wire.error is not None:
        return judge_silence(wire)
    if wire.answer is None:
        return later(otherwise)
    outcome = judge_answer(wire.answer, now)
    return later(otherwise) if outcome.verdict is Verdict.SENT else outcome
