"""How often the team was called in this shift, and in the one before it."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import Counter
from collections.abc import Iterator

from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.belonging import find_incidents
from handoffs.sections.coming import Coming, load_coming
from handoffs.sections.writing import count
from incidents.models import CalledLevel

NIGHT = (dt.time(22), dt.time(7))  # on the clock of whoever hands over
Call = tuple[dt.datetime, list[str]]


def find_pages(scope: Scope) -> list[Entry]:
    """One entry: the pages of this shift against those of the same length before it. One query.

    A page is a level of a ladder that was called in an incident of the team, and that reached somebody. Messages are not
    counted: one call writes several, whoever is paged for another team gets some too, and reminders look like pages.
    """
    before = scope.shift_starts_at - (scope.changes_at - scope.shift_starts_at)
    rows = CalledLevel.objects.filter(
        escalation__incident__in=find_incidents(scope).values("pk"), called_at__gte=before, called_at__lte=scope.now
    )
    calls: list[Call] = list(rows.exclude(called=[]).values_list("called_at", "called"))
    now = [call for call in calls if call[0] >= scope.shift_starts_at]
    earlier = len(calls) - len(now)
    if not calls:
        return []
    return [
        Entry(
            key="pages:shift",
            title=f"{count(len(now), 'page')} this shift, {earlier} in the one before",
            url=reverse("incidents:incidents"),
            tone="amber" if len(now) > earlier else "",
            tag="More" if len(now) > earlier else "Fewer" if len(now) < earlier else "As many",
            facts=tuple(_find_facts(now, scope)),
        )
    ]


def _find_facts(calls: list[Call], scope: Scope) -> Iterator[str]:
    zone = zoneinfo.ZoneInfo(scope.outgoing.time_zone)
    nights = sum(_is_night(at.astimezone(zone).time()) for at, _ in calls)
    if calls:
        yield f"{nights} between 22:00 and 07:00 in {scope.outgoing.time_zone}"
    people = _find_names(scope.once(load_coming))
    times = Counter(name for _, called in calls for name in called if name in people)
    yield from (f"{name} {number}" for name, number in sorted(times.items(), key=lambda one: (-one[1], one[0])))


def _is_night(at: dt.time) -> bool:
    return at >= NIGHT[0] or at < NIGHT[1]


def _find_names(coming: Coming) -> set[str]:
    """The people of the rotation, as a call names them; contacts and channels are called too, and not counted here."""
    ids = {person for layer in coming.own.layers for plan in layer.plan.plans for person in plan.plan.people}
    return {str(layer.people[person]) for layer in coming.own.layers for person in ids if person in layer.people}
