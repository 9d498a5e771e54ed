"""Makers for tests of post-mortems and numbers."""

import datetime as dt

from incidents.models import ActionItem, Incident, Status
from incidents.services.actions import add_action
from incidents.services.postmortems import publish_postmortem, save_postmortem, start_postmortem, submit_postmortem
from tests.factories import NOW, make_incident

HOUR = dt.timedelta(hours=1)
WRITTEN = {
    "summary": "No tickets for an hour.",
    "impact": "Passengers queued.",
    "timeline": "- 03:14 It began",
    "root_cause": "A full disk.",
    "resolution": "We made room.",
}


def make_resolved(title="Tickets can't be sold", *services, hours=2.0, now=NOW, **fields) -> Incident:
    """An incident that was resolved that many hours after it was opened."""
    incident = make_incident(title, *services, now=now, **fields)
    at = now + HOUR * hours
    Incident.objects.filter(pk=incident.pk).update(status=Status.RESOLVED, resolved_at=at, mitigated_at=at)
    incident.refresh_from_db()
    return incident


def make_postmortem(user, incident=None, **texts):
    """A draft with these texts."""
    postmortem = start_postmortem(incident or make_resolved(), user=user, now=NOW + HOUR * 3)
    return save_postmortem(postmortem, {}, user=user, now=NOW + HOUR * 3, **texts) if texts else postmortem


def make_published(user, incident=None, **texts):
    """One that went all the way."""
    postmortem = make_postmortem(user, incident, **(WRITTEN | texts))
    submit_postmortem(postmortem, user=user, now=NOW + HOUR * 4)
    return publish_postmortem(postmortem, user=user, now=NOW + HOUR * 5)


def make_action(user, postmortem=None, text="Watch the disk", *, now=NOW, **fields) -> ActionItem:
    return add_action(postmortem or make_postmortem(user), text, user=user, now=now, **fields)
