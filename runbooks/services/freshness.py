"""The stored freshness of runbooks: facts gathered in one statement, numbers written only where they changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, DateTimeField, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from oncall.models import Classification, Dependency
from runbooks.models import Evidence, ExternalLink, Flag, LinkUse, ReviewPolicy, Runbook, Status
from runbooks.upkeep.freshness import Facts, explain

AT_ONCE = 1000  # runbooks that are in memory, and locked, together

# Said by facts of their own.
COUNTED_ELSEWHERE = (Evidence.Kind.FLAG, Evidence.Kind.LINK, Evidence.Kind.SERVICE)
COLUMNS = (
    *("pk", "freshness", "last_reviewed_on", "next_review_on", "last_used_at", "activated_at", "period"),
    *("flag_count", "dead_count", "asking_count", "service_changed", "need_changed_at"),
)
WRITE = """
    UPDATE runbooks_runbook AS r SET freshness = new.points, freshness_at = %s
    FROM unnest(%s::bigint[], %s::smallint[]) AS new(id, points) WHERE r.id = new.id
"""


def refresh_freshness(runbook_ids: Collection[int] | None, now: dt.datetime) -> int:
    """Bring the numbers of those runbooks, or of all in use, up to date; how many changed. Days are those of UTC.

    `updated_at` stays: a runbook that ages was not changed. Of all runbooks, those that somebody is changing at this moment
    are left for the next time; memory stays the same however many there are.
    """
    if runbook_ids is None:
        return sum(_refresh_chunk(chunk, now, skips_locked=True) for chunk in _walk_all())
    ids = sorted(runbook_ids)
    chunks = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return sum(_refresh_chunk(chunk, now, skips_locked=False) for chunk in chunks)


def load_facts(runbook_ids: Collection[int]) -> dict[int, Facts]:
    """What is known of each; one query."""
    return {row["pk"]: _make_facts(row) for row in _gather(runbook_ids)}


def with_facts(runbooks: QuerySet[Any]) -> QuerySet[Any]:
    """The same runbooks with what `read_facts` needs, in the same query."""
    annotated: QuerySet[Any] = runbooks.annotate(
        activated_at=F("shown_version__activated_at"),
        period=Coalesce("review_days", POLICY_DAYS, Value(settings.DEFAULT_REVIEW_DAYS), output_field=IntegerField()),
        flag_count=_count(Flag.objects.open(), Count("pk")),
        dead_count=_count(LinkUse.objects.filter(link__state=ExternalLink.State.DEAD), Count("link", distinct=True)),
        asking_count=_count(Evidence.objects.open().exclude(kind__in=COUNTED_ELSEWHERE), Count("pk")),
        service_changed=SERVICE_CHANGED,
        need_changed_at=NEED_CHANGED,
    )
    return annotated


def read_facts(runbook: Runbook) -> Facts:
    """What is known of a runbook that was fetched through `with_facts`."""
    return _make_facts({name: getattr(runbook, name) for name in COLUMNS})


def _walk_all() -> Iterator[list[int]]:
    last = 0
    in_use = Runbook.objects.in_use().shown().order_by("pk").values_list("pk", flat=True)
    while chunk := list(in_use.filter(pk__gt=last)[:AT_ONCE]):
        yield chunk
        last = chunk[-1]


@transaction.atomic
def _refresh_chunk(runbook_ids: Collection[int], now: dt.datetime, *, skips_locked: bool) -> int:
    """The rows are held first: an older look at the facts never overwrites a newer one."""
    rows = Runbook.objects.filter(pk__in=runbook_ids).in_use().shown().order_by("pk")
    held = list(rows.select_for_update(no_key=True, skip_locked=skips_locked).values_list("pk", flat=True))
    today = now.astimezone(dt.UTC).date()
    changed = []
    for row in _gather(held):
        points = explain(_make_facts(row), today).points
        if points != row["freshness"]:
            changed.append((row["pk"], points))
    if changed:
        ids, points_of = zip(*changed, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [now, list(ids), list(points_of)])
    return len(changed)


def _gather(runbook_ids: Collection[int]) -> QuerySet[Any]:
    annotated = with_facts(Runbook.objects.filter(pk__in=runbook_ids))
    rows: QuerySet[Any, Any] = annotated.order_by().values(*COLUMNS)
    return rows


def _count(rows: QuerySet[Any], count: Count) -> Subquery:
    counted = rows.filter(runbook=OuterRef("pk")).order_by().values("runbook").annotate(count=count)
    return Subquery(counted.values("count"), output_field=IntegerField())


POLICY_DAYS = Subquery(
    ReviewPolicy.objects.filter(team=Coalesce(OuterRef("team_id"), OuterRef("service__team_id"))).values("review_days")[
        :1
    ],
    output_field=IntegerField(),
)
SERVICE_CHANGED = Exists(Evidence.objects.open().filter(runbook=OuterRef("pk"), kind=Evidence.Kind.SERVICE))
# Confidential ones count for nobody: a number that everybody sees must not tell of them.
NEED_CHANGED = Subquery(
    Dependency.objects.filter(
        ~Q(needs__classification=Classification.CONFIDENTIAL),
        ~Q(needs__runbooks__classification=Classification.CONFIDENTIAL),
        service=OuterRef("service_id"),
        needs__runbooks__retired_at__isnull=True,
        needs__runbooks__shown_version__status=Status.ACTIVE,
    )
    .order_by()
    .values("service")
    .annotate(latest=Max("needs__runbooks__shown_version__activated_at"))
    .values("latest"),
    output_field=DateTimeField(),
)


def _make_facts(row: dict[str, Any]) -> Facts:
    return Facts(
        period_days=row["period"],
        last_reviewed_on=row["last_reviewed_on"],
        activated_on=_day(row["activated_at"]),
        next_review_on=row["next_review_on"],
        last_used_on=_day(row["last_used_at"]),
        open_flags=row["flag_count"] or 0,
        dead_links=row["dead_count"] or 0,
        open_evidence=row["asking_count"] or 0,
        service_changed=row["service_changed"],
        need_changed_on=_day(row["need_changed_at"]),
    )


def _day(moment: dt.datetime | None) -> dt.date | None:
    return moment.astimezone(dt.UTC).date() if moment else None
