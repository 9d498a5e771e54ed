"""Plain makers of rows. People are ada (owner), ben (team), cy (stranger)."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group

from accounts.models import Team, User
from accounts.roles import APPROVER, EDITOR, READER
from accounts.services import add_member
from handoffs.models import Handoff
from handoffs.services.opening import ShiftChange, open_handoff
from incidents.models import Incident, Severity, WatchItem
from incidents.services.opening import NewIncident, open_incident
from oncall.models import (
    EscalationLevel,
    EscalationPath,
    EscalationTarget,
    Layer,
    Plan,
    PlanMember,
    PlanWindow,
    Rotation,
    Service,
)
from runbooks.models import Runbook, RunbookVersion, Status
from runbooks.rendering import understand
from runbooks.services import (
    activate_version,
    approve_version,
    create_runbook,
    publish_text,
    submit_version,
)

NOW = dt.datetime(2026, 11, 17, 3, 14, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"

TEXT = """\
# Ticket desk

**Owner:** Ada Winter
**Review Frequency:** Quarterly

## Overview

Sells tickets at the pier.

## Restart

```bash
kubectl -n desk rollout restart deploy/[service-name]
```
"""


def make_user(name: str = "ada", *, role: str = READER, **extra: Any) -> User:
    """A person with one role, loaded as the login loads them (permissions and teams at hand)."""
    user = User.objects.create_user(
        f"{name}@example.com",
        extra.pop("password", PASSWORD),
        display_name=extra.pop("display_name", name.title()),
        **extra,
    )
    user.groups.add(Group.objects.get(name=role))
    return reload_user(user)


def reload_user(user: User) -> User:
    """The person with permissions and teams as they are now."""
    return User.objects.with_access().get(pk=user.pk)


def make_team(name: str = "Harbour", *members: User) -> Team:
    team = Team.objects.create(name=name, slug=name.lower().replace(" ", "-"), time_zone="Europe/Lisbon")
    for member in members:
        add_member(team, member)
    return team


def make_service(name: str = "Ticket desk", **extra: Any) -> Service:
    return Service.objects.create(name=name, slug=name.lower().replace(" ", "-"), **extra)


def make_draft(
    author: User | None = None, *, text: str = TEXT, title: str = "Ticket desk", **extra: Any
) -> RunbookVersion:
    """Version 1.0 of a new runbook, a draft."""
    author = author or make_user("ada", role=EDITOR)
    service = extra.pop("service", None) or Service.objects.filter(slug="ticket-desk").first() or make_service()
    return create_runbook(
        service=service,
        title=title,
        kind=extra.pop("kind", "service"),
        markdown=text,
        author=author,
        now=extra.pop("now", NOW),
    )


def make_active(author: User | None = None, approver: User | None = None, **extra: Any) -> RunbookVersion:
    """Version 1.0 of a new runbook, gone all the way to active by two people."""
    version = make_draft(author, **extra)
    return go_active(version, approver or make_user("ben", role=APPROVER))


def go_active(version: RunbookVersion, approver: User) -> RunbookVersion:
    """Submit, approve and activate a draft."""
    submit_version(version, user=approver, now=NOW)
    approve_version(version, user=approver, now=NOW)
    return activate_version(version, user=approver, now=NOW)


def make_published(
    title: str = "Ticket desk", *, text: str = TEXT, service: Service | None = None, **extra: Any
) -> Runbook:
    """A runbook with an active version 1.0 that came from outside: the cheapest way to have one."""
    service = service or Service.objects.filter(slug="ticket-desk").first() or make_service()
    slug = extra.pop("slug", title.lower().replace(" ", "-"))
    runbook = Runbook.objects.create(service=service, title=title, slug=slug, **extra)
    publish_text(
        runbook, text, understand(text), status=Status.ACTIVE, author=None, now=NOW, change_summary="First version"
    )
    runbook.refresh_from_db()
    return runbook


def make_rotation(
    team: Team, *people: User, name: str = "On call", layer: str = "Primary", rank: int = 1, **plan: Any
) -> Rotation:
    """A rotation with one layer: weekly turns, hand-over on Mondays at 09:00 in the team's zone, since 2026-01-05."""
    rotation = Rotation.objects.create(team=team, name=name, slug=name.lower().replace(" ", "-"))
    add_layer(rotation, *people, name=layer, rank=rank, **plan)
    return rotation


