"""Opening an incident: the fewest questions, and everything that follows in the same transaction."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction

from accounts.roles import RESPONDER
from incidents.errors import BadTime, NotAllowed, Refused
from incidents.models import Escalation, Incident, Role, TimelineEntry
from incidents.services.opening import NewIncident, open_incident
from oncall.models import Contact
from tests.factories import NOW, get_severity, make_incident, make_path, make_service, make_user

pytestmark = pytest.mark.django_db


def test_an_incident_begins_as_investigating_with_its_entry():
    ada = make_user(role=RESPONDER)
    incident = open_incident(NewIncident("Pier tickets fail", get_severity()), user=ada, now=NOW)
    assert (incident.status, incident.opened_by, incident.started_at) == ("investigating", ada, NOW)
    assert [entry.text for entry in incident.timeline.filter(kind="opened")] == ["opened the incident as SEV-2"]


def test_it_calls_the_path_of_its_most_important_service():
    path = make_path([Contact.objects.create(name="Night desk")])
    desk = make_service(escalation_path=path, tier=1)
    incident = make_incident("No tickets", make_service("Lamp", tier=3), desk)
    escalation = Escalation.objects.get(incident=incident)
    assert escalation.path == path
    assert escalation.ladder["levels"][0]["calls"][0]["callee"]["name"] == "Night desk"


def test_whoever_takes_command_at_once_is_on_it_and_nobody_is_called():
    path = make_path([Contact.objects.create(name="Night desk")])
    ada = make_user(role=RESPONDER)
    new = NewIncident("No tickets", get_severity(), (make_service(escalation_path=path),))
    incident = open_incident(new, user=ada, now=NOW, takes_command=True)
    assert incident.acknowledged_at == NOW
    assert incident.role_holders.get().role == Role.COMMANDER
    assert not Escalation.objects.exists()


def test_a_reader_is_refused():
    with pytest.raises(NotAllowed):
        open_incident(NewIncident("No tickets", get_severity()), user=make_user(), now=NOW)


def test_a_title_is_needed():
    with pytest.raises(Refused, match="what is wrong"):
        open_incident(NewIncident("  ", get_severity()), user=make_user(role=RESPONDER), now=NOW)


def test_it_can_t_begin_in_the_future():
    new = NewIncident("No tickets", get_severity(), started_at=NOW + dt.timedelta(hours=1))
    with pytest.raises(BadTime):
        open_incident(new, user=make_user(role=RESPONDER), now=NOW)


def test_every_entry_counts_the_revision_up():
    incident = make_incident()
    before = incident.revision
    incident.summary = "The desk's database is full."
    incident.save()
    incident.refresh_from_db()
    assert incident.revision == before + 1


def test_an_entry_can_t_be_changed():
    incident = make_incident()
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        TimelineEntry.objects.filter(incident=incident).update(text="another")
    assert not incident.timeline.filter(text="another").exists()


def test_an_incident_can_t_be_deleted():
    incident = make_incident()
    with pytest.raises(ProgrammingError, match=r"Cannot (update or )?delete"), transaction.atomic():
        Incident.objects.filter(pk=incident.pk)._raw_delete("default")
    assert Incident.objects.filter(pk=incident.pk).exists()
