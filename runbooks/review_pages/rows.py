"""One line of the queue or of the front page: the runbook, who is asked, when it is due, and why."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from runbooks.lists import say_due
from runbooks.models import Evidence, ReviewTask, Runbook
from runbooks.review_pages.waiting import until_when
from runbooks.upkeep.freshness import freshness_tone, freshness_word

REASONS = 3  # printed of each runbook; the others are counted
COLUMNS = (
    "pk",
    "title",
    "slug",
    "service__name",
    "service__slug",
    "team__name",
    "service__team__name",
    "owner__display_name",
    "owner__is_active",
    "next_review_on",
    "last_reviewed_on",
    "last_used_at",
    "freshness",
    "shown_version_id",
    "has_evidence",
    "is_snoozed",
)
# What people said comes before what was noticed.
WEIGHT = {kind: place for place, kind in enumerate(("flag", "incident", "escalation", "contact", "link", "service"))}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a runbook is to be read again, in a few words."""

    kind: str
    label: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    pk: int
    url: str  # of its reading page; `review/` and the like are below it
    title: str
    service: str
    team: str
    owner: str
    due: str  # overdue, soon, fresh or ""
    due_text: str
    due_on: dt.date | None
    last_on: dt.date | None
    freshness: str  # in a word
    freshness_tone: str
    version_id: int
    reasons: tuple[Reason, ...]
    more: int  # reasons that are not printed
    snoozed_until: dt.date | None
    task: str
    task_owner: str


def load_rows(runbooks: QuerySet[Any], today: dt.date) -> list[Row]:
    """Those runbooks as rows, in their order, each with its reasons; two queries."""
    task = ReviewTask.objects.open().filter(runbook=OuterRef("pk")).order_by("due_on", "pk")
    found = list(
        runbooks.values(
            *COLUMNS,
            snoozed_until=until_when(today),
            task=Subquery(task.values("text")[:1]),
            task_owner=Subquery(task.annotate(who=F("owner__display_name")).values("who")[:1]),
        )
    )
    reasons = find_reasons([values["pk"] for values in found if values["has_evidence"] or values["is_snoozed"]])
    return [_make_row(values, reasons[values["pk"]], today) for values in found]


def find_reasons(pks: Sequence[int]) -> defaultdict[int, list[Reason]]:
    """The open evidence of each runbook, the gravest first; no query where none is asked for."""
    found: defaultdict[int, list[Reason]] = defaultdict(list)
    if pks:
        rows = Evidence.objects.open().filter(runbook__in=pks).order_by("-noticed_at", "-pk")
        for row in sorted(rows, key=lambda one: WEIGHT.get(one.kind, len(WEIGHT))):
            found[row.runbook_id].append(Reason(row.kind, row.get_kind_display(), row.text, row.url))
    return found


def _make_row(values: dict[str, Any], reasons: Iterable[Reason], today: dt.date) -> Row:
    reasons = tuple(reasons)
    day = values["next_review_on"]
    owner = values["owner__display_name"] or ""
    return Row(
        pk=values["pk"],
        url=f"/runbooks/{values['service__slug']}/{values['slug']}/",
        title=values["title"],
        service=values["service__name"],
        team=values["team__name"] or values["service__team__name"] or "",
        owner=owner if values["owner__is_active"] or not owner else f"{owner} (left)",
        due=Runbook(next_review_on=day).due(today),
        due_text=say_due(day, today),
        due_on=day,
        last_on=values["last_reviewed_on"],
        freshness=freshness_word(values["freshness"]),
        freshness_tone=freshness_tone(values["freshness"]),
        version_id=values["shown_version_id"],
        reasons=reasons[:REASONS],
        more=max(0, len(reasons) - REASONS),
        snoozed_until=values["snoozed_until"],
        task=values["task"] or "",
        task_owner=values["task_owner"] or "",
    )