def add_layer(rotation: Rotation, *people: User, name: str = "Backup", rank: int = 2, **plan: Any) -> Layer:
    """A layer with a plan; keywords are the plan's fields, and `windows` as (weekdays, starts, ends)."""
    layer = Layer.objects.create(rotation=rotation, name=name, rank=rank)
    add_plan(layer, *people, **plan)
    return layer


def add_plan(
    layer: Layer, *people: User, windows: Iterable[tuple[list[int], dt.time, dt.time]] = (), **fields: Any
) -> Plan:
    """A plan of the layer, that takes over from the one before it."""
    zone = fields.setdefault("time_zone", layer.rotation.team.time_zone)
    anchor = fields.setdefault("anchor_on", dt.date(2026, 1, 5))
    at = fields.setdefault("handover_at", dt.time(9))
    start = dt.datetime.combine(anchor, at, zoneinfo.ZoneInfo(zone))
    plan = Plan.objects.create(layer=layer, **({"effective_from": start, "created_at": NOW} | fields))
    for position, person in enumerate(people):
        PlanMember.objects.create(plan=plan, person=person, position=position)
    for weekdays, starts_at, ends_at in windows:
        PlanWindow.objects.create(plan=plan, weekdays=weekdays, starts_at=starts_at, ends_at=ends_at)
    return plan


def make_path(
    *levels: list[Any], name: str = "Harbour path", minutes: Iterable[int] = (), **fields: Any
) -> EscalationPath:
    """A path; each level is a list of layers, contacts and channels, and answers in 15 minutes unless `minutes` say else."""
    slug = fields.pop("slug", name.lower().replace(" ", "-"))
    path, _ = EscalationPath.objects.update_or_create(slug=slug, defaults={"name": name} | fields)
    path.levels.all().delete()
    times = [*minutes, *[15] * len(levels)]
    for position, targets in enumerate(levels, start=1):
        level = EscalationLevel.objects.create(
            path=path, position=position, label=f"L{position}", response_minutes=times[position - 1]
        )
        for target in targets:
            EscalationTarget.objects.create(level=level, **{type(target).__name__.lower(): target})
    return EscalationPath.objects.get(pk=path.pk)


def make_incident(title: str = "Tickets can't be sold", *services: Service, **fields: Any) -> Incident:
    """An open incident, opened by nobody in particular and without a path, so that nobody is paged."""
    severity = fields.pop("severity", None) or get_severity(fields.pop("level", "SEV-2"))
    now = fields.pop("now", NOW)
    new = NewIncident(title, severity, services, **fields)
    return open_incident(new, user=None, now=now)


def get_severity(name: str = "SEV-2") -> Severity:
    """A severity of the shared scale, which every database has."""
    return Severity.objects.get(team=None, name=name)


def make_handoff(outgoing: User, incoming: User, *, rotation: Rotation | None = None, **fields: Any) -> Handoff:
    """An open handoff of a week that ends at NOW + 1 hour, with the checklist of its team."""
    team = rotation.team if rotation else make_team("Harbour", outgoing, incoming)
    changes_at = fields.pop("changes_at", NOW + dt.timedelta(hours=1))
    change = ShiftChange(
        outgoing=outgoing,
        incoming=incoming,
        backup=fields.pop("backup", None),
        starts_at=fields.pop("starts_at", changes_at - dt.timedelta(days=7)),
        ends_at=fields.pop("ends_at", changes_at),
        changes_at=changes_at,
        next_ends_at=changes_at + dt.timedelta(days=7),
    )
    handoff = open_handoff(rotation or make_rotation(team, outgoing, incoming), change, user=None, now=NOW)
    for name, value in fields.items():
        setattr(handoff, name, value)
    if fields:
        handoff.save()
    return handoff


def make_watch_item(text: str = "Decline ratio below 0.12", *, team: Team, user: User, **fields: Any) -> WatchItem:
    """A watch item that burns for a day from NOW."""
    given = {"expires_at": NOW + dt.timedelta(days=1), "created_at": NOW} | fields
    return WatchItem.objects.create(text=text, team=team, created_by=user, **given)
