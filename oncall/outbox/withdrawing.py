"""Taking back what was not sent yet, because nobody needs it any more."""

from __future__ import annotations

import datetime as dt

from oncall.models import Delivery


def withdraw(key_start: str, *, reason: str, now: dt.datetime) -> int:
    """Send nothing more of the notifications whose key begins so, as `page:12:`; how many deliveries that spares.

    What a worker has in its hands may still go out. The rows belong to the caller's transaction.
    """
    waiting = Delivery.objects.filter(notification__key__startswith=key_start, status=Delivery.Status.WAITING)
    return waiting.update(status=Delivery.Status.DROPPED, finished_at=now, last_error=reason[:500])
