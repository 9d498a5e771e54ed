"""What is put beside an incident: pages elsewhere, and sections of runbooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from accounts.models import User
from incidents.errors import Refused, WrongState
from incidents.models import AttachedRunbook, EntryKind, Incident, IncidentLink
from incidents.services.evidence import tell_over
from incidents.services.locking import lock_for
from incidents.services.timeline import record
from oncall.models import Classification
from runbooks.models import Runbook

_is_address = URLValidator(schemes=["http", "https"])
LONGEST_URL = 500
MOST_LINKS = 100


@transaction.atomic
def add_link(incident: Incident, url: str, *, label: str = "", user: User, now: dt.datetime) -> IncidentLink:
    """Put a page elsewhere beside the incident: a call, a ticket, a dashboard. Only http and https are taken."""
    found = lock_for(incident, user)
    url, label = url.strip(), " ".join(label.replace("\0", "").split())[:120]
    try:
        _is_address(url)
    except ValidationError as error:
        raise Refused("That is no address of a page. It begins with https:// or http://.") from error
    if len(url) > LONGEST_URL:
        raise Refused(f"An address has {LONGEST_URL} characters at most.")
    if found.links.filter(url=url).exists():
        raise WrongState(f"{found.reference} has this link already.")
    if found.links.count() >= MOST_LINKS:
        raise Refused(f"{found.reference} has {MOST_LINKS} links. Remove one before you add another.")
    link = IncidentLink.objects.create(incident=found, url=url, label=label, added_by=user, added_at=now)
    record(found, EntryKind.FACTS, f"added the link {link}", now=now, person=user, link=url)
    return link


@transaction.atomic
def remove_link(link: IncidentLink, *, user: User, now: dt.datetime) -> None:
    """Take a link away; the timeline keeps its address. Raises WrongState when it is gone already."""
    found = lock_for(link.incident_id, user)
    row = found.links.filter(pk=link.pk).first()
    if row is None:
        raise WrongState("That link was removed before.")
    row.delete()
    record(found, EntryKind.FACTS, f"removed the link {row}", now=now, person=user, link=row.url)


@transaction.atomic
def attach_runbook(
    incident: Incident,
    runbook: Runbook,
    *,
    anchor: str,
    heading: str,
    labels: Mapping[str, str],
    alert_name: str = "",
    user: User | None,
    now: dt.datetime,
) -> AttachedRunbook:
    """Put a section of a runbook beside the incident; the labels fill its placeholders. Attaching it again changes nothing.

    Without a user it was an alert that brought it. Who may read the runbook is asked wherever it is shown.
    """
    found = lock_for(incident, user)
    row, is_new = AttachedRunbook.objects.get_or_create(
        incident=found,
        runbook=runbook,
        anchor=anchor[:300],
        defaults={
            "heading": heading[:300],
            "labels": dict(labels),
            "alert_name": alert_name[:300],
            "attached_by": user,
            "attached_at": now,
        },
    )
    if not is_new:
        return row
    name = _name(runbook, heading)
    text = f"attached {name}" if user else f"{alert_name or 'An alert'} brought {name}"
    url = runbook.get_absolute_url() + (f"#{anchor}" if anchor else "")
    record(found, EntryKind.FACTS, text, now=now, person=user, url=url, runbook=runbook.pk, anchor=anchor)
    if not found.is_open:
        tell_over(found, now)
    return row


def _name(runbook: Runbook, heading: str) -> str:
    """The timeline is read by people who may not know of a Confidential runbook."""
    secret = Classification.CONFIDENTIAL
    if secret in (runbook.classification, runbook.service.classification):
        return "a Confidential runbook"
    return f"the runbook {runbook.title}" + (f", section {heading}" if heading else "")
