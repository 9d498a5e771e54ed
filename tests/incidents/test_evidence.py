"""What runs and incidents tell of the runbooks that they used."""

import datetime as dt

import pytest

from accounts.roles import EDITOR
from incidents.models import Status
from incidents.services.attaching import attach_runbook
from incidents.services.changing import change_facts, change_status
from incidents.services.runs import add_step, settle_step, start_run, stop_run
from oncall.models import Classification
from runbooks.models import Evidence, Runbook
from runbooks.services import save_edit
from runbooks.services.bases import EditBase
from tests.factories import NOW, make_incident, make_published, make_service, make_user
from tests.incidents.runs import CHECKLIST, go_through, make_run, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


def resolve(incident, user, at=60):
    return change_status(incident, Status.RESOLVED, user=user, now=minutes(at))


def attach(incident, runbook, user):
    return attach_runbook(incident, runbook, anchor="restart", heading="Restart", labels={}, user=user, now=NOW)


def test_a_drill_to_the_end_is_a_success_and_asks_for_nothing(ben):
    run = go_through(make_run(ben), ben)
    row = Evidence.objects.get()
    assert (row.kind, row.succeeded, row.asks) == ("drill", True, False)
    assert (row.text, row.url) == ("Drill of version 1.0, to the end.", f"/runs/{run.pk}/summary/")
    assert Runbook.objects.get().last_used_at == run.finished_at


def test_what_was_otherwise_asks_for_a_review(ben):
    run = make_run(ben, purpose="deployment")
    add_step(run, "Ring the bell", user=ben, now=NOW)
    go_through(run, ben, skip=[2])
    row = Evidence.objects.get()
    assert (row.kind, row.succeeded, row.asks) == ("run", True, True)
    assert row.text == "Run of version 1.0, to the end: 1 skipped, 1 added."


def test_a_step_said_to_be_wrong_is_no_success(ben):
    go_through(make_run(ben), ben, flag={3: ("The host is gone", "")})
    row = Evidence.objects.get(kind="drill")
    assert (row.succeeded, row.asks) == (False, True)
    assert Evidence.objects.filter(kind="flag").count() == 1
    assert Runbook.objects.get().last_used_at is None


def test_a_run_that_was_stopped_asks(ben):
    run = make_run(ben)
    settle_step(run.steps.first(), user=ben, now=minutes(1))
    stop_run(run, "The phone rang: secret words", user=ben, now=minutes(2))
    row = Evidence.objects.get()
    assert (row.succeeded, row.asks) == (False, True)
    assert row.text == "Drill of version 1.0, stopped before its end: 3 left open."


def test_a_drill_of_a_draft_says_nothing_about_the_text_in_use(ben):
    runbook = make_published(text=CHECKLIST)
    base = EditBase(runbook.shown_version_id, 1)
    draft = save_edit(runbook, base=base, markdown=CHECKLIST + "\nMore.\n", author=ben, now=NOW)
    go_through(make_run(ben, runbook=runbook, version=draft), ben)
    assert Evidence.objects.get().text == "Drill of version 1.1, to the end."
    assert Runbook.objects.get().last_used_at is None


def test_an_incident_that_is_resolved_asks_about_every_runbook_it_used(ben):
    incident = make_incident("Tickets can't be sold", make_service("Pier"))
    attached, run_one = make_published("Attached", text=CHECKLIST), make_published("Run", text=CHECKLIST)
    attach(incident, attached, ben)
    version = run_one.shown_version
    version.runbook = run_one
    start_run(version, "restart", purpose="incident", incident=incident, user=ben, now=NOW)
    assert not Evidence.objects.exists()
    resolve(incident, ben)
    rows = Evidence.objects.filter(kind="incident")
    assert {row.runbook for row in rows} == {attached, run_one}
    assert {row.text for row in rows} == {f"Used in {incident.reference} “Tickets can't be sold”, which is over."}
    assert {row.key for row in rows} == {f"incident:{incident.pk}:runbook:{one.pk}" for one in (attached, run_one)}


def test_reopened_and_resolved_again_it_asks_once(ben):
    incident = make_incident("Tickets", make_service("Pier"))
    attach(incident, make_published(text=CHECKLIST), ben)
    resolve(incident, ben)
    change_status(incident, Status.MITIGATING, user=ben, now=minutes(70))
    resolve(incident, ben, 80)
    assert Evidence.objects.count() == 1


def test_a_runbook_that_is_attached_afterwards_is_asked_about(ben):
    incident = make_incident("Tickets", make_service("Pier"))
    resolve(incident, ben)
    attach(incident, make_published(text=CHECKLIST), ben)
    assert Evidence.objects.get().kind == "incident"


def test_the_title_of_a_confidential_incident_is_not_told(ben):
    secret = make_service("Vault", classification=Classification.CONFIDENTIAL)
    incident = make_incident("The vault is open", secret)
    attach(incident, make_published(text=CHECKLIST), ben)
    change_status(incident, Status.RESOLVED, user=None, now=minutes(60))
    assert Evidence.objects.get().text == f"Used in {incident.reference}, which is over."


def test_the_title_is_taken_back_when_it_becomes_confidential(ben):
    pier, vault = make_service("Pier"), make_service("Vault", classification=Classification.CONFIDENTIAL)
    incident = make_incident("The vault is open", pier)
    attach(incident, make_published(text=CHECKLIST), ben)
    resolve(incident, ben)
    root = make_user("root", role="Administrator")
    change_facts(incident, user=root, now=minutes(90), services=[pier, vault])
    assert "vault" not in Evidence.objects.get().text


def test_a_retired_runbook_is_not_asked_about(ben):
    incident = make_incident("Tickets", make_service("Pier"))
    runbook = make_published(text=CHECKLIST)
    attach(incident, runbook, ben)
    Runbook.objects.update(retired_at=NOW)
    resolve(incident, ben)
    assert not Evidence.objects.exists()


def test_an_older_run_that_ends_does_not_set_the_last_use_back(ben):
    runbook = make_published(text=CHECKLIST)
    Runbook.objects.update(last_used_at=NOW + dt.timedelta(days=9))
    go_through(make_run(ben, runbook=runbook), ben)
    assert Runbook.objects.get().last_used_at == NOW + dt.timedelta(days=9)
