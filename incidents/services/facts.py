"""The facts of an incident: what it is called, what is wrong, for whom, what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from incidents.errors import EditClash, Refused
from incidents.models import EntryKind, Incident
from incidents.services.evidence import tell_over
from incidents.services.locking import lock_for
from incidents.services.timeline import record
from oncall.models import Classification, Service

TEXTS = {
    "title": "title",
    "summary": "what is wrong",
    "affected": "what is affected",
    "customer_impact": "customer impact",
    "business_impact": "business impact",
    "next_step": "next step",
    "resolution": "resolution",
}
ONE_LINE = {"title": 200, "next_step": 300}
LONGEST = 10_000


@transaction.atomic
def change_facts(
    incident: Incident,
    *,
    user: User | None,
    now: dt.datetime,
    was: Mapping[str, str] | None = None,
    services: Iterable[Service] | None = None,
    services_were: Iterable[Service] | None = None,
    **texts: str,
) -> Incident:
    """Write the facts that are given; those that are not stay, and an entry names what changed.

    `was` is what the writer saw: a text that somebody else changed since, to something else, raises EditClash and
    nothing is written. `services` is the whole list, and with `services_were` only the difference between the two is made;
    a service the user may not know of stays where it is.
    Raises NotAllowed and Refused.
    """
    found = lock_for(incident, user)
    unknown = set(texts) - set(TEXTS)
    if unknown:
        raise TypeError(f"No such facts: {', '.join(sorted(unknown))}")
    wanted = {name: _clean(name, text) for name, text in texts.items()}
    changed = {name: text for name, text in wanted.items() if text != getattr(found, name)}
    _check_clash(found, changed, was or {})
    said = [_say_text(name, text) for name, text in changed.items()]
    data: dict[str, Any] = {name: [getattr(found, name), text] for name, text in changed.items()}
    for name, text in changed.items():
        setattr(found, name, text)
    if services is not None:
        said += _set_services(found, services, services_were, user, data)
    if not said:
        return found
    if changed:
        found.save(update_fields=list(changed))
    text = "changed " + ", ".join(said) if user else "The portal changed " + ", ".join(said)
    record(found, EntryKind.FACTS, text, now=now, person=user, changed=data)
    found.refresh_from_db()
    if services is not None and not found.is_open:  # it may be Confidential now: its title is taken back
        tell_over(found, now)
    return found


def _clean(name: str, text: str) -> str:
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    most = ONE_LINE.get(name)
    if most is not None:
        text = " ".join(text.split())
    if len(text) > (most or LONGEST):
        raise Refused(f"{TEXTS[name].capitalize()}: {most or LONGEST} characters at most.")
    if name == "title" and not text:
        raise Refused("An incident needs a title.")
    return text


def _check_clash(incident: Incident, changed: Mapping[str, str], was: Mapping[str, str]) -> None:
    theirs = {
        name: getattr(incident, name)
        for name in changed
        if name in was and _clean_quietly(name, was[name]) != getattr(incident, name)
    }
    if theirs:
        named = ", ".join(TEXTS[name] for name in theirs)
        raise EditClash(f"Somebody else changed this while you were writing: {named}.", theirs)


def _clean_quietly(name: str, text: str) -> str:
    """What the writer saw, in the form in which it is kept."""
    text = text.replace("\r\n", "\n").strip()
    return " ".join(text.split()) if name in ONE_LINE else text


def _say_text(name: str, text: str) -> str:
    if name in ONE_LINE and text:
        return f"the {TEXTS[name]} to “{text}”"
    return TEXTS[name] if TEXTS[name].startswith("what") else f"the {TEXTS[name]}"


def _set_services(
    incident: Incident,
    services: Iterable[Service],
    were: Iterable[Service] | None,
    user: User | None,
    data: dict[str, Any],
) -> list[str]:
    """Add and take away services, those that the user can't see excepted; what the entry says of it."""
    current = {service.pk: service for service in incident.services.all()}
    wanted = {service.pk: service for service in services}
    visible = set(current)
    if user is not None:
        visible = set(Service.objects.visible_to(user).filter(pk__in=current).values_list("pk", flat=True))
    seen = current if were is None else {service.pk: service for service in were}
    added = [service for pk, service in wanted.items() if pk not in current and pk not in seen]
    removed = [service for pk, service in current.items() if pk not in wanted and pk in visible and pk in seen]
    if not added and not removed:
        return []
    incident.services.add(*added)
    incident.services.remove(*removed)
    _find_team(incident, added)
    data["services"] = [[one.pk for one in removed], [one.pk for one in added]]
    said = [f"services (added {', '.join(map(_name, added))})"] if added else []
    return said + ([f"services (removed {', '.join(map(_name, removed))})"] if removed else [])


def _find_team(incident: Incident, added: Iterable[Service]) -> None:
    """An incident that belonged to no team belongs to the team of the first service that has one."""
    team = next((service.team for service in added if service.team_id), None)
    if incident.team_id is None and team is not None:
        incident.team = team
        incident.save(update_fields=["team"])


def _name(service: Service) -> str:
    """What the timeline calls a service: it is read by people who may not know of Confidential ones."""
    return "a Confidential service" if service.classification == Classification.CONFIDENTIAL else service.name
