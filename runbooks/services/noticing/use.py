"""A runbook was used: in a run, or in an incident. The floor above tells; here it becomes evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from runbooks.models import Evidence, Runbook
from runbooks.services.evidence import Noticed, notice


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over. Its number is that of the run; `url` is its page, from the portal's root."""

    number: int
    runbook_id: int
    version_number: str
    url: str
    is_drill: bool
    is_done: bool  # gone through to the end, not stopped
    is_final: bool  # the version had been active: a drill of a draft says nothing about the text in use
    wrong: int = 0  # steps said to be wrong
    skipped: int = 0
    added: int = 0
    left_open: int = 0

    @property
    def succeeded(self) -> bool:
        """Done, every step settled, and nothing said to be wrong. A skipped step had a reason; required ones can't be."""
        return self.is_done and not self.wrong and not self.left_open

    @property
    def asks(self) -> bool:
        """Whether the runbook is to be looked at because of it."""
        return not self.is_done or bool(self.wrong or self.skipped or self.added)


@transaction.atomic
def note_run(ended: Ended, now: dt.datetime) -> None:
    """A run or a drill is over. With success, the runbook was last used then. Harmless when said twice."""
    if ended.succeeded and ended.is_final:
        earlier = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now)
        Runbook.objects.filter(earlier, pk=ended.runbook_id).update(last_used_at=now, updated_at=now)
    kind = Evidence.Kind.DRILL if ended.is_drill else Evidence.Kind.RUN
    text, key = _say(ended), f"run:{ended.number}"
    seen = Noticed(ended.runbook_id, kind, key, text, ended.url, asks=ended.asks, succeeded=ended.succeeded)
    notice([seen], now)


def note_incident(
    runbook_ids: Collection[int], *, reference: str, number: int, title: str, url: str, now: dt.datetime
) -> None:
    """An incident that used those runbooks is over: it asks whether they held. Harmless when said twice.

    `title` is "" where it must not be read by whoever reads a runbook; then it is taken out of what was kept, too.
    """
    text = f"Used in {reference} “{title}”, which is over." if title else f"Used in {reference}, which is over."
    in_use = Runbook.objects.in_use().filter(pk__in=runbook_ids).values_list("pk", flat=True)
    keys = {pk: f"incident:{number}:runbook:{pk}" for pk in in_use}
    notice([Noticed(pk, Evidence.Kind.INCIDENT, key, text, url) for pk, key in keys.items()], now)
    if not title:
        Evidence.objects.filter(key__in=keys.values()).exclude(text=text).update(text=text)


def _say(ended: Ended) -> str:
    counted = (
        (ended.wrong, "said to be wrong"),
        (ended.skipped, "skipped"),
        (ended.added, "added"),
        (ended.left_open, "left open"),
    )
    parts = [f"{count} {what}" for count, what in counted if count]
    what = "Drill" if ended.is_drill else "Run"
    how = "to the end" if ended.is_done else "stopped before its end"
    return f"{what} of version {ended.version_number}, {how}{': ' if parts else ''}{', '.join(parts)}."
