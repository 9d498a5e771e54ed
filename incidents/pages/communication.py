"""Updates of an incident: the panel on its page, the list of all that were sent, and what the composer begins with."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.models import User
from incidents.models import OVER, Audience, Incident, IncidentUpdate, Severity, UpdateKind, UpdateTemplate
from incidents.pages.times import Clock, say_length
from oncall.models import Channel

SHOWN = 3
SOON = dt.timedelta(minutes=10)
USUAL_MINUTES = (15, 30, 60, 120, 240)


@dataclass(frozen=True)
class Due:
    """When the next update is due, and how it is said. `state` is "overdue", "soon" or "fresh"."""

    at: dt.datetime
    state: str
    text: str


@dataclass(frozen=True)
class UpdatesPanel:
    """The panel on the incident's page."""

    updates: list[IncidentUpdate]
    has_more: bool
    due: Due | None


def describe_incident_updates(incident: Incident, user: User, now: dt.datetime) -> UpdatesPanel:
    """The latest updates, and when the next is due; one query."""
    rows = list(IncidentUpdate.objects.filter(incident=incident).select_related("sent_by")[: SHOWN + 1])
    return UpdatesPanel(rows[:SHOWN], len(rows) > SHOWN, find_due(incident, now))


def find_due(incident: Incident, now: dt.datetime) -> Due | None:
    """When others expect the next update, on the reader's clock; None when nobody was promised one, or it is over."""
    at = incident.next_update_at
    if at is None or incident.status in OVER:
        return None
    said = make_clock(incident, now).say_full(at)
    if at <= now:
        return Due(at, "overdue", f"Overdue for {say_length(now - at)}, since {said}")
    return Due(at, "soon" if at - now <= SOON else "fresh", f"Due in {say_length(at - now)}, at {said}")


def make_clock(incident: Incident, now: dt.datetime) -> Clock:
    """The reader's clock, with the team's beside it."""
    zone = timezone.get_current_timezone()
    team = incident.team
    return Clock(zoneinfo.ZoneInfo(str(zone)), now, min(incident.started_at, now), team.time_zone if team else "")


def list_updates(incident: Incident) -> QuerySet[IncidentUpdate]:
    """All that were sent, the newest first."""
    return IncidentUpdate.objects.filter(incident=incident).select_related("sent_by")


def find_last(incident: Incident) -> IncidentUpdate | None:
    """The update that was sent last."""
    return IncidentUpdate.objects.filter(incident=incident).first()


def offer_templates(incident: Incident) -> list[UpdateTemplate]:
    """What an update can begin with: the team's own texts first."""
    own = Case(When(team=None, then=Value(1)), default=Value(0), output_field=IntegerField())
    kinds = Case(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(UpdateKind.values)), default=Value(9)
    )
    audiences = Case(
        *(When(audience=audience, then=Value(place)) for place, audience in enumerate(Audience.values)),
        default=Value(9),
    )
    offered = UpdateTemplate.objects.filter(Q(team=None) | Q(team=incident.team_id), is_offered=True)
    return list(offered.order_by(own, kinds, audiences, "name"))


def choose_template(
    templates: list[UpdateTemplate], incident: Incident, last: IncidentUpdate | None
) -> UpdateTemplate | None:
    """The text that fits now: the first message, an update for the same people as the last one, or that it is over."""
    kind = UpdateKind.RESOLVED if incident.status in OVER else UpdateKind.UPDATE if last else UpdateKind.INITIAL
    audience = last.audience if last else Audience.EVERYBODY
    fitting = [one for one in templates if one.kind == kind]
    return next((one for one in fitting if one.audience == audience), next(iter([*fitting, *templates]), None))


def offer_minutes(severity: Severity) -> list[int]:
    """In how many minutes the next update may come: the severity's interval, and the usual ones."""
    own = [severity.update_minutes] if severity.update_minutes else []
    return sorted({*own, *USUAL_MINUTES})


def offer_channels() -> tuple[list[Channel], list[Channel]]:
    """Channels that the portal can send to, and those that somebody has to tell by hand."""
    channels = list(Channel.objects.select_related("team").order_by("purpose", "channel"))
    usable = set(Channel.objects.filter(addresses__is_enabled=True).values_list("pk", flat=True))
    return [one for one in channels if one.pk in usable], [one for one in channels if one.pk not in usable]
