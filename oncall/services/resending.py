"""Sending again what was given up, or what waits out a pause."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from oncall.errors import NotYours, WrongState
from oncall.models import Delivery
from oncall.outbox.nudging import nudge_on_commit

Status = Delivery.Status


@transaction.atomic
def resend(delivery: Delivery, *, user: User, now: dt.datetime) -> Delivery:
    """Put a delivery back, due now, with all its attempts before it; its Message-ID stays, so doubles are known as one.

    For whoever it was meant for, and for people with `oncall.change_delivery`. Raises NotYours for others, and WrongState
    for what was sent, is being sent, or has lost its address.
    """
    locked = (
        Delivery.objects.select_for_update(of=("self",)).select_related("notification", "address").get(pk=delivery.pk)
    )
    if locked.notification.person_id != user.pk and not user.has_perm("oncall.change_delivery"):
        raise NotYours("This message was meant for somebody else.")
    if locked.status == Status.DROPPED:
        raise WrongState("It is no longer needed: somebody has answered.")
    if locked.status not in (Status.GIVEN_UP, Status.WAITING):
        raise WrongState("It was sent already." if locked.status == Status.SENT else "It is being sent just now.")
    if locked.address is None:
        raise WrongState("Its address was removed, so there is nowhere to send it to.")
    locked.status, locked.due_at, locked.attempts, locked.finished_at = Status.WAITING, now, 0, None
    locked.save(update_fields=["status", "due_at", "attempts", "finished_at"])
    nudge_on_commit()
    return locked


@transaction.atomic
def resend_all(*, user: User, now: dt.datetime) -> int:
    """Put back everything that was given up and still has an address; how many those were. Raises NotAllowed."""
    require(user, "oncall.change_delivery", "send messages again")
    given_up = Delivery.objects.given_up().filter(address__isnull=False)
    count = given_up.update(status=Status.WAITING, due_at=now, attempts=0, finished_at=None)
    if count:
        nudge_on_commit()
    return count
