"""The gates on the page of a version, and what a form there answers."""

import datetime as dt

import pytest
from django.test import Client

from oncall.models import Classification
from runbooks.models import GateTick, ReviewPolicy, RunbookVersion, Status
from runbooks.services import approve_version, submit_version
from runbooks.services.gates import tick_gate, untick_gate
from tests.factories import NOW, TEXT, go_active, make_draft, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
PAGE = "/runbooks/ticket-desk/ticket-desk/versions/1.0/"
TICK = f"{PAGE}gates/commands/"


@pytest.fixture
def ada(db):
    return make_user("ada", role="Editor")


@pytest.fixture
def ben(db):
    return make_user("ben", role="Approver")


@pytest.fixture
def version(ada):
    team = make_team("Harbour", ada)
    ReviewPolicy.objects.create(team=team, gates=["placeholders", "commands"])
    return make_draft(ada, service=make_service("Ticket desk", team=team))


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def approved(version, ada, ben):
    submit_version(version, user=ada, now=NOW)
    return approve_version(version, user=ben, now=NOW)


def test_it_shows_each_gate_with_its_state_and_what_to_do(version, ada):
    html = client_of(ada).get(PAGE).content.decode()
    assert "1 gate is closed." in html
    for words in ("Placeholders are filled", "The commands were tried", "Somebody tries the 1 command", "not required"):
        assert words in html


def test_a_tick_comes_back_to_its_place_with_the_name(version, ada):
    response = client_of(ada).post(TICK, {"note": "On staging", "sha256": version.sha256})
    assert response.status_code == 302 and response["Location"] == f"{PAGE}#gate-commands"
    html = client_of(ada).get(PAGE).content.decode()
    assert "On staging" in html and "Take back" in html and "Every required gate is open." in html


def test_a_tick_is_taken_back(version, ada):
    tick = tick_gate(version, "commands", user=ada, now=NOW)
    assert client_of(ada).post(TICK, {"tick": tick.pk}).status_code == 302
    assert GateTick.objects.get().taken_back_by == ada


@pytest.mark.parametrize("pk", ["0", "x", "", "9" * 30, "²"])
def test_a_tick_that_is_none_is_not_there(version, ada, pk):
    assert client_of(ada).post(TICK, {"tick": pk}).status_code == 404


def test_nobody_takes_back_a_tick_of_another_version_by_its_number(version, ada):
    other = make_draft(ada, title="Till", service=version.runbook.service)
    tick = tick_gate(other, "commands", user=ada, now=NOW)
    assert client_of(ada).post(TICK, {"tick": tick.pk}).status_code == 404


def test_what_is_refused_comes_back_with_the_sentence_and_the_note(version, ada):
    response = client_of(ada).post(TICK, {"note": "On staging", "sha256": "0" * 64})
    html = response.content.decode()
    assert response.status_code == 409
    assert "was changed since you opened" in html and 'value="On staging"' in html


@pytest.mark.parametrize(("gate", "status"), [("links", 409), ("luck", 404)])
def test_a_gate_that_nobody_ticks(version, ada, gate, status):
    assert client_of(ada).post(f"{PAGE}gates/{gate}/").status_code == status


def test_a_reader_sees_the_gates_without_forms_and_is_not_let_through(version):
    reader = client_of(make_user("dee"))
    html = reader.get(PAGE).content.decode()
    assert "The commands were tried" in html and TICK not in html
    assert reader.post(TICK).status_code == 403


def test_a_stranger_to_a_confidential_runbook_gets_404(version):
    version.runbook.classification = Classification.CONFIDENTIAL
    version.runbook.save()
    assert client_of(make_user("cy", role="Responder")).post(TICK).status_code == 404


def test_a_look_at_the_address_ticks_nothing(version, ada):
    assert client_of(ada).get(TICK).status_code == 405


def test_a_note_is_shown_as_text(version, ada):
    tick_gate(version, "commands", user=ada, now=NOW, note="<script>alert(1)</script>")
    assert "<script>alert(1)" not in client_of(ada).get(PAGE).content.decode()


def test_an_earlier_tick_is_named_and_given_again_with_one_click(version, ada):
    tick_gate(version, "commands", user=ada, now=NOW)
    RunbookVersion.objects.filter(pk=version.pk).update(markdown=TEXT + "x\n", sha256="1" * 64)
    html = client_of(ada).get(PAGE).content.decode()
    assert "Ticked for an earlier text by Ada" in html and "Tick again" in html


def test_activating_behind_a_closed_gate_is_refused_on_the_page_with_the_reasons(version, ada, ben):
    approved(version, ada, ben)
    ben = client_of(ben)
    assert "data-closed" in ben.get(PAGE).content.decode()
    response = ben.post(f"{PAGE}activate/")
    html = response.content.decode()
    assert response.status_code == 409 and "The commands were tried” is not so yet" in html
    version.refresh_from_db()
    assert version.status == Status.APPROVED


def test_activating_goes_through_once_it_is_ticked(version, ada, ben):
    approved(version, ada, ben)
    tick_gate(version, "commands", user=ada, now=NOW)
    ben = client_of(ben)
    assert "data-closed" not in ben.get(PAGE).content.decode()
    assert ben.post(f"{PAGE}activate/").status_code == 302
    version.refresh_from_db()
    assert version.status == Status.ACTIVE


def test_an_active_version_shows_who_ticked_what_for_it(version, ada, ben):
    taken = tick_gate(version, "rollback", user=ada, now=NOW, note="By mistake")
    untick_gate(taken, user=ada, now=NOW + dt.timedelta(minutes=1))
    tick_gate(version, "commands", user=ada, now=NOW, note="On staging")
    go_active(version, ben)
    html = client_of(ada).get(PAGE).content.decode()
    assert "Ticked before 1.0 became active" in html and "On staging" in html
    assert "By mistake" not in html and "Take back" not in html


def test_the_admin_refuses_the_same(version, ada, ben):
    approved(version, ada, ben)
    boss = make_user("eve", role="Administrator", is_staff=True)
    chosen = {"action": "activate", "_selected_action": [version.runbook_id]}
    response = client_of(boss).post("/admin/runbooks/runbook/", chosen, follow=True)
    assert "The commands were tried” is not so yet" in response.content.decode()
    version.refresh_from_db()
    assert version.status == Status.APPROVED


def test_the_page_takes_as_many_queries_for_many_ticks_as_for_one(version, ada, django_assert_max_num_queries):
    client = client_of(ada)
    client.get(PAGE)

    def count():
        with django_assert_max_num_queries(22) as queries:
            client.get(PAGE)
        return len(queries)

    tick_gate(version, "commands", user=ada, now=NOW)
    few = count()
    for gate in ("rollback", "oncall", "security"):
        tick_gate(version, gate, user=ada, now=NOW)
    assert count() == few
