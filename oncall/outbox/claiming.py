"""Claims: a worker takes a few due deliveries for itself, for a time, and writes down what came of each.

A claim is a lease. When it runs out, as after the death of a worker, the deliveries are due again; so a worker begins
none that it could not finish in time, and what it writes counts only while the claim is still its own.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When

from oncall.models import Address, Delivery, Kind

LEASE_OVER_SEND = 3
TIME_TO_BEGIN = 2  # so clocks of two machines may differ by the time of one message
Status = Delivery.Status


@dataclass(frozen=True)
class Claim:
    """Deliveries that are ours until `leased_until`, the most urgent first."""

    token: uuid.UUID
    leased_until: dt.datetime
    deliveries: list[Delivery]

    def has_time(self, now: dt.datetime) -> bool:
        """Whether one more can be sent before the lease ends, with as much time again to write down what came of it."""
        return now + dt.timedelta(seconds=settings.OUTBOX_SEND_SECONDS * TIME_TO_BEGIN) <= self.leased_until


def claim_due(lane: str, now: dt.datetime, size: int) -> Claim | None:
    """Claim up to `size` due deliveries of a lane, pages first; None when nothing is due. Counts an attempt for each."""
    token = uuid.uuid4()
    until = now + dt.timedelta(seconds=settings.OUTBOX_SEND_SECONDS * LEASE_OVER_SEND)
    with transaction.atomic():
        due = find_due(lane, now).select_for_update(skip_locked=True, of=("self",))
        ids = list(due.values_list("pk", flat=True)[:size])
        if not ids:
            return None
        Delivery.objects.filter(pk__in=ids).update(
            status=Status.SENDING, claim=token, leased_until=until, attempts=F("attempts") + 1
        )
    loaded = Delivery.objects.select_related("notification__person", "address").in_bulk(ids)
    return Claim(token, until, [loaded[pk] for pk in ids if pk in loaded])


def find_due(lane: str, now: dt.datetime) -> QuerySet[Delivery]:
    """What may be claimed, the most urgent first: waiting and due, or claimed by somebody whose time is over."""
    is_mail = Q(transport=Address.Transport.EMAIL)
    is_page = Case(When(notification__kind=Kind.PAGE, then=Value(True)), default=False, output_field=BooleanField())
    return (
        Delivery.objects.filter(is_mail if lane == "mail" else ~is_mail)
        .filter(Q(status=Status.WAITING, due_at__lte=now) | Q(status=Status.SENDING, leased_until__lte=now))
        .order_by(is_page.desc(), "due_at", "pk")
    )


def mark_sent(delivery: Delivery, claim: Claim, now: dt.datetime) -> bool:
    """Whether the claim still was ours."""
    return _finish(delivery, claim, status=Status.SENT, finished_at=now, last_error="")


def mark_given_up(delivery: Delivery, claim: Claim, now: dt.datetime, reason: str) -> bool:
    """Whether the claim still was ours."""
    return _finish(delivery, claim, status=Status.GIVEN_UP, finished_at=now, last_error=reason[:500])


def put_back(delivery: Delivery, claim: Claim, due_at: dt.datetime, reason: str) -> bool:
    """To be tried again at `due_at`. Whether the claim still was ours."""
    return _finish(delivery, claim, status=Status.WAITING, due_at=due_at, last_error=reason[:500])


def release(deliveries: list[Delivery], claim: Claim) -> None:
    """Give back what was not begun, as if it had never been claimed."""
    Delivery.objects.filter(pk__in=[d.pk for d in deliveries], status=Status.SENDING, claim=claim.token).update(
        status=Status.WAITING, claim=None, leased_until=None, attempts=F("attempts") - 1
    )


def _finish(delivery: Delivery, claim: Claim, **fields: object) -> bool:
    mine = Delivery.objects.filter(pk=delivery.pk, status=Status.SENDING, claim=claim.token)
    return mine.update(claim=None, leased_until=None, **fields) == 1
