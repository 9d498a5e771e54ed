"""What the list of runbooks shows beside the runbook itself: status, readiness, review, the version on its way."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import CharField, Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.html import format_html
from django.utils.safestring import SafeString

from runbooks.models import Runbook, RunbookVersion, Status
from runbooks.models.version import HEAVY

STATUS_WORDS = {"retired": "Retired"} | {str(status): str(status.label) for status in Status}
DUE_WORDS = {"overdue": "overdue", "soon": "due soon", "fresh": ""}


def with_columns(runbooks: QuerySet[Runbook]) -> QuerySet[Any]:
    """The runbooks with all that the list shows, in one query and without the texts."""
    versions = RunbookVersion.objects.filter(runbook=OuterRef("pk")).order_by()
    on_its_way = versions.open()
    words = Concat("major", Value("."), "minor", output_field=CharField())
    total = versions.values("runbook").annotate(n=Count("pk")).values("n")
    return (
        runbooks.select_related("service", "team", "owner", "shown_version")
        .defer(*(f"shown_version__{name}" for name in HEAVY))
        .annotate(
            open_number=Subquery(on_its_way.annotate(words=words).values("words")[:1]),
            open_status=Subquery(on_its_way.values("status")[:1]),
            versions_total=Coalesce(Subquery(total), 0),
        )
    )


def show_status(status: str) -> SafeString:
    """The badge of the pages."""
    return format_html('<span class="badge" data-status="{}">{}</span>', status, STATUS_WORDS.get(status, status))


def show_review(runbook: Runbook, today: dt.date) -> str:
    """The day of the next review, and in words how urgent it is."""
    if runbook.next_review_on is None or runbook.is_retired:
        return "none"
    due = runbook.due(today)
    day = f"{runbook.next_review_on:%-d %b %Y}"
    if not DUE_WORDS[due]:
        return day
    return format_html('{} <span class="badge" data-due="{}">{}</span>', day, due, DUE_WORDS[due])


def show_readiness(version: RunbookVersion | None) -> str:
    """Percent, with a meter for the eye."""
    if version is None:
        return "no text"
    return format_html(
        '<span class="readiness"><meter min="0" max="100" low="50" high="80" optimum="100" value="{0}"></meter> {0} %</span>',
        version.readiness,
    )
