"""The link of a page: opening it changes nothing, its one button answers."""

import pytest
from django.test import Client

from accounts.roles import RESPONDER
from incidents.models import Incident
from tests.factories import make_incident, make_path, make_team, make_user
from tests.incidents.ladders import make_ladder, open_ladder, pages, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def address(incident: Incident, name: str = "acknowledge") -> str:
    return f"/incidents/{incident.pk}/{name}/"


def test_opening_the_link_changes_nothing(ada, as_ada):
    incident = open_ladder([ada])
    response = as_ada.get(address(incident))
    assert response.status_code == 200
    assert "Acknowledge: I am on it" in response.text
    assert response["Cache-Control"].startswith("max-age=0")
    assert running(incident).is_running


def test_its_button_answers_and_leads_to_the_incident(ada, as_ada):
    incident = open_ladder([ada])
    response = as_ada.post(address(incident))
    assert (response.status_code, response["Location"]) == (302, f"/incidents/{incident.pk}/")
    assert running(incident).ended_by == ada


def test_the_second_one_gets_a_sentence_instead_of_a_button(ada, as_ada, as_ben):
    incident = open_ladder([ada])
    as_ben.post(address(incident))
    response = as_ada.get(address(incident))
    assert "Ben acknowledged it " in response.text
    assert "I am on it" not in response.text


def test_the_second_press_is_no_error(ada, as_ada, as_ben):
    incident = open_ladder([ada])
    as_ben.post(address(incident))
    assert as_ada.post(address(incident)).status_code == 302
    assert running(incident).ended_by.display_name == "Ben"


def test_a_reader_who_was_not_called_sees_why_there_is_no_button(ada, as_user):
    incident = open_ladder([ada])
    client = as_user(make_user("dee"))
    assert "You were not called" in client.get(address(incident)).text
    assert client.post(address(incident)).status_code == 403
    assert running(incident).is_running


def test_a_stranger_is_asked_to_log_in_and_comes_back(ada):
    incident = open_ladder([ada])
    response = Client().get(address(incident))
    assert response["Location"] == f"/accounts/login/?next=/incidents/{incident.pk}/acknowledge/"


@pytest.mark.parametrize("name", ["acknowledge", "snooze", "escalate", "call"])
def test_who_may_not_know_of_it_gets_404(ada, as_ben, name):
    incident = open_ladder([ada], service={"classification": "confidential", "team": make_team("Vault")})
    assert as_ben.post(address(incident, name)).status_code == 404


def test_who_was_called_opens_the_confidential_one(ada, as_ada):
    incident = open_ladder([ada], service={"classification": "confidential", "team": make_team("Vault")})
    assert as_ada.get(address(incident)).status_code == 200


@pytest.mark.parametrize("number", [0, 10**30])
def test_a_number_that_is_none_is_404(as_ben, number):
    assert as_ben.get(f"/incidents/{number}/acknowledge/").status_code == 404


def test_a_hostile_title_is_only_text(ada, as_ada):
    incident = open_ladder([ada])
    Incident.objects.filter(pk=incident.pk).update(title="<script>alert(1)</script>")
    assert "<script>alert(1)" not in as_ada.get(address(incident)).text


def test_the_next_level_is_called_with_a_button(ada, ben, as_ben):
    incident = open_ladder([ada], [ben])
    assert as_ben.post(address(incident, "call")).status_code == 302
    assert pages() == ["Ada", "Ben"]


def test_calling_is_no_link(ada, as_ben):
    assert as_ben.get(address(open_ladder([ada]), "call")).status_code == 405


def test_holding_asks_for_a_reason_and_keeps_what_was_typed(ada, as_ben):
    incident = open_ladder([ada])
    response = as_ben.post(address(incident, "snooze"), {"minutes": "30", "reason": ""})
    assert response.status_code == 422
    assert "Say in a few words why" in response.text
    assert '<option value="30" selected>' in response.text
    response = as_ben.post(address(incident, "snooze"), {"minutes": "30", "reason": "The vendor calls back"})
    assert response.status_code == 302
    assert running(incident).snooze_reason == "The vendor calls back"


def test_holding_until_a_time_that_is_past_is_explained(ada, as_ben):
    form = {"minutes": "15", "until": "2026-01-01T03:00", "reason": "Looking"}
    response = as_ben.post(address(open_ladder([ada]), "snooze"), form)
    assert response.status_code == 422
    assert "still to come" in response.text


def test_a_path_is_called_from_the_page(ada, as_ben):
    incident = make_incident()
    path = make_ladder([ada])
    assert path.name in as_ben.get(address(incident, "escalate")).text
    assert as_ben.post(address(incident, "escalate"), {"path": path.pk}).status_code == 302
    assert pages() == ["Ada"]


@pytest.mark.parametrize("given", ["", "999999", "x"])
def test_without_a_path_the_form_says_so(ada, as_ben, given):
    make_ladder([ada])
    response = as_ben.post(address(make_incident(), "escalate"), {"path": given})
    assert response.status_code == 422
    assert "hoose" in response.text


def test_a_path_without_levels_is_refused_on_the_form(as_ben):
    response = as_ben.post(address(make_incident(), "escalate"), {"path": make_path().pk})
    assert response.status_code == 422
    assert "has no levels" in response.text


def test_where_there_are_no_paths_the_page_says_where_to_make_one(as_ben):
    assert 'href="/escalation/"' in as_ben.get(address(make_incident(), "escalate")).text


def test_a_reader_can_t_call_a_path(as_ada):
    assert as_ada.get(address(make_incident(), "escalate")).status_code == 403
