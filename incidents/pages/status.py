"""The status page: what is wrong now, what was wrong lately, and maintenance, in the words that were meant for others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Prefetch, Q, Sum

from accounts.models import User
from incidents.models import Incident, IncidentUpdate
from incidents.models.incident import IncidentQuerySet
from incidents.pages.live import make_tag
from incidents.pages.maintenance import WindowLine, describe_maintenance
from oncall.models import Service

LATELY = dt.timedelta(days=7)


@dataclass(frozen=True)
class StatusPage:
    """What the page prints. Each incident has `public_updates` (the newest first) and `shown_services`."""

    open: Sequence[Incident]
    over: Sequence[Incident]
    maintenance: list[WindowLine]
    now: dt.datetime
    tag: str


def read_status(user: User, now: dt.datetime) -> StatusPage:
    """The page for one reader; the same number of queries for two incidents and for twenty."""
    tag = find_status_tag(user, now)
    updates = IncidentUpdate.objects.filter(is_public=True).order_by("-sent_at", "-pk")
    rows = (
        _shown(user, now)
        .select_related("severity", "team")
        .prefetch_related(
            Prefetch("updates", updates, to_attr="public_updates"),
            Prefetch("services", Service.objects.visible_to(user).order_by("name"), to_attr="shown_services"),
        )
        .order_by("severity__rank", "-started_at", "-pk")
    )
    incidents = list(rows)
    over = sorted((one for one in incidents if one.resolved_at), key=lambda one: one.resolved_at or now, reverse=True)
    return StatusPage([one for one in incidents if one.is_open], over, describe_maintenance(None, user, now), now, tag)


def find_status_tag(user: User, now: dt.datetime) -> str:
    """What the page depends on, in one query: the incidents and what was sent; and the minute, as times go on."""
    counted = _shown(user, now).aggregate(n=Count("pk"), revisions=Sum("revision"), last=Max("pk"))
    minute = now.replace(second=0, microsecond=0).isoformat()
    return make_tag(user.pk, user.time_zone, minute, *counted.values())


def _shown(user: User, now: dt.datetime) -> IncidentQuerySet:
    lately = Q(resolved_at__isnull=True) | Q(resolved_at__gte=now - LATELY)
    return Incident.objects.visible_to(user).filter(lately)
