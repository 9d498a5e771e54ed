"""Whom a post-mortem concerns: only people who may know of its incident are told of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from incidents.models import Incident, PostMortem, Role
from oncall.models import Classification, Kind, Notification
from oncall.outbox import notify, notify_team

PUBLISHERS = "incidents.publish_postmortem"


def find_commander(incident: Incident) -> User | None:
    """Who has or last had command, where they are still here."""
    rows = incident.role_holders.filter(role=Role.COMMANDER, person__is_active=True).select_related("person")
    last = rows.order_by("-taken_at", "-pk").first()
    return last.person if last else None


def tell_team(
    incident: Incident, *, key: str, subject: str, text: str, now: dt.datetime, url: str, action: str
) -> list[Notification]:
    """Tell the incident's team; nobody where it touches a Confidential service of another team."""
    secret = incident.services.filter(classification=Classification.CONFIDENTIAL).exclude(team=incident.team_id)
    if incident.team is None or secret.exists():
        return []
    return notify_team(
        incident.team, key=key, kind=Kind.INCIDENT, subject=subject, text=text, now=now, url=url, action=action
    )


def tell_reviewers(postmortem: PostMortem, *, user: User, now: dt.datetime) -> None:
    """The team's leads hear that there is something to look at."""
    tell_team(
        postmortem.incident,
        key=f"postmortem-review:{postmortem.pk}:{postmortem.revision}",
        subject=f"{postmortem.incident.reference}: the post-mortem is ready for review",
        text=f"{user} gave the post-mortem of “{postmortem.incident.title}” to review.",
        now=now,
        url=postmortem.get_absolute_url(),
        action="Read it",
    )


def tell_owner(postmortem: PostMortem, reason: str, *, user: User, now: dt.datetime) -> None:
    """The owner hears what is to be changed."""
    notify(
        key=f"postmortem-back:{postmortem.pk}:{postmortem.revision}:user:{postmortem.owner_id}",
        kind=Kind.INCIDENT,
        to=postmortem.owner,
        subject=f"{postmortem.incident.reference}: the post-mortem came back",
        text=f"{user} sent it back:\n\n{reason}",
        now=now,
        url=reverse("incidents:edit_postmortem", args=[postmortem.incident_id]),
        action="Go on writing",
    )


def tell_published(postmortem: PostMortem, *, user: User, now: dt.datetime) -> None:
    """Everybody who had a role, the owner, and who has an action item."""
    incident = postmortem.incident
    ids = {postmortem.owner_id, *incident.role_holders.values_list("person_id", flat=True)}
    ids |= {pk for pk in postmortem.actions.values_list("owner_id", flat=True) if pk}
    for person in only_knowing(User.objects.filter(pk__in=ids - {user.pk}, is_active=True), incident):
        notify(
            key=f"postmortem-published:{postmortem.pk}:{postmortem.revision}:user:{person.pk}",
            kind=Kind.INCIDENT,
            to=person,
            subject=f"{incident.reference}: the post-mortem is published",
            text=f"{user} published the post-mortem of “{incident.title}”.",
            now=now,
            url=postmortem.get_absolute_url(),
            action="Read it",
        )


def only_knowing(people: Iterable[User], incident: Incident) -> list[User]:
    """Those of them who may know of the incident."""
    return [one for one in people if Incident.objects.visible_to(one).filter(pk=incident.pk).exists()]
