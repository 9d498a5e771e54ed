"""What alerts do to incidents: they open one, join one, and end in one, as the rules say.

During a maintenance window of its service an alert is marked, and joins an incident that is open; it opens none, whatever
its severity, because whoever works on the service sees it, and nobody is to be woken for planned work.

Whoever holds several rows takes the group first, then services, then incidents, each by their ids, so that two workers
never wait for one another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence, Set
from itertools import groupby
from operator import attrgetter

from django.db.models import Q

from incidents.models import Alert, AlertGroup, AlertRule, EntryKind, Incident, Role, RoleHolder, Status
from incidents.services.alert_lookups import Lookups
from incidents.services.alert_rules import find_rule
from incidents.services.changing import attach_runbook, change_status
from incidents.services.locking import lock_incident
from incidents.services.opening import NewIncident, open_incident
from incidents.services.timeline import record
from incidents.services.watch_joining import tell_of_watch_items
from oncall.models import Classification, Service

LONG_AGO = dt.timedelta(days=7)  # a start before that says more about a clock than about an incident
MOST_ENTRIES = 200  # about alerts, in one timeline; a storm would bury what people write
MOST_NAMED = 20  # alerts whose ids an entry carries
MOST_RUNBOOKS = 3  # sections that one alert brings, where several answer equally well


class _OpenIncidents:
    """The open incidents that alerts could join, held in the order of their numbers."""

    def __init__(self, alerts: Sequence[Alert]) -> None:
        through = Incident.services.through.objects
        touching = through.filter(service__in={alert.service_id for alert in alerts if alert.service_id})
        own = Q(pk__in={alert.group.incident_id for alert in alerts if alert.group.incident_id})
        rows = Incident.objects.open().filter(own | Q(pk__in=touching.values("incident")), is_example=False)
        self.rows = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
        self.services: dict[int, set[int]] = {}
        if self.rows:
            for number, service in through.filter(incident__in=self.rows).values_list("incident_id", "service_id"):
                self.services.setdefault(number, set()).add(service)

    def add(self, incident: Incident, service: Service | None) -> None:
        self.rows[incident.pk] = incident
        self.services[incident.pk] = {service.pk} if service else set()

    def find(self, alert: Alert) -> Incident | None:
        """The one that the group belongs to, else the newest one of the alert's service.

        What a Confidential service has to say goes only to incidents of that service: others read those of the group.
        """
        service = alert.service
        of_service = [number for number in self.rows if service and service.pk in self.services.get(number, ())]
        is_secret = service is not None and service.classification == Classification.CONFIDENTIAL
        own = alert.group.incident_id
        if own in self.rows and (not is_secret or own in of_service):
            return self.rows[own]
        return self.rows[max(of_service)] if of_service else None


def choose_incidents(fired: Sequence[Alert], lookups: Lookups) -> None:
    """Let alerts that have begun, and are not saved yet, open or join incidents by the first rule that fits.

    Those that may open one come first, so that the others find it.
    """
    acting = [(alert, rule) for alert in fired if (rule := find_rule(lookups.rules, alert)) and _acts(rule)]
    if not acting:
        return
    opening = {alert.service_id for alert, rule in acting if rule.action == AlertRule.Action.OPEN and alert.service_id}
    if opening:
        _hold_services(opening)
    incidents = _OpenIncidents([alert for alert, _ in acting])
    moved: dict[int, AlertGroup] = {}
    for alert, rule in sorted(acting, key=lambda pair: pair[1].action != AlertRule.Action.OPEN):
        incident = incidents.find(alert) or _open(alert, rule, lookups.now)
        if incident is None:
            continue
        if incident.pk not in incidents.rows:
            incidents.add(incident, alert.service)
        alert.incident = incident
        if alert.group.incident_id != incident.pk:
            alert.group.incident = incident
            moved[alert.group.pk] = alert.group
    if moved:
        AlertGroup.objects.bulk_update(moved.values(), ["incident"])


def tell_of_starts(fired: Sequence[Alert], lookups: Lookups) -> None:
    """Write alerts that have begun into their incidents, with what comes along: services, runbooks, watch items."""
    found = _by_incident(fired)
    for incident, alerts in found:
        _tell_of_firing(incident, alerts, lookups.now)
        _add_services(incident, alerts, lookups)
        _attach(incident, alerts, lookups)
    if found:
        tell_of_watch_items(found, lookups.now)


def tell_of_ends(ended: Sequence[Alert], lookups: Lookups, *, over: Set[int]) -> None:
    """Write into the incidents of alerts that they have ended, and resolve an incident where a rule says so.

    `over`: ids of groups of which all have ended. An incident is resolved only when one of these ends, none of its alerts
    is firing and nobody commands it.
    """
    joined = [alert for alert in ended if alert.incident_id]
    rows = Incident.objects.in_bulk({alert.incident_id for alert in joined})
    for alert in joined:
        alert.incident = rows[alert.incident_id]
    for incident, alerts in _by_incident(joined):
        held = lock_incident(incident)
        pen = _Pen(held, lookups.now)
        for name, same in _by_name(alerts):
            pen.write(f"{name} has ended{_times(same)}", same, state="ended", at=_end_of(same, lookups))
        last = [alert for alert in alerts if alert.group_id in over]
        if not last:
            continue
        groups = len({alert.group_id for alert in last})
        which = "the group" if groups == 1 else f"{groups} groups"
        record(held, EntryKind.ALERT, f"All alerts of {which} have ended", now=lookups.now, state="over")
        if held.is_open and _may_resolve(held, last, lookups):
            note = "all of its alerts have ended"
            change_status(held, Status.RESOLVED, user=None, now=lookups.now, note=note)


def _acts(rule: AlertRule) -> bool:
    return rule.action in (AlertRule.Action.OPEN, AlertRule.Action.ATTACH)


def _hold_services(ids: Iterable[int]) -> None:
    """So that two notifications about one service never open two incidents at the same moment."""
    rows = Service.objects.select_for_update(no_key=True).filter(pk__in=sorted(ids)).order_by("pk")
    list(rows.values_list("pk"))


def _open(alert: Alert, rule: AlertRule, now: dt.datetime) -> Incident | None:
    if rule.action != AlertRule.Action.OPEN or rule.severity is None or alert.during_maintenance_id:
        return None
    summary = alert.annotations.get("summary", "")
    new = NewIncident(
        title=summary if alert.name in summary else f"{alert.name}: {summary}" if summary else alert.name,
        severity=rule.severity,
        services=(alert.service,) if alert.service else (),
        team=rule.team if alert.service is None else None,
        summary=alert.annotations.get("description", "")[:2000] or summary[:2000],
        started_at=_moment(alert.starts_at, now),
        source=Incident.Source.ALERT,
    )
    return open_incident(new, user=None, now=now)


def _tell_of_firing(incident: Incident, alerts: Sequence[Alert], now: dt.datetime) -> None:
    pen = _Pen(incident, now)
    for name, same in _by_name(alerts):
        during = " during maintenance" if any(alert.during_maintenance_id for alert in same) else ""
        unanswered = "" if any(alert.runbook_id for alert in same) else "; no runbook answers it"
        at = _moment(min(alert.starts_at for alert in same), now)
        pen.write(f"{name} fired{_times(same)}{during}{unanswered}", same, state="firing", at=at)


def _add_services(incident: Incident, alerts: Sequence[Alert], lookups: Lookups) -> None:
    """An alert of the group may come from another service than the one the incident was opened for."""
    named = {alert.service.pk: alert.service for alert in alerts if alert.service}
    if all((incident.pk, pk) in lookups.settled for pk in named):
        return
    lookups.settled.update((incident.pk, pk) for pk in named)
    present = set(incident.services.values_list("pk", flat=True))
    others = [service for pk, service in named.items() if pk not in present]
    if others:
        incident.services.add(*others)
        names = ", ".join(service.name for service in others)
        record(incident, EntryKind.FACTS, f"By its alerts it touches {names} as well", now=lookups.now)


def _attach(incident: Incident, alerts: Sequence[Alert], lookups: Lookups) -> None:
    """The sections that answer them, each once, with the labels of the first alert that brought it."""
    for alert in alerts:
        for answer in lookups.find_runbooks(alert.name, alert.labels, alert.annotations)[:MOST_RUNBOOKS]:
            place = (incident.pk, answer.runbook.pk, answer.anchor[:300])
            if place in lookups.settled:
                continue
            lookups.settled.add(place)
            attach_runbook(
                incident,
                answer.runbook,
                anchor=answer.anchor,
                heading=answer.section,
                labels=alert.labels,
                alert_name=alert.name,
                user=None,
                now=lookups.now,
            )


def _may_resolve(incident: Incident, ended: Sequence[Alert], lookups: Lookups) -> bool:
    rules = [find_rule(lookups.rules, alert) for alert in ended]
    if not all(rule is not None and rule.resolves for rule in rules) or incident.alerts.firing().exists():
        return False
    return not RoleHolder.objects.current().filter(incident=incident, role=Role.COMMANDER).exists()


class _Pen:
    """Writes entries about alerts into one incident, until there are very many: the last one says where the others are."""

    def __init__(self, incident: Incident, now: dt.datetime) -> None:
        self.incident, self.now = incident, now
        self.room = MOST_ENTRIES - self._count()

    def _count(self) -> int:
        """Entries so far, or a little more: each counts the revision up, so a low one needs no question."""
        if self.incident.revision < MOST_ENTRIES // 2:
            return self.incident.revision
        return self.incident.timeline.filter(kind=EntryKind.ALERT).order_by()[:MOST_ENTRIES].count()

    def write(self, text: str, alerts: Sequence[Alert], *, state: str, at: dt.datetime) -> None:
        if self.room <= 0:
            return
        self.room -= 1
        record(
            self.incident,
            EntryKind.ALERT,
            text[:400] + ("" if self.room else "; later ones stand in the list of alerts only"),
            now=self.now,
            at=at,
            url=alerts[0].get_absolute_url(),
            alert=alerts[0].name,
            state=state,
            count=len(alerts),
            alerts=[alert.pk for alert in alerts[:MOST_NAMED]],
        )


def _by_incident(alerts: Iterable[Alert]) -> list[tuple[Incident, list[Alert]]]:
    """The incidents by their numbers, each with its alerts."""
    groups: dict[int, tuple[Incident, list[Alert]]] = {}
    for alert in alerts:
        if alert.incident is not None:
            groups.setdefault(alert.incident.pk, (alert.incident, []))[1].append(alert)
    return [groups[number] for number in sorted(groups)]


def _by_name(alerts: Iterable[Alert]) -> list[tuple[str, list[Alert]]]:
    ordered = sorted(alerts, key=attrgetter("name"))
    return [(name, list(same)) for name, same in groupby(ordered, key=attrgetter("name"))]


def _times(alerts: Sequence[Alert]) -> str:
    return f" ({len(alerts)} alerts)" if len(alerts) > 1 else ""


def _end_of(alerts: Sequence[Alert], lookups: Lookups) -> dt.datetime:
    ends = [alert.resolved_at for alert in alerts if alert.resolved_at]
    return _moment(max(ends, default=lookups.now), lookups.now)


def _moment(at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When it happened by the sender's clock, where that clock can be right; else now."""
    return at if now - LONG_AGO <= at <= now else now
