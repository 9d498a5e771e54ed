"""Calling one level of a frozen ladder: the rows, the messages, the entry. Who decides that it is time is elsewhere."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from incidents.models import CalledLevel, EntryKind, Escalation, Incident, IncidentAudience
from incidents.services.timeline import record
from incidents.services.watch_joining import say_watch_items
from oncall.models import Channel, Classification, Contact, Delivery, Kind, Notification, Service
from oncall.outbox import notify
from oncall.outbox.notifying import Recipient
from oncall.services.moments import say_when

ACKNOWLEDGE = "Acknowledge"


@dataclass(frozen=True)
class Told:
    """Names of whom a level was meant for: something is on its way to them, or they have no address or have left."""

    reached: list[str]
    missed: list[str]


def call_level(escalation: Escalation, incident: Incident, *, now: dt.datetime, by: User | None = None) -> bool:
    """Call the next level, once: write its row, its messages and its entry. Whether it reaches anybody.

    The incident's and the escalation's rows are held by the caller, who also saves the escalation.
    """
    number = escalation.next_level
    level = escalation.levels[number]
    told = _tell_level(escalation, incident, level, number, now=now, by=by)
    CalledLevel.objects.create(
        escalation=escalation,
        level=number,
        label=level["label"][:20],
        due_at=min(escalation.next_at or now, now),
        called_at=now,
        called=told.reached,
        by=by,
    )
    _record_call(escalation, incident, level, told, now=now, by=by)
    escalation.next_level = number + 1
    escalation.next_at = now + escalation.find_wait(number) if told.reached else now
    escalation.snooze_reason = ""
    return bool(told.reached)


def tell_again(escalation: Escalation, incident: Incident, *, now: dt.datetime) -> list[Recipient]:
    """Tell the last level that was reached that everybody stayed silent. Gives whom it was told."""
    last = escalation.called_levels.exclude(called=[]).order_by("level").last()
    if last is None:
        return []
    level = escalation.levels[last.level]
    recipients = load_recipients(_keys_of(level))
    subject, facts = _say_incident(incident, now)
    text = f"Nobody has answered. Everybody on {escalation.path_name} was called."
    for key, to in recipients.items():
        notify(
            key=f"silent:{escalation.pk}:{key}",
            kind=Kind.PAGE,
            to=to,
            subject=f"Nobody answered: {subject}"[:200],
            text="\n\n".join([text, *facts]),
            now=now,
            url=find_link(incident),
            action=ACKNOWLEDGE,
        )
    return list(recipients.values())


def find_link(incident: Incident) -> str:
    """The path of the page with the one big button."""
    return reverse("incidents:acknowledge", args=[incident.pk])


def load_recipients(keys: Iterable[str]) -> dict[str, Recipient]:
    """People, contacts and channels by the keys of a ladder, in its order; what is there no more is left out."""
    wanted: dict[str, list[int]] = defaultdict(list)
    order = list(dict.fromkeys(keys))
    for key in order:
        kind, _, pk = key.partition(":")
        wanted[kind].append(int(pk))
    found: dict[str, Recipient] = {}
    if wanted["user"]:
        found |= {f"user:{pk}": one for pk, one in User.objects.in_bulk(wanted["user"]).items()}
    if wanted["contact"]:
        contacts = Contact.objects.select_related("user").in_bulk(wanted["contact"])
        found |= {f"contact:{pk}": one for pk, one in contacts.items()}
    if wanted["channel"]:
        found |= {f"channel:{pk}": one for pk, one in Channel.objects.in_bulk(wanted["channel"]).items()}
    return {key: found[key] for key in order if key in found}


def add_audience(incident: Incident, recipients: Iterable[Recipient]) -> None:
    """Let the people behind the recipients know of the incident, even if it is Confidential: they were told of it."""
    people = {
        person
        for to in recipients
        if (person := to.pk if isinstance(to, User) else to.user_id if isinstance(to, Contact) else None)
    }
    rows = [IncidentAudience(incident=incident, user_id=pk) for pk in sorted(people)]
    IncidentAudience.objects.bulk_create(rows, ignore_conflicts=True)


def _tell_level(
    escalation: Escalation, incident: Incident, level: dict[str, Any], number: int, *, now: dt.datetime, by: User | None
) -> Told:
    """Write a message for everybody whom the level names. An example incident disturbs nobody: all count as reached."""
    names = {call["callee"]["key"]: str(call["callee"]["name"]) for call in level["calls"]}
    recipients = load_recipients(names)
    if incident.is_example:
        return Told([names[key] for key in recipients], [])
    subject, facts = _say_incident(incident, now)
    lines = [_say_call(level, by), *facts, _say_next(escalation, number)]
    written: dict[str, Notification] = {}
    for key, to in recipients.items():
        said = notify(
            key=f"page:{escalation.pk}:{number}:{key}",
            kind=Kind.PAGE,
            to=to,
            subject=subject,
            text="\n\n".join([lines[0] + _say_unrelieved(level, key), _say_opened(incident, to, now), *lines[1:]]),
            now=now,
            url=find_link(incident),
            action=ACKNOWLEDGE,
        )
        if said is not None:
            written[key] = said
    on_the_way = set(
        Delivery.objects.filter(notification__in=written.values()).values_list("notification_id", flat=True)
    )
    reached = [key for key, said in written.items() if said.pk in on_the_way]
    add_audience(incident, (recipients[key] for key in reached))
    # A channel without an address matters only where nobody else hears of it
    missed = [key for key in names if key not in reached and not (reached and key.startswith("channel:"))]
    return Told([names[key] for key in reached], [names[key] for key in missed])


def _record_call(
    escalation: Escalation,
    incident: Incident,
    level: dict[str, Any],
    told: Told,
    *,
    now: dt.datetime,
    by: User | None,
) -> None:
    """The entry: whom the level reached, and whom not, and why."""
    label = f"{level['label']} of {escalation.path_name}"
    missed = _join(_say_missed(level, told.missed))
    if told.reached:
        text = f"{label}: {_join(told.reached)}"
        text = f"{'paged' if by else 'Paged'} {text}{' now' if by else ''}{f'; {missed}' if missed else ''}"
    else:
        text = f"{'called' if by else 'Passed over'} {label}: {missed or 'it names nobody'}"
    facts = {"escalation": escalation.pk, "level": level["label"], "called": told.reached}
    record(incident, EntryKind.PAGE, text, now=now, person=by, **facts)


def _say_missed(level: dict[str, Any], missed: Sequence[str]) -> Iterator[str]:
    for hole in level["holes"]:
        yield f"nobody is on call in {hole['layer']}"
    for name in missed:
        yield f"nothing can be sent to {name}"


def _say_incident(incident: Incident, now: dt.datetime) -> tuple[str, list[str]]:
    """A subject and paragraphs. Of what is Confidential nothing leaves the portal but that there is something."""
    services = list(incident.services.order_by("tier", "name"))
    if any(service.classification == Classification.CONFIDENTIAL for service in services):
        return f"{incident.severity} {incident.reference}", ["What it is about is Confidential: open it to read it."]
    facts = [incident.title, _say_services(services), incident.summary, *say_watch_items(services, now)]
    return f"{incident.severity} {incident.reference}: {incident.title}"[:200], [fact for fact in facts if fact]


def _say_services(services: Sequence[Service]) -> str:
    return f"Services: {_join([service.name for service in services])}" if services else ""


def _say_call(level: dict[str, Any], by: User | None) -> str:
    return f"{by} calls you now ({level['label']})." if by else f"You are called as {level['label']}."


def _say_unrelieved(level: dict[str, Any], key: str) -> str:
    """Why somebody is called whose shift is over; "" for all others."""
    remarks = (call.get("remark") for call in level["calls"] if call["callee"]["key"] == key)
    remark = next(filter(None, remarks), "")
    return f" Your shift is over, but you {remark.replace('stays', 'stay', 1)}." if remark else ""


def _say_opened(incident: Incident, to: Recipient, now: dt.datetime) -> str:
    person = to if isinstance(to, User) else to.user if isinstance(to, Contact) else None
    zone = person.time_zone if person is not None else incident.team.time_zone if incident.team else "UTC"
    return f"Opened {say_when(incident.opened_at, now, zone)}."


def _say_next(escalation: Escalation, number: int) -> str:
    """What follows from silence, so that everybody knows how long there is."""
    minutes = round(escalation.find_wait(number).total_seconds() / 60)
    time = "1 minute" if minutes == 1 else f"{minutes} minutes"
    if number + 1 >= escalation.last_level:
        return f"Nobody is called after you. Without an answer within {time} everybody sees that nobody answered."
    following = escalation.levels[number + 1]
    names = _join([str(call["callee"]["name"]) for call in following["calls"]]) or "nobody"
    return f"Without an answer within {time}, {following['label']} is called: {names}."


def _keys_of(level: dict[str, Any]) -> list[str]:
    return [call["callee"]["key"] for call in level["calls"]]


def _join(words: Iterable[str]) -> str:
    return ", ".join(words)
