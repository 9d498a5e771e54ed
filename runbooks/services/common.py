"""What the services share: locking, permission, numbering, and which version the lists show."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.text import slugify

from runbooks.models import FormerAddress, Runbook, RunbookVersion, Status
from runbooks.reading import Document
from runbooks.reading.facts import parse_date, review_days
from runbooks.services.policies import find_period, find_policy

LONGEST_PERIOD = 32_000  # days: what the column holds
# Addresses below /runbooks/<service>/ and /runbooks/ that a slug must not hide.
RESERVED = {"new", "images", "raw", "versions", "diff", "edit", "readiness"}


def lock_runbook(pk: int) -> Runbook:
    """The runbook, locked until the end of the transaction, so that two changes to it queue up."""
    return Runbook.objects.select_for_update().get(pk=pk)


def lock_version(version: RunbookVersion) -> RunbookVersion:
    """The version as it is now, with its runbook locked."""
    runbook = lock_runbook(version.runbook_id)
    fresh = RunbookVersion.objects.get(pk=version.pk)
    fresh.runbook = runbook
    return fresh


def next_number(runbook: Runbook, bump: str) -> tuple[int, int]:
    """The number after the highest one so far: `major` gives 2.0 after 1.3, `minor` 1.4; the first is always 1.0."""
    last = runbook.versions.order_by("-major", "-minor").values_list("major", "minor").first()
    if last is None:
        return 1, 0
    return (last[0] + 1, 0) if bump == "major" else (last[0], last[1] + 1)


def refresh_shown_version(runbook: Runbook) -> None:
    """Point the runbook at the version that lists show: the active one, else the open one, else the newest."""
    versions = runbook.versions.order_by("-major", "-minor").only("pk", "status")
    by_status = {version.status: version for version in reversed(versions)}
    shown = by_status.get(Status.ACTIVE) or next(iter(versions), None)
    runbook.shown_version = shown
    runbook.save(update_fields=["shown_version", "updated_at"])


def free_slug(service_id: int, wanted: str) -> str:
    """An address within the service that nobody has or had: `wanted`, or `wanted-2`, `wanted-3` …

    One that a runbook has left stays that runbook's, so that links to it lead on to it and never to another.
    """
    stem = slugify(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", wanted))[:90].strip("-") or "runbook"
    taken = {
        slug
        for places in (Runbook.objects, FormerAddress.objects)
        for slug in places.filter(service_id=service_id, slug__startswith=stem).values_list("slug", flat=True)
    } | RESERVED
    if stem not in taken:
        return stem
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{stem}-{n}") not in taken)


def take_review_facts(runbook: Runbook, document: Document, today: dt.date) -> None:
    """Set the review dates from what the text says about itself; what it does not say stays as it is.

    A next review that the text states wins, unless a review came after that day. Without one, the next review is one period
    after the last one, or after `today`; it is counted again only where the period or the last review changed. A later
    review than the text knows of is not forgotten.
    """
    days = review_days(document.value("review_frequency"))
    stated = parse_date(document.value("next_review"))
    before = (runbook.review_days, runbook.last_reviewed_on)
    runbook.review_days = days if days and days <= LONGEST_PERIOD else runbook.review_days
    runbook.last_reviewed_on = _find_last(runbook, document, today)
    if stated and (runbook.last_reviewed_on is None or stated > runbook.last_reviewed_on):
        runbook.next_review_on, runbook.next_review_stated = stated, True
    elif runbook.next_review_on is None or (runbook.review_days, runbook.last_reviewed_on) != before:
        period = find_period(runbook, find_policy(runbook))
        runbook.next_review_on = (runbook.last_reviewed_on or today) + period
        runbook.next_review_stated = False


def save_review_facts(runbook: Runbook) -> None:
    """Write what `take_review_facts` set."""
    runbook.save(update_fields=["review_days", "last_reviewed_on", "next_review_on", "next_review_stated"])


def _find_last(runbook: Runbook, document: Document, today: dt.date) -> dt.date | None:
    """The latest review that the text or the portal knows of; a day to come is none."""
    told = parse_date(document.value("last_review"))
    known = [day for day in (told if told and told <= today else None, runbook.last_reviewed_on) if day]
    return max(known, default=None)
