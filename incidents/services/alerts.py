"""From a notification to alerts: what is new, what came again, what has ended. Any order, any number of times.

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
from collections.abc import Iterable, Sequence
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
    """What a notification says that was not known."""

    new: list[Alert] = field(default_factory=list)
    fired: list[Alert] = field(default_factory=list)  # new ones that are firing now
    ended: list[Alert] = field(default_factory=list)  # that were firing until now
    repeated: list[Alert] = field(default_factory=list)


@transaction.atomic(savepoint=False)
def take_in(sent: Notification, lookups: Lookups) -> Changes:
    """Write down what a notification says, and do what the rules say of it. Twice is the same as once.

    Holds the group's row, so that two workers with notifications of one group come one after the other.
    """
    now = lookups.now
    group = _hold_group(sent)
    changes = _compare(sent, _Known(_load_known(group, sent.alerts)), group, now)
    for alert in changes.new:
        _describe(alert, lookups)
    choose_incidents(changes.fired, group, lookups)
    _save(changes, now)
    tell_of_starts(changes.fired, lookups)
    if changes.ended:
        is_over = not sent.left_out and not group.alerts.firing().exists()
        tell_of_ends(changes.ended, lookups, group_is_over=is_over)
    return changes


def _hold_group(sent: Notification) -> AlertGroup:
    rows = AlertGroup.objects.select_for_update(no_key=True)
    group = rows.filter(digest=sent.digest).first()
    if group is not None:
        return group
    AlertGroup.objects.bulk_create(
        [AlertGroup(digest=sent.digest, key=sent.group_key, receiver=sent.receiver)], ignore_conflicts=True
    )
    return rows.get(digest=sent.digest)


def _load_known(group: AlertGroup, sent: Sequence[SentAlert]) -> Iterable[Alert]:
    """Alerts of these fingerprints that may be meant: those that are firing, and those that began or ended since."""
    if not sent:
        return ()
    earliest = min(alert.starts_at for alert in sent)
    known = Alert.objects.filter(group=group, fingerprint__in={alert.fingerprint for alert in sent})
    return known.filter(Q(resolved_at=None) | Q(resolved_at__gte=earliest) | Q(starts_at__gte=earliest)).select_related(
        "service"
    )


class _Known:
    """What is known of each fingerprint, this notification included as far as it was read."""

    def __init__(self, alerts: Iterable[Alert]) -> None:
        self.by_fingerprint: dict[str, list[Alert]] = {}
        for alert in alerts:
            self.add(alert)

    def add(self, alert: Alert) -> None:
        self.by_fingerprint.setdefault(alert.fingerprint, []).append(alert)

    def find(self, sent: SentAlert) -> Alert | None:
        return next((a for a in self.of(sent) if a.starts_at == sent.starts_at), None)

    def of(self, sent: SentAlert) -> list[Alert]:
        return self.by_fingerprint.get(sent.fingerprint, [])

    def firing(self, sent: SentAlert, until: dt.datetime) -> list[Alert]:
        """Those that are firing and began until then."""
        return [a for a in self.of(sent) if a.resolved_at is None and a.starts_at <= until]

    def find_end(self, sent: SentAlert) -> dt.datetime | None:
        """When something that is said to be firing has ended by all that is known; None where it may be so."""
        later = [a.starts_at for a in self.of(sent) if a.starts_at > sent.starts_at]
        around = [
            a.resolved_at for a in self.of(sent) if a.resolved_at and a.starts_at < sent.starts_at < a.resolved_at
        ]
        return min([*later, *around], default=None)


def _compare(sent: Notification, known: _Known, group: AlertGroup, now: dt.datetime) -> Changes:
    changes = Changes()
    for one in sorted(sent.alerts, key=lambda alert: alert.starts_at):
        alert = known.find(one)
        if alert is None:
            alert = _make(one, group, now)
            changes.new.append(alert)
            alert.resolved_at = known.find_end(one) if one.is_firing else _find_end(one, alert, now)
            if alert.resolved_at is None:
                changes.fired.append(alert)
                _end(known.firing(one, one.starts_at), one.starts_at, changes)
            known.add(alert)
        else:
            changes.repeated.append(alert)
        if not one.is_firing:
            end = _find_end(one, alert, now)
            _end([*known.firing(one, end)], end, changes)
    return changes


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
    Alert.objects.bulk_create(changes.new)
    again = [alert.pk for alert in changes.repeated]
    if again:
        Alert.objects.filter(pk__in=again).update(last_received_at=now, received_count=F("received_count") + 1)
    new = {id(alert) for alert in changes.new}
    ended = [alert for alert in changes.ended if id(alert) not in new]
    if ended:
        Alert.objects.bulk_update(ended, ["resolved_at"])
