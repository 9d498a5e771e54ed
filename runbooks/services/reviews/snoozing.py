"""Not now: nobody is reminded of a runbook until a day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from runbooks.errors import Refused, WrongStatus
from runbooks.models import Runbook, Snooze
from runbooks.services.common import lock_runbook
from runbooks.services.reviews.planning import find_day
from runbooks.services.secrets import check_words

LONGEST_REASON = 300
LONGEST_DAYS = 90


@transaction.atomic
def snooze_runbook(runbook: Runbook, *, until: dt.date, reason: str, user: User, now: dt.datetime) -> Snooze:
    """Put the review off until a day, 1 to 90 days ahead by the person's clock; it takes the place of a former snooze.

    The same again gives the one that is there. Raises NotAllowed, Refused for day or reason, WrongStatus for a retired one.
    """
    require(user, "runbooks.add_review", "put reviews off")
    reason = _clean_reason(reason)
    days = (until - find_day(user, now)).days
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"Choose a day within the next {LONGEST_DAYS} days.")
    held = lock_runbook(runbook.pk)
    if held.is_retired:
        raise WrongStatus("This runbook is retired: nobody is reminded of it.")
    current = held.snoozes.filter(ended_at__isnull=True).first()
    if current is not None:
        if (current.until, current.reason, current.snoozed_by_id) == (until, reason, user.pk):
            return current
        _end(current, now)
    snooze = Snooze.objects.create(runbook=held, until=until, reason=reason, snoozed_by=user, snoozed_at=now)
    held.save(update_fields=["updated_at"])
    return snooze


@transaction.atomic
def end_snooze(runbook: Runbook, *, user: User, now: dt.datetime) -> Snooze:
    """Let people be reminded again. Raises NotAllowed, or WrongStatus where nothing was put off."""
    require(user, "runbooks.add_review", "put reviews off")
    held = lock_runbook(runbook.pk)
    current = held.snoozes.filter(ended_at__isnull=True).first()
    if current is None:
        raise WrongStatus("This review was not put off, or somebody has ended that before.")
    _end(current, now)
    held.save(update_fields=["updated_at"])
    return current


def _end(snooze: Snooze, now: dt.datetime) -> None:
    snooze.ended_at = now
    snooze.save(update_fields=["ended_at"])


def _clean_reason(reason: str) -> str:
    reason = " ".join(reason.replace("\0", "").split())
    if not reason:
        raise Refused("Say in a few words why it has to wait.")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"The reason may have at most {LONGEST_REASON} characters.")
    check_words(reason, "The reason")
    return reason
