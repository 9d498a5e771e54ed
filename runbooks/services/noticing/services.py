"""Services that changed: each is compared with what was known of it, and its runbooks are asked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from oncall.models import Classification, Dependency, Service, ServiceLink
from runbooks.models import Evidence, Runbook, ServiceSnapshot
from runbooks.services.evidence import Noticed, notice

CHUNK = 500  # services in memory together
NONE = "none"
LABELS = {"name": "name", "team": "team", "path": "escalation path", "tier": "tier", "slo": "SLO"}
LISTS = {"links": "link", "needs": "dependency"}
Facts = dict[str, Any]


def notice_services(now: dt.datetime) -> int:
    """Notice for each runbook in use what changed at its service since the last look; how many services had changed.

    A service that is seen for the first time is only remembered. Memory stays the same however many there are.
    """
    last = changed = 0
    while chunk := list(_load().filter(pk__gt=last)[:CHUNK]):
        known = dict(ServiceSnapshot.objects.filter(service__in=chunk).values_list("service", "facts"))
        new = [one for one in chunk if one.pk not in known]
        ServiceSnapshot.objects.bulk_create(
            [ServiceSnapshot(service=one, facts=read_facts(one), seen_at=now) for one in new], ignore_conflicts=True
        )
        for service in chunk:
            facts = read_facts(service)
            if service.pk in known and facts != known[service.pk]:
                changed += _take_change(service, facts, now)
        last = chunk[-1].pk
    return changed


def read_facts(service: Service) -> Facts:
    """What of a service its runbooks depend on. What another row is called counts for nothing, only which row it is."""
    team, path = service.team, service.escalation_path
    return {
        "name": service.name,
        "team": [str(team.pk), team.name] if team else None,
        "path": [str(path.pk), path.name] if path else None,
        "tier": str(service.tier),
        "slo": service.slo,
        "links": {link.url: str(link) for link in service.links.all()},
        "needs": {str(one.needs_id): _name(one.needs) for one in service.dependencies.all()},
    }


def say_changes(before: Facts, after: Facts) -> str:
    """`team was Harbour, is Night desk; the link “Logs” is new`; "" where nothing that counts is otherwise."""
    said = []
    for name, label in LABELS.items():
        was, now = before.get(name), after.get(name)
        if _id_of(was) != _id_of(now):
            said.append(f"{label} was {_words_of(was)}, is {_words_of(now)}")
    for name, label in LISTS.items():
        old, new = before.get(name) or {}, after.get(name) or {}
        said += [f"the {label} “{new[key]}” is new" for key in sorted(new.keys() - old.keys())]
        said += [f"the {label} “{old[key]}” is gone" for key in sorted(old.keys() - new.keys())]
    return "; ".join(said)


def _load() -> QuerySet[Service]:
    rows = Service.objects.select_related("team", "escalation_path").order_by("pk")
    return rows.prefetch_related(
        Prefetch("links", ServiceLink.objects.order_by("pk")),
        Prefetch("dependencies", Dependency.objects.select_related("needs").order_by("pk")),
    )


@transaction.atomic
def _take_change(service: Service, facts: Facts, now: dt.datetime) -> int:
    """Of several that look at once, one takes the change; whether it was this one and anything had to be said."""
    snapshot = ServiceSnapshot.objects.select_for_update().get(service=service)
    said = say_changes(snapshot.facts, facts)
    if snapshot.facts == facts:
        return 0
    seen_at = snapshot.seen_at
    snapshot.facts, snapshot.seen_at = facts, now
    snapshot.save(update_fields=["facts", "seen_at"])
    if not said:  # something is only called otherwise
        return 0
    runbooks = Runbook.objects.in_use().shown().filter(service=service).order_by("pk").values_list("pk", flat=True)
    notice(_make_evidence(service, runbooks, f"{facts['name']}: {said}.", seen_at), now)
    return 1


def _make_evidence(service: Service, runbooks: QuerySet[Any], text: str, seen_at: dt.datetime) -> Iterator[Noticed]:
    """The moment of the former look stands in the keys, so that a change back and forth is noticed each time."""
    for pk in runbooks:
        key = f"service:{service.pk}:{seen_at:%Y%m%dT%H%M%S.%f}:runbook:{pk}"
        yield Noticed(pk, Evidence.Kind.SERVICE, key, text, service.get_absolute_url())


def _name(service: Service) -> str:
    """Whoever reads the runbooks of one service may not know of another."""
    return "a Confidential service" if service.classification == Classification.CONFIDENTIAL else service.name


def _id_of(fact: Any) -> Any:
    return fact[0] if isinstance(fact, list) else fact or ""


def _words_of(fact: Any) -> str:
    return str(fact[1] if isinstance(fact, list) else fact or NONE)
