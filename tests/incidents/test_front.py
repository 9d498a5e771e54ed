"""Open incidents where people look first: the front page and their service."""

import datetime as dt

import pytest

from incidents.models import RoleHolder
from incidents.pages.front import list_open, list_past
from tests.factories import NOW, make_incident, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def test_the_worst_comes_first_with_services_and_commander():
    ada, desk = make_user(), make_service()
    make_incident("A slow page", level="SEV-3")
    worse = make_incident("No tickets", desk, level="SEV-1")
    RoleHolder.objects.create(incident=worse, role="commander", person=ada, taken_at=NOW)
    lines = list_open(ada, NOW)
    assert [line.incident.title for line in lines] == ["No tickets", "A slow page"]
    assert (lines[0].services, lines[0].commander, lines[1].commander) == ("Ticket desk", "Ada", "")


@pytest.mark.parametrize(
    ("after", "due"), [(dt.timedelta(0), ""), (HOUR - dt.timedelta(minutes=5), "soon"), (2 * HOUR, "overdue")]
)
def test_the_next_update_is_said_when_it_comes_near(after, due):
    make_incident("No tickets", level="SEV-2")  # an update every hour
    assert list_open(make_user(), NOW + after)[0].due == due


def test_an_incident_of_a_confidential_service_is_its_team_s():
    ada, cy = make_user(), make_user("cy")
    team = make_team("Harbour", ada)
    make_incident("The vault is open", make_service("Vault", team=team, classification="confidential"))
    assert not list_open(cy, NOW)
    assert list_open(type(ada).objects.with_access().get(pk=ada.pk), NOW)


def test_a_service_shows_its_own():
    ada, desk, lamp = make_user(), make_service(), make_service("Lamp")
    make_incident("No tickets", desk)
    make_incident("No light", lamp)
    assert [line.incident.title for line in list_open(ada, NOW, lamp)] == ["No light"]
    assert not list_past(ada, lamp)


def test_it_takes_as_many_queries_for_eight_as_for_one(django_assert_num_queries):
    ada = make_user()
    for number in range(8):
        make_incident(f"No tickets {number}", make_service(f"Desk {number}"))
    with django_assert_num_queries(2):
        list_open(ada, NOW)
