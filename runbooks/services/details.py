"""What a runbook is, apart from its words: title, address, owner, who may know, when it is reviewed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.errors import require
from accounts.models import User
from oncall.models import Service
from runbooks.errors import Refused, WrongStatus
from runbooks.models import FormerAddress, Runbook
from runbooks.search.index import index_runbook
from runbooks.services.common import RESERVED, lock_runbook
from runbooks.services.policies import find_policy
from runbooks.services.reviews.disowning import own_again
from runbooks.services.reviews.planning import plan_next_review
from runbooks.services.routine import follow_text

DETAILS = frozenset(
    {
        "title",
        "slug",
        "service",
        "kind",
        "owner",
        "team",
        "classification",
        "review_days",
        "last_reviewed_on",
        "next_review_on",
    }
)


@transaction.atomic
def change_runbook(runbook: Runbook, *, user: User, now: dt.datetime, **details: Any) -> Runbook:
    """Set some of DETAILS; those not named stay as they are, also when somebody else changed them meanwhile.

    Dates are days of the current time zone. Raises NotAllowed; ValidationError for bad values; WrongStatus for review
    dates of a retired runbook; Refused when the person would not see the runbook afterwards.
    """
    require(user, "runbooks.change_runbook", "edit runbooks")
    unknown = details.keys() - DETAILS
    if unknown:
        raise TypeError(f"A runbook has no details {', '.join(sorted(unknown))}.")
    runbook = lock_runbook(runbook.pk)
    before = (runbook.review_days, runbook.next_review_on)
    for name, value in details.items():
        setattr(runbook, name, value.strip() if name == "title" else value)
    _check(runbook, details, user, now)
    _plan(runbook, before)
    runbook.save(update_fields=[*details, "next_review_on", "next_review_stated", "updated_at"])
    if "owner" in details:
        own_again(runbook, runbook.owner)
    if details.keys() & {"title", "service", "kind"}:  # the search index was made with them
        index_runbook(runbook)
    if "kind" in details:  # a template asks nobody for anything
        follow_text(runbook, now)
    if not Runbook.objects.visible_to(user).filter(pk=runbook.pk).exists():
        raise Refused("You would not see this runbook any more. Stay its owner, or choose a team that you belong to.")
    return runbook


def _check(runbook: Runbook, details: dict[str, Any], user: User, now: dt.datetime) -> None:
    """The rules that the model's own validation does not know."""
    service = details.get("service")
    if service is not None and not Service.objects.visible_to(user).filter(pk=service.pk).exists():
        raise ValidationError({"service": "There is no such service."})
    if "slug" in details and runbook.slug in RESERVED:
        raise ValidationError({"slug": f"“{runbook.slug}” is an address of the portal itself. Choose another."})
    if details.keys() & {"slug", "service"} and _was_left_by_another(runbook):
        raise ValidationError({"slug": "Old links still use this address. Choose another."})
    runbook.full_clean(exclude=["shown_version", "source_id"])
    if details.keys() & {"last_reviewed_on", "next_review_on"}:
        _check_dates(runbook, timezone.localdate(now))


def _plan(runbook: Runbook, before: tuple[int | None, dt.date | None]) -> None:
    """A day that somebody chose is kept; one that was counted is counted again when the period is another."""
    days, due = before
    if runbook.next_review_on != due:
        runbook.next_review_stated = runbook.next_review_on is not None
    elif runbook.review_days != days and runbook.last_reviewed_on and not runbook.next_review_stated:
        runbook.next_review_on = plan_next_review(runbook, runbook.last_reviewed_on, find_policy(runbook))


def _was_left_by_another(runbook: Runbook) -> bool:
    """Whether links that people kept lead from this address to another runbook: they must go on doing so."""
    left = FormerAddress.objects.filter(service=runbook.service, slug=runbook.slug)
    return left.exclude(runbook=runbook).exists()


def _check_dates(runbook: Runbook, today: dt.date) -> None:
    last, due = runbook.last_reviewed_on, runbook.next_review_on
    if runbook.is_retired:
        raise WrongStatus("This runbook is retired and has no reviews. Reinstate it first.")
    if last and last > today:
        raise ValidationError({"last_reviewed_on": "The last review can’t be in the future."})
    if last and due and due <= last:
        raise ValidationError({"next_review_on": "The next review comes after the last one."})
