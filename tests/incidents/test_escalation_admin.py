"""Escalations in the admin: to look at, and nothing else."""

import pytest

from accounts.roles import ADMINISTRATOR, EDITOR
from tests.factories import make_team, make_user
from tests.incidents.ladders import open_ladder, running

pytestmark = pytest.mark.django_db
LIST = "/admin/incidents/escalation/"


def test_the_ladder_and_whom_it_called_are_shown(ada, as_user):
    escalation = running(open_ladder([ada]))
    browser = as_user(make_user("ben", role=ADMINISTRATOR, is_staff=True))
    assert browser.get(LIST).status_code == 200
    assert "L1, 15 min: Ada" in browser.get(f"{LIST}{escalation.pk}/change/").text


def test_nothing_is_added_changed_or_deleted_there(ada, as_user):
    escalation = running(open_ladder([ada]))
    browser = as_user(make_user("ben", role=ADMINISTRATOR, is_staff=True))
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(f"{LIST}{escalation.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.post(f"{LIST}{escalation.pk}/change/", {"state": "stopped"}).status_code == 403
    assert running(escalation.incident).is_running


def test_the_escalation_of_a_confidential_incident_is_not_listed(ada, as_user):
    incident = open_ladder([ada], service={"classification": "confidential", "team": make_team("Vault")})
    text = as_user(make_user("ben", role=EDITOR, is_staff=True)).get(LIST).text
    assert incident.title not in text
