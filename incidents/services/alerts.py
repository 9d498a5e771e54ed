"""From notifications to alerts: what is new, what came again, what has ended. Any order, any number of times.

The same group, fingerprint and start are the same alert. What a sender says about one fingerprint is put in order by the
sender's own clock:

- an alert that has ended stays ended, whoever says once more that it is firing;
- an end that comes first is written down, and the firing that comes after it changes nothing;
- a firing that began before another one of the same fingerprint came late: it has ended when the other began;
- an end ends every firing of its fingerprint that began before it.

Starts and ends are of the sender's clock, and are only compared with one another. When something came in is of ours.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Q

from incidents.alertmanager import Notification, SentAlert
from incidents.models import Alert, AlertGroup
from incidents.services.alert_joining import choose_incidents, tell_of_ends, tell_of_starts
from incidents.services.alert_lookups import Lookups
from incidents.services.alert_rules import SEVERITY_LABEL


@dataclass
class Changes:
    """What notifications say that was not known."""

    new: list[Alert] = field(default_factory=list)
    fired: list[Alert] = field(default_factory=list)  # new ones that were firing when they came
    ended: list[Alert] = field(default_factory=list)  # that were firing until now
    repeated: list[Alert] = field(default_factory=list)


@transaction.atomic(savepoint=False)
def take_in(notifications: Sequence[Notification], lookups: Lookups) -> Changes:
    """Write down what notifications say, in their order, and do what the rules say of it. Twice is the same as once.

    Many at a time cost hardly more questions than one. Holds the rows of their groups, so that two workers with
    notifications of one group come one after the other.
    """
    groups = _hold_groups(notifications)
    known = _Known(_load_known(groups.values(), notifications))
    changes = Changes()
    for sent in notifications:
        _compare(sent, known, groups[sent.digest], lookups.now, changes)
    for alert in changes.new:
        _describe(alert, lookups)
    choose_incidents(changes.fired, lookups)
    _save(changes, lookups.now)
    tell_of_starts(changes.fired, lookups)
    if changes.ended:
        tell_of_ends(changes.ended, lookups, over=_find_over(changes.ended, notifications, groups))
    return changes


def _hold_groups(notifications: Iterable[Notification]) -> dict[str, AlertGroup]:
    """The groups by their digests, made where they are new, held in the order of their ids."""
    wanted = {sent.digest: sent for sent in notifications}
    rows = AlertGroup.objects.select_for_update(no_key=True).filter(digest__in=wanted).order_by("pk")
    groups = {group.digest: group for group in rows}
    if len(groups) == len(wanted):
        return groups
    new = [sent for digest, sent in sorted(wanted.items()) if digest not in groups]
    AlertGroup.objects.bulk_create(
        [AlertGroup(digest=sent.digest, key=sent.group_key, receiver=sent.receiver) for sent in new],
        ignore_conflicts=True,
    )
    return {group.digest: group for group in rows.all()}


def _load_known(groups: Iterable[AlertGroup], notifications: Iterable[Notification]) -> Iterable[Alert]:
    """Alerts of these fingerprints that may be meant: those that are firing, and those that began or ended since."""
    alerts = [alert for sent in notifications for alert in sent.alerts]
    if not alerts:
        return ()
    earliest = min(alert.starts_at for alert in alerts)
    known = Alert.objects.filter(group__in=list(groups), fingerprint__in={alert.fingerprint for alert in alerts})
    return known.filter(Q(resolved_at=None) | Q(resolved_at__gte=earliest) | Q(starts_at__gte=earliest)).select_related(
        "service"
    )


class _Known:
    """What is known of each fingerprint of each group, these notifications included as far as they were read."""

    def __init__(self, alerts: Iterable[Alert]) -> None:
        self.alerts: dict[tuple[int, str], list[Alert]] = {}
        for alert in alerts:
            self.add(alert)

    def add(self, alert: Alert) -> None:
        self.alerts.setdefault((alert.group_id, alert.fingerprint), []).append(alert)

    def of(self, group: AlertGroup, fingerprint: str) -> list[Alert]:
        return self.alerts.get((group.pk, fingerprint), [])


def _compare(sent: Notification, known: _Known, group: AlertGroup, now: dt.datetime, changes: Changes) -> None:
    for one in sorted(sent.alerts, key=lambda alert: alert.starts_at):
        others = known.of(group, one.fingerprint)
        alert = next((other for other in others if other.starts_at == one.starts_at), None)
        if alert is None:
            alert = _make(one, group, now)
            changes.new.append(alert)
            alert.resolved_at = _find_known_end(one, others) if one.is_firing else _find_end(one, alert, now)
            if alert.resolved_at is None:
                changes.fired.append(alert)
                _end(_find_firing(others, one.starts_at), one.starts_at, changes)
            known.add(alert)
        else:
            changes.repeated.append(alert)
        if not one.is_firing:
            end = _find_end(one, alert, now)
            _end(_find_firing(known.of(group, one.fingerprint), end), end, changes)


def _find_firing(alerts: Iterable[Alert], until: dt.datetime) -> list[Alert]:
    """Those that are firing and began until then."""
    return [alert for alert in alerts if alert.resolved_at is None and alert.starts_at <= until]


def _find_known_end(sent: SentAlert, others: Iterable[Alert]) -> dt.datetime | None:
    """When something that is said to be firing has ended by all that is known; None where it may be so."""
    later = [other.starts_at for other in others if other.starts_at > sent.starts_at]
    around = [
        other.resolved_at
        for other in others
        if other.resolved_at and other.starts_at < sent.starts_at < other.resolved_at
    ]
    return min([*later, *around], default=None)


def _find_over(
    ended: Iterable[Alert], notifications: Iterable[Notification], groups: Mapping[str, AlertGroup]
) -> set[int]:
    """Groups of which every alert has ended, as far as their sender named them all."""
    left_out = {groups[sent.digest].pk: sent.left_out for sent in notifications}  # what was said last
    ids = {alert.group_id for alert in ended}
    firing = Alert.objects.firing().filter(group__in=ids).order_by().values_list("group_id", flat=True).distinct()
    return {pk for pk in ids - set(firing) if not left_out.get(pk)}


def _end(alerts: Iterable[Alert], at: dt.datetime, changes: Changes) -> None:
    for alert in alerts:
        alert.resolved_at = max(at, alert.starts_at)
        changes.ended.append(alert)


def _find_end(sent: SentAlert, alert: Alert, now: dt.datetime) -> dt.datetime:
    """What the sender says; without that, as long after its start as it has been known here. Never before its start."""
    return max(sent.ends_at or alert.starts_at + (now - alert.received_at), alert.starts_at)


def _make(sent: SentAlert, group: AlertGroup, now: dt.datetime) -> Alert:
    return Alert(
        group=group,
        fingerprint=sent.fingerprint,
        starts_at=sent.starts_at,
        name=sent.name[:300],
        severity_label=sent.labels.get(SEVERITY_LABEL, "")[:60],
        labels=dict(sent.labels),
        annotations=dict(sent.annotations),
        generator_url=sent.generator_url,
        received_at=now,
        last_received_at=now,
    )


def _describe(alert: Alert, lookups: Lookups) -> None:
    """The service it means (by its labels, else that of the one runbook that answers), its section, and maintenance."""
    alert.service = lookups.find_service(alert.labels)
    answers = lookups.find_runbooks(alert.name, alert.labels, alert.annotations)
    if answers:
        alert.runbook = answers[0].runbook
        alert.anchor = answers[0].anchor[:300]
    if alert.service is None and len({answer.runbook.service_id for answer in answers}) == 1:
        alert.service = answers[0].runbook.service
    if alert.service is not None:
        alert.during_maintenance = lookups.find_window(alert.service)


def _save(changes: Changes, now: dt.datetime) -> None:
    again = Counter(alert.pk for alert in changes.repeated if not alert._state.adding)
    for alert in changes.repeated:
        if alert._state.adding:  # it came for the first time a moment before
            alert.received_count += 1
    new = {id(alert) for alert in changes.new}
    ended = {alert.pk: alert for alert in changes.ended if id(alert) not in new}
    Alert.objects.bulk_create(changes.new)
    for times in set(again.values()):
        rows = Alert.objects.filter(pk__in=[pk for pk, number in again.items() if number == times])
        rows.update(last_received_at=now, received_count=F("received_count") + times)
    if ended:
        Alert.objects.bulk_update(ended.values(), ["resolved_at"])
