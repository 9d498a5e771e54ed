"""Runbooks in a handoff: which changed, which were said to be wrong, and which are due for a review."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.belonging import SECRET, find_runbooks
from handoffs.sections.telling_lines import Pair, find_telling_lines
from handoffs.sections.writing import count, cut, say_at, say_day, shorten
from runbooks.models import Flag, Runbook, RunbookVersion
from runbooks.models.version import FINAL, HEAVY

MOST_COMPARED = 20
ANSWERS = {
    Flag.Answer.CHANGED: "answered: the runbook was changed",
    Flag.Answer.RIGHT: "answered: the runbook is right",
}


def find_changed_runbooks(scope: Scope) -> list[Entry]:
    """Runbooks with a new active version since the last handoff, and what readers said is wrong; the newest first.

    One query, shared with `find_due_reviews`, and one for the texts of versions that were never compared before.
    """
    rows = scope.once(_load_runbooks)
    changed = sorted((row for row in rows if vars(row)["newest"]), key=lambda row: _newest(row)["at"], reverse=True)
    pairs = [pair for row in changed if (pair := _pair(row)) is not None]
    lines = find_telling_lines(pairs[:MOST_COMPARED])
    entries = [_describe_change(row, lines) for row in changed]
    flags = [(flag, row) for row in rows for flag in vars(row)["raised"]]
    flags.sort(key=lambda one: (one[0]["at"], one[0]["pk"]), reverse=True)
    entries += [_describe_flag(flag, row) for flag, row in flags]
    return shorten("runbooks", entries, reverse("runbooks:list"))


def find_due_reviews(scope: Scope) -> list[Entry]:
    """Runbooks whose review is overdue or comes due within the incoming shift, the longest overdue first; days are the team's."""
    zone = zoneinfo.ZoneInfo(scope.team.time_zone)
    today, last = scope.now.astimezone(zone).date(), _last_day(scope)
    due = [(row.next_review_on, row) for row in scope.once(_load_runbooks) if row.next_review_on is not None]
    due = sorted(((day, row) for day, row in due if day <= last), key=lambda one: (one[0], one[1].title, one[1].pk))
    return shorten("reviews", [_describe_review(row, day, today) for day, row in due], reverse("runbooks:list"))


def _last_day(scope: Scope) -> dt.date:
    return scope.next_ends_at.astimezone(zoneinfo.ZoneInfo(scope.team.time_zone)).date()


def _load_runbooks(scope: Scope) -> list[Runbook]:
    """The team's runbooks of which there is something to tell; with `newest`, `before` and `raised`."""
    final = RunbookVersion.objects.filter(runbook=OuterRef("pk"), status__in=FINAL)
    newer = final.filter(activated_at__gt=scope.since)
    flags = Flag.objects.filter(runbook=OuterRef("pk"), raised_at__gt=scope.since)
    rows = find_runbooks(scope).filter(Q(next_review_on__lte=_last_day(scope)) | Exists(newer) | Exists(flags))
    return list(
        rows.select_related("service", "owner", "shown_version")
        .defer(*(f"shown_version__{name}" for name in HEAVY))
        .annotate(
            newest=Subquery(_as_version(newer)),
            before=Subquery(
                final.filter(activated_at__lte=scope.since).order_by("-activated_at", "-pk").values("pk")[:1]
            ),
            raised=ArraySubquery(_as_flags(flags)),
        )
        .order_by("pk")
    )


def _as_version(versions: Any) -> Any:
    said = JSONObject(
        pk="pk",
        major="major",
        minor="minor",
        at="activated_at",
        summary="change_summary",
        author="author__display_name",
    )
    return versions.order_by("-activated_at", "-pk").annotate(said=said).values("said")[:1]


def _as_flags(flags: Any) -> Any:
    said = JSONObject(
        pk="pk",
        text="text",
        step="step",
        suggestion="suggestion",
        answer="answer",
        version="version_number",
        by="raised_by__display_name",
        at="raised_at",
    )
    return flags.order_by("-raised_at", "-pk").annotate(said=said).values("said")


def _newest(row: Runbook) -> dict[str, Any]:
    newest: dict[str, Any] = vars(row)["newest"]
    return newest


def _pair(row: Runbook) -> Pair | None:
    before = vars(row)["before"]
    return (before, _newest(row)["pk"]) if before is not None else None


def _describe_change(row: Runbook, lines: dict[Pair, tuple[str, ...]]) -> Entry:
    newest, pair = _newest(row), _pair(row)
    number = f"{newest['major']}.{newest['minor']}"
    facts = (
        f"version {number}" if pair else f"new, version {number}",
        row.service.name,
        cut(newest["summary"]),
        f"by {newest['author']}" if newest["author"] else "",
    )
    return Entry(
        key=f"runbook:{row.pk}",
        title=cut(row.title, 200),
        url=row.get_absolute_url(),
        tag="Changed" if pair else "New",
        tone="info",
        facts=tuple(filter(None, facts)),
        times=(("active since", _say_json(newest["at"])),),
        lines=lines.get(pair, ()) if pair else (),
        secret=_is_secret(row),
    )


def _describe_flag(flag: dict[str, Any], row: Runbook) -> Entry:
    marked = (("- ", flag["step"]), ("+ ", flag["suggestion"]))
    facts = (
        cut(flag["text"]),
        f"said by {flag['by']}",
        f"of version {flag['version']}",
        ANSWERS.get(flag["answer"], ""),
    )
    return Entry(
        key=f"flag:{flag['pk']}",
        title=cut(row.title, 200),
        url=reverse("flag", args=[flag["pk"]]),
        tag="Flagged",
        tone="green" if flag["answer"] != Flag.Answer.WAITING else "amber",
        facts=tuple(filter(None, facts)),
        times=(("said", _say_json(flag["at"])),),
        lines=tuple(cut(mark + text, 120) for mark, text in marked if text.strip()),
        secret=_is_secret(row),
    )


def _describe_review(row: Runbook, day: dt.date, today: dt.date) -> Entry:
    late = (today - day).days
    facts = (
        f"overdue by {count(late, 'day')}" if late > 0 else f"review due {say_day(day)}",
        row.service.name,
        f"owner {row.owner}" if row.owner is not None else "no owner",
    )
    return Entry(
        key=f"review:{row.pk}",
        title=cut(row.title, 200),
        url=row.get_absolute_url(),
        tag="Overdue" if late > 0 else "Due",
        tone="red" if late > 0 else "amber",
        facts=facts,
        secret=_is_secret(row),
    )


def _is_secret(row: Runbook) -> bool:
    return SECRET in (row.classification, row.service.classification)


def _say_json(at: str) -> str:
    return say_at(dt.datetime.fromisoformat(at))
