"""What is out of the ordinary in the incoming shift's schedule."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.coming import load_coming
from handoffs.sections.writing import cut, say_at, shorten
from oncall.models import Layer, Override, Swap
from oncall.schedule import Gap
from oncall.schedule.clashes import Clash

RANKS = dict(Layer._meta.get_field("rank").flatchoices)


def find_exceptions(scope: Scope) -> list[Entry]:
    """Overrides, swaps that wait for an answer, people who are on call and away, and gaps, by start.

    One query for the swaps, besides the schedule that other sections look at too.
    """
    coming = scope.once(load_coming)
    url = coming.own.rotation.get_absolute_url()
    gaps_url = reverse("oncall:gaps", args=[coming.own.rotation.team.slug, coming.own.rotation.slug])
    gaps = coming.own.gaps(scope.changes_at, scope.next_ends_at)
    entries = [
        *(_describe_override(cover, url) for cover in coming.overrides),
        *_find_swaps(scope),
        *(_describe_clash(clash, url) for clash in coming.clashes),
        *(_describe_gap(gap, gaps_url) for gap in gaps),
    ]
    return shorten("schedule", sorted(entries, key=lambda entry: (entry.times[0][1], entry.key)), url)


def _describe_override(cover: Override, url: str) -> Entry:
    return Entry(
        key=f"cover:{cover.pk}",
        title=f"{cover.person} is on call in {cover.layer.name}, whoever the plan names",
        url=url,
        tag="Swap" if cover.swap_id else "Override",
        tone="info",
        facts=tuple(filter(None, (cut(cover.reason),))),
        times=(("from", say_at(cover.during.lower)), ("until", say_at(cover.during.upper))),
    )


def _find_swaps(scope: Scope) -> Iterator[Entry]:
    touched = Q(during__overlap=(scope.changes_at, scope.next_ends_at), layer__rotation=scope.rotation.pk)
    returned = Q(
        return_during__overlap=(scope.changes_at, scope.next_ends_at), return_layer__rotation=scope.rotation.pk
    )
    rows = Swap.objects.filter(touched | returned, status=Swap.Status.ASKED)
    for swap in rows.select_related("asker", "colleague", "layer").order_by("during", "pk"):
        yield Entry(
            key=f"swap:{swap.pk}",
            title=f"{swap.asker} asks {swap.colleague} to take a shift in {swap.layer.name}",
            url=swap.get_absolute_url(),
            tag="Swap asked",
            tone="amber",
            facts=tuple(filter(None, ("not answered", cut(swap.message)))),
            times=(("from", say_at(swap.during.lower)), ("until", say_at(swap.during.upper))),
        )


def _describe_clash(clash: Clash, url: str) -> Entry:
    return Entry(
        key=f"away:{clash.absence.pk}:{clash.shift.layer.pk}:{clash.span.start:%Y%m%d%H%M}",
        title=f"{clash.shift.person} is on call in {clash.shift.layer.name}, and away",
        url=url,
        tag="Away",
        tone="red",
        facts=tuple(filter(None, (cut(clash.absence.reason),))),
        times=(("from", say_at(clash.span.start)), ("until", say_at(clash.span.end))),
    )


def _describe_gap(gap: Gap, url: str) -> Entry:
    return Entry(
        key=f"gap:{gap.rank}:{gap.span.start:%Y%m%d%H%M}",
        title=f"Nobody is on call: {RANKS.get(gap.rank, '').lower() or f'rank {gap.rank}'}",
        url=url,
        tag="Planned gap" if gap.is_planned else "Gap",
        tone="" if gap.is_planned else "red",
        facts=(cut(gap.reason),) if gap.reason else (),
        times=(("from", say_at(gap.span.start)), ("until", say_at(gap.span.end))),
    )
