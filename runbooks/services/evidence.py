"""What tells whether a runbook still holds: noticed once by whichever floor sees it, settled by a review or when put right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from runbooks.models import Evidence, Review
from runbooks.services.freshness import refresh_freshness


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that was seen. `key` names it for ever, as `incident:12:runbook:3`; `text` is a sentence."""

    runbook_id: int
    kind: str  # of Evidence.Kind
    key: str
    text: str
    url: str = ""  # from the portal's root
    asks: bool = True  # for a review
    succeeded: bool | None = None  # runs and drills


@transaction.atomic
def notice(seen: Iterable[Noticed], now: dt.datetime) -> int:
    """Keep what was not noticed before; how many that were. Harmless when said twice."""
    rows = {one.key[:200]: one for one in seen}
    known = set(Evidence.objects.filter(key__in=rows).values_list("key", flat=True))
    new = [_make(key, one, now) for key, one in rows.items() if key not in known]
    Evidence.objects.bulk_create(new, ignore_conflicts=True)
    refresh_freshness({row.runbook_id for row in new}, now)
    return len(new)


@transaction.atomic
def settle(keys: Collection[str], now: dt.datetime) -> int:
    """What those keys name was put right: it asks for no review any more."""
    open_ones = Evidence.objects.open().filter(key__in=keys)
    runbooks = set(open_ones.values_list("runbook", flat=True))
    settled = open_ones.update(settled_at=now)
    refresh_freshness(runbooks, now)
    return settled


def answer_evidence(review: Review) -> int:
    """A review answers all that asked for one until then."""
    open_ones = Evidence.objects.open().filter(runbook=review.runbook_id, noticed_at__lte=review.reviewed_at)
    return open_ones.update(settled_at=review.reviewed_at, answered_by=review)


def reopen_evidence(review: Review) -> int:
    """A review was taken back: what it answered asks again."""
    return Evidence.objects.filter(answered_by=review).update(settled_at=None, answered_by=None)


def _make(key: str, one: Noticed, now: dt.datetime) -> Evidence:
    return Evidence(
        runbook_id=one.runbook_id,
        kind=one.kind,
        key=key,
        text=" ".join(one.text.replace("\0", "").split())[:300],
        url=one.url[:300],
        asks=one.asks,
        succeeded=one.succeeded,
        noticed_at=now,
    )
