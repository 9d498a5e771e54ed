"""How the outbox fares, in figures for alerts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min

from oncall.models import Delivery

Status = Delivery.Status


@dataclass(frozen=True)
class OutboxCounts:
    """Deliveries that are under way or failed, and how many seconds the oldest that could go has been waiting."""

    waiting: int
    sending: int
    given_up: int
    oldest_due_seconds: float


def count_outbox(now: dt.datetime) -> OutboxCounts:
    """The figures of now. What quiet hours or a pause hold back is waiting, but not late.

    One question for each status, so that each is answered by its own small index, however much was sent before.
    """
    waiting = _count(Status.WAITING)
    sending = _count(Status.SENDING)
    oldest = min((since for since in (waiting["oldest"], sending["oldest"]) if since and since <= now), default=now)
    return OutboxCounts(
        waiting=waiting["number"],
        sending=sending["number"],
        given_up=Delivery.objects.given_up().count(),
        oldest_due_seconds=(now - oldest).total_seconds(),
    )


def _count(status: str) -> dict[str, Any]:
    return Delivery.objects.filter(status=status).aggregate(number=Count("pk"), oldest=Min("due_at"))
