"""Starting a run: what is frozen, what is refused, and the pages on the way."""

import datetime as dt
import re

import pytest
from django.db import ProgrammingError, transaction

from accounts.roles import APPROVER, EDITOR, READER, RESPONDER
from incidents.errors import NoSteps, NotAllowed, Refused, WrongState
from incidents.models import AttachedRunbook, Incident, Run, RunStep, Status
from incidents.services.runs import start_run, stop_run
from oncall.models import Classification
from runbooks.services import retire_runbook
from tests.factories import NOW, make_draft, make_incident, make_published, make_service, make_user
from tests.incidents.run_texts import STEPS, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def read(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_steps_are_those_of_the_version(ben):
    run = make_run(ben)
    assert [step.title[:12] for step in run.steps.all()] == [
        "Tell the pie",
        "Restart the ",
        "Look at the ",
        "Tell the pie",
    ]
    assert (run.title, run.version_number, run.outcome) == ("Ticket desk: Restart", "1.0", "going")


def test_a_frozen_step_can_t_be_changed(ben):
    step = make_run(ben).steps.first()
    with pytest.raises(ProgrammingError), transaction.atomic():
        RunStep.objects.filter(pk=step.pk).update(title="another")


def test_a_place_without_steps_is_refused(ben):
    with pytest.raises(NoSteps, match="no steps in this place"):
        make_run(ben, key="overview")


def test_a_retired_runbook_is_refused(ben):
    runbook = make_published(text=STEPS)
    retire_runbook(runbook, user=make_user("cy", role=APPROVER), now=NOW)
    runbook.refresh_from_db()
    with pytest.raises(WrongState, match="retired"):
        make_run(ben, runbook=runbook)


def test_a_draft_can_be_tried_as_a_drill_only(ben):
    version = make_draft(make_user("ada", role=EDITOR), text=STEPS)
    assert start_run(version, "restart", purpose="drill", user=ben, now=NOW).version == version
    with pytest.raises(WrongState, match="as a drill"):
        start_run(version, "restart", purpose="deployment", user=ben, now=NOW)


def test_a_closed_incident_is_refused(ben):
    incident = make_incident()
    Incident.objects.filter(pk=incident.pk).update(status=Status.CLOSED, resolved_at=NOW, closed_at=NOW)
    with pytest.raises(WrongState, match="is closed"):
        make_run(ben, incident=incident)


def test_a_reader_is_refused():
    with pytest.raises(NotAllowed):
        make_run(make_user("cy", role=READER))


def test_a_run_for_an_incident_needs_one(ben):
    with pytest.raises(Refused, match="Choose the incident"):
        make_run(ben, purpose="incident")


def test_the_same_place_in_the_same_incident_goes_on_in_the_run_that_is_there(ben):
    incident = make_incident()
    run = make_run(ben, incident=incident)
    later = NOW + dt.timedelta(minutes=5)
    assert make_run(make_user("ada", role=RESPONDER), incident=incident, runbook=run.runbook, now=later) == run
    assert make_run(ben, incident=incident, runbook=run.runbook, key="before-boarding") != run
    stop_run(run, "done with it", user=ben, now=later)
    assert make_run(ben, incident=incident, runbook=run.runbook, now=later) != run


def test_two_drills_of_one_place_are_two_runs(ben):
    run = make_run(ben)
    assert make_run(ben, runbook=run.runbook) != run


def test_the_page_lists_the_places(as_ben):
    runbook = make_published(text=STEPS)
    page = read(as_ben.get(f"/runs/new/?runbook={runbook.pk}"))
    assert ">Restart</a>" in page
    assert "4 steps" in page


def test_a_place_without_steps_says_so_and_names_others(as_ben):
    runbook = make_published(text=STEPS)
    response = as_ben.get(f"/runs/new/?runbook={runbook.pk}&section=overview")
    assert response.status_code == 422
    assert "There are no steps in that place" in read(response)
    assert ">Restart</a>" in read(response)


def test_a_runbook_without_steps_says_so(as_ben):
    runbook = make_published(text="# A\n\nOnly words.\n")
    assert "This runbook has no steps" in read(as_ben.get(f"/runs/new/?runbook={runbook.pk}"))


def test_the_form_starts_the_run_with_its_values(as_ben):
    runbook = make_published(text=STEPS)
    page = read(as_ben.get(f"/runs/new/?runbook={runbook.pk}&section=restart&namespace=desk-2"))
    assert 'value="desk-2"' in page
    assert 'value="ticket-desk"' in page
    data = {"runbook": runbook.pk, "section": "restart", "purpose": "drill", "value-namespace": "desk-3"}
    response = as_ben.post("/runs/new/", data)
    run = Run.objects.get()
    assert response["Location"] == f"/runs/{run.pk}/"
    assert run.values == {"namespace": "desk-3", "service-name": "ticket-desk"}


def test_a_hostile_label_is_left_out_and_named(as_ben):
    runbook = make_published(text=STEPS)
    response = as_ben.get("/runs/new/", {"runbook": runbook.pk, "section": "restart", "namespace": "$(reboot)"})
    assert "namespace</code> is not put in: its value holds characters that a shell could act upon" in read(response)
    assert "$(reboot)" not in read(response)


def test_a_hostile_value_comes_back_with_the_reason(as_ben):
    runbook = make_published(text=STEPS)
    data = {"runbook": runbook.pk, "section": "restart", "purpose": "drill", "value-namespace": "a b"}
    response = as_ben.post("/runs/new/", data)
    assert response.status_code == 422
    assert "a shell could act upon" in read(response)
    assert not Run.objects.exists()


def test_from_an_incident_the_attached_section_is_offered_with_its_labels(as_ben):
    incident = make_incident()
    runbook = make_published(text=STEPS)
    AttachedRunbook.objects.create(
        incident=incident,
        runbook=runbook,
        anchor="restart",
        heading="Restart",
        labels={"namespace": "pier"},
        attached_at=NOW,
    )
    page = read(as_ben.get(f"/runs/new/?incident={incident.number}"))
    assert f"?runbook={runbook.pk}&amp;section=restart&amp;incident={incident.number}" in page
    page = read(as_ben.get(f"/runs/new/?incident={incident.number}&runbook={runbook.pk}&section=restart"))
    assert 'value="pier"' in page
    data = {"runbook": runbook.pk, "section": "restart", "purpose": "incident", "incident": incident.number}
    as_ben.post("/runs/new/", data)
    assert incident.runs.get().values["namespace"] == "pier"


def test_starting_it_twice_leads_to_the_one_that_goes_on(as_ben, ben):
    incident = make_incident()
    run = make_run(ben, incident=incident)
    data = {"runbook": run.runbook_id, "section": "restart", "purpose": "incident", "incident": incident.number}
    response = as_ben.post("/runs/new/", data, follow=True)
    assert response.redirect_chain[0][0] == f"/runs/{run.pk}/"
    assert "Ben started this run already" in read(response)


def test_without_a_runbook_those_of_the_incident_s_services_are_offered(as_ben):
    desk = make_service("Ferry")
    runbook = make_published("Ferry", text=STEPS, service=desk)
    other = make_published("Ticket desk", text=STEPS)
    page = read(as_ben.get(f"/runs/new/?incident={make_incident('x', desk).number}"))
    assert f"runbook={runbook.pk}&" in page
    assert f"runbook={other.pk}&" not in page


def test_a_runbook_can_be_looked_for(as_ben):
    make_published(text=STEPS)
    assert "Ticket desk" in read(as_ben.get("/runs/new/?q=ticket"))
    assert "No runbook is called that" in read(as_ben.get("/runs/new/?q=zzz"))


def test_a_reader_may_not_start(as_user):
    assert as_user(make_user("cy", role=READER)).get("/runs/new/").status_code == 403


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, "-1", "²"])
def test_an_address_with_nonsense_is_not_found(as_ben, number):
    assert as_ben.get("/runs/new/", {"runbook": number}).status_code == 404
    assert as_ben.get("/runs/new/", {"incident": number}).status_code == 404


def test_confidential_runbooks_and_incidents_are_unknown_to_strangers(as_ben, ben):
    service = make_service("Vault", classification=Classification.CONFIDENTIAL)
    runbook = make_published("Vault", text=STEPS, service=service)
    incident = make_incident("Leak", service)
    assert as_ben.get(f"/runs/new/?runbook={runbook.pk}").status_code == 404
    assert as_ben.get(f"/runs/new/?incident={incident.number}").status_code == 404
    assert "Vault" not in read(as_ben.get("/runs/new/?q=vault")).replace("“vault”", "")
    open_runbook = make_published(text=STEPS)
    data = {"runbook": open_runbook.pk, "section": "restart", "purpose": "drill"}
    assert as_ben.post("/runs/new/", data | {"incident": incident.number}).status_code == 404


def test_a_sent_place_that_is_not_there_starts_nothing(as_ben):
    runbook = make_published(text=STEPS)
    data = {"runbook": runbook.pk, "section": "nowhere\x00", "purpose": "drill"}
    assert as_ben.post("/runs/new/", data).status_code == 422
    assert not Run.objects.exists()
