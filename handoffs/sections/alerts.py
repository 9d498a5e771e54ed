"""Alerts in a handoff: what still fires, and what fired without a runbook that answers it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg, BoolOr
from django.db.models import Case, Count, Max, Min, Q, Value, When
from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.belonging import SECRET, find_foreign_secrets, find_incidents
from handoffs.sections.writing import count, cut, make_digest, say_at, shorten
from incidents.models import Alert

NAMELESS = "an alert without a name"
DOTS = {".", ".."}  # browsers take such a last part out of an address


def find_alerts(scope: Scope) -> list[Entry]:
    """Each name once: first what fires, the longest first, then what came without a runbook, the most frequent first.

    An alert is the team's by its service or by its incident. One query.
    """
    names = list(_load_names(scope))
    firing = [row for row in names if row["firing"]]
    unanswered = [row for row in names if row["unanswered"]]
    entries = [_describe_firing(row) for row in sorted(firing, key=lambda row: (row["since"], row["name"]))]
    entries += [
        _describe_unanswered(row) for row in sorted(unanswered, key=lambda row: (-row["unanswered"], row["name"]))
    ]
    return shorten("alerts", entries, reverse("incidents:alerts"))


def _load_names(scope: Scope) -> Any:
    firing = Q(resolved_at=None)
    unanswered = Q(runbook=None, received_at__gt=scope.since)
    ours = Q(service__in=scope.service_ids) | Q(incident__in=find_incidents(scope).values("pk"))
    foreign = Q(service__in=find_foreign_secrets(scope).values("pk"))
    secret = Case(When(service__classification=SECRET, then=Value(True)), default=Value(False))
    return (
        Alert.objects.filter(ours & ~foreign)
        .filter(firing | unanswered)
        .order_by()
        .values("name")
        .annotate(
            firing=Count("pk", filter=firing),
            unanswered=Count("pk", filter=unanswered),
            since=Min("starts_at", filter=firing),
            last_at=Max("starts_at", filter=unanswered),
            newest=Max("pk", filter=firing),
            label=Max("severity_label", filter=firing),
            is_planned=BoolOr(Q(during_maintenance__isnull=False), filter=firing),
            slug=Max("service__slug"),
            services=ArrayAgg("service__name", distinct=True, filter=Q(service__isnull=False), default=Value([])),
            is_secret=BoolOr(secret),
        )
    )


def _describe_firing(row: dict[str, Any]) -> Entry:
    facts = (
        f"{row['firing']} firing",
        cut(", ".join(row["services"])),
        "in maintenance" if row["is_planned"] else "",
    )
    return Entry(
        key=f"alert:{make_digest(row['name'])}",
        title=cut(row["name"], 200) or NAMELESS,
        url=reverse("incidents:alert", args=[row["newest"]]),
        tag=cut(row["label"], 20) or "Firing",
        tone="amber" if row["is_planned"] else "red",
        facts=tuple(filter(None, facts)),
        times=(("since", say_at(row["since"])),),
        secret=bool(row["is_secret"]),
    )


def _describe_unanswered(row: dict[str, Any]) -> Entry:
    return Entry(
        key=f"unanswered:{make_digest(row['name'])}",
        title=cut(row["name"], 200) or NAMELESS,
        url=_find_answer(row),
        tag="No runbook",
        tone="amber",
        facts=tuple(filter(None, (f"fired {count(row['unanswered'], 'time')}", cut(", ".join(row["services"]))))),
        times=(("last", say_at(row["last_at"])),),
        secret=bool(row["is_secret"]),
    )


def _find_answer(row: dict[str, Any]) -> str:
    """The page that answers the name, or offers to begin a runbook; the list of all such where no address can hold it."""
    name = row["name"].strip("/ \n\t")
    if not name or name.rpartition("/")[2] in DOTS:
        return f"{reverse('incidents:alerts')}?without=runbook"
    hint = f"?{urlencode({'service': row['slug']})}" if row["slug"] else ""
    return reverse("alert", args=[name]) + hint
