"""The ribbon: a loud open incident that concerns the reader."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.models import IncidentAudience
from incidents.pages.ribbon import find_ribbon
from incidents.services.changing import change_status
from incidents.services.roles import leave_role, take_role
from tests.factories import NOW, make_incident, make_service, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db
PAGE = "/incidents/ribbon/"


@pytest.fixture
def ben(db):
    user = make_user("ben", role=RESPONDER)
    make_team("Harbour", user)
    return reload_user(user)


@pytest.fixture
def team(ben):
    return ben.teams.get()


def test_an_incident_of_the_reader_s_team_is_on_it(ben, team):
    incident = make_incident("All down", make_service(team=team))
    assert find_ribbon(ben).incident == incident


def test_an_incident_of_a_service_of_the_team_is_on_it_whoever_has_it(ben, team):
    incident = make_incident("All down", make_service(team=team), team=make_team("Office"))
    assert find_ribbon(ben).incident == incident


def test_what_does_not_concern_the_reader_is_not(ben):
    make_incident("All down", make_service(team=make_team("Office")))
    assert find_ribbon(ben) is None


def test_a_role_and_a_page_concern_them(ben):
    incident = make_incident("All down")
    take_role(incident, "scribe", user=ben, now=NOW)
    assert find_ribbon(ben).incident == incident
    leave_role(incident, "scribe", user=ben, now=NOW)
    assert find_ribbon(ben) is None
    IncidentAudience.objects.create(incident=incident, user=ben)
    assert find_ribbon(ben).incident == incident


def test_only_what_is_open_and_loud(ben, team):
    make_incident("Odd label", level="SEV-3", team=team)
    over = make_incident("Over", team=team)
    change_status(over, "resolved", user=ben, now=NOW)
    assert find_ribbon(ben) is None


def test_the_worst_comes_first_and_the_others_are_counted(ben, team):
    worst = make_incident("All down", level="SEV-1", team=team)
    later = make_incident("Slow", team=team, now=NOW + dt.timedelta(minutes=5))
    ribbon = find_ribbon(ben)
    assert (ribbon.incident, ribbon.more) == (worst, 1)
    ribbon = find_ribbon(ben, but=worst.pk)
    assert (ribbon.incident, ribbon.more) == (later, 0)


def test_it_costs_one_query_beside_the_reader(ben, team, as_user, django_assert_max_num_queries):
    make_incident("All down", team=team)
    client = as_user(ben)
    with django_assert_max_num_queries(3):
        assert b"All down" in client.get(PAGE).content


def test_an_unchanged_ribbon_is_not_sent_again(ben, team, as_user):
    client, incident = as_user(ben), make_incident("All down", team=team)
    tag = client.get(PAGE)["ETag"]
    assert client.get(PAGE, headers={"If-None-Match": tag}).status_code == 304
    change_status(incident, "identified", user=ben, now=NOW)
    changed = client.get(PAGE, headers={"If-None-Match": tag})
    assert (changed.status_code, b"Identified" in changed.content) == (200, True)


def test_nothing_to_say_is_an_empty_answer(as_ada):
    response = as_ada.get(f"{PAGE}?but=x")
    assert (response.status_code, response.content) == (200, b"")


def test_a_title_is_only_text(ben, team, as_user):
    make_incident("<img src=x onerror=alert(1)>", team=team)
    assert b"<img" not in as_user(ben).get(PAGE).content


def test_a_confidential_incident_is_not_on_the_ribbon_of_others(ben):
    secret = make_service("Vault", classification="confidential", team=make_team("Keys"))
    make_incident("Keys lost", secret, team=ben.teams.get())
    assert find_ribbon(ben) is None
