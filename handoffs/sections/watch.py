"""Notes with a fuse: what is watched, what is only there for a while, and what was put off."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.belonging import find_foreign_secrets, is_secret
from handoffs.sections.coming import load_coming
from handoffs.sections.writing import cut, say_at, shorten
from incidents.models import WatchItem

Kind = WatchItem.Kind
TEMPORARY = (Kind.MITIGATION, Kind.SILENCE)
TAGS = {Kind.WATCH: "Watch", Kind.MITIGATION: "Mitigation", Kind.SILENCE: "Silence", Kind.DEFERRED: "Deferred"}


def find_watched(scope: Scope) -> list[Entry]:
    """Watch items that burn, what ends first in front. One query, shared with the other kinds."""
    items = [item for item in scope.once(load_watch_items) if item.kind == Kind.WATCH]
    return shorten("watch", [describe_item(item, scope) for item in items], reverse("incidents:watch_items"))


def find_temporary(scope: Scope) -> list[Entry]:
    """Mitigations and silences, those included that ended in the shift and that nobody closed; then the overrides of the
    rotation that are in force at the change of shift, which end by themselves."""
    items = [item for item in scope.once(load_watch_items) if item.kind in TEMPORARY]
    entries = [describe_item(item, scope) for item in items]
    for cover in scope.once(load_coming).overrides:
        if cover.during.lower <= scope.changes_at < cover.during.upper:
            entries.append(
                Entry(
                    key=f"override:{cover.pk}",
                    title=f"{cover.person} is on call in {cover.layer.name}, whoever the plan names",
                    url=scope.rotation.get_absolute_url(),
                    tag="Override",
                    tone="info",
                    facts=tuple(filter(None, (cut(cover.reason),))),
                    times=(("until", say_at(cover.during.upper)),),
                )
            )
    return shorten("temporary", entries, reverse("incidents:watch_items"))


def load_watch_items(scope: Scope) -> list[WatchItem]:
    """What was not closed and concerns the team, by its end. Deferred work stays until it is closed; mitigations and
    silences that ended in the shift are still told of, as somebody has to take them out; watch items just end."""
    told = Q(expires_at__gt=scope.now) | Q(kind=Kind.DEFERRED) | Q(kind__in=TEMPORARY, expires_at__gt=scope.since)
    ours = Q(team=scope.team) | Q(service__in=scope.service_ids)
    rows = WatchItem.objects.filter(told, ours, closed_at=None).select_related("service", "owner")
    foreign = Q(service__in=find_foreign_secrets(scope).values("pk"))
    return list(rows.filter(~foreign).order_by("expires_at", "pk"))


def describe_item(item: WatchItem, scope: Scope) -> Entry:
    is_over = item.expires_at <= scope.now
    facts = (
        str(item.service or ""),
        f"alert {cut(item.alert_name, 80)}" if item.alert_name else "",
        f"owner {item.owner}" if item.owner is not None else "",
    )
    return Entry(
        key=f"watch:{item.pk}",
        title=cut(item.text, 300),
        url=item.get_absolute_url(),
        tag="Overdue" if is_over and item.kind == Kind.DEFERRED else TAGS[Kind(item.kind)],
        tone="red" if is_over else "amber" if item.expires_at <= scope.next_ends_at else "info",
        facts=tuple(filter(None, facts)),
        times=(("ended" if is_over else "until", say_at(item.expires_at)),),
        secret=is_secret(item.service),
    )
