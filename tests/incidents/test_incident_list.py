"""The list of incidents."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import RESPONDER
from incidents.services.changing import change_status
from incidents.services.roles import take_role
from tests.factories import NOW, make_incident, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
PAGE = "/incidents/"
CEILING = 12


@pytest.fixture
def ben(db):
    return make_user("ben", role=RESPONDER)


def make_past(title, user, *services, **fields):
    incident = make_incident(title, *services, **fields)
    return change_status(incident, "resolved", user=user, now=fields.get("now", NOW) + dt.timedelta(hours=2))


def read(client, query=""):
    return client.get(f"{PAGE}{query}").content.decode()


def test_open_ones_come_first_the_worst_on_top(as_ada, ben):
    make_past("Long over", ben)
    make_incident("Odd label", level="SEV-4")
    make_incident("All down", level="SEV-1")
    text = read(as_ada)
    assert text.index("All down") < text.index("Odd label") < text.index("Long over")


def test_a_line_says_who_commands_what_is_touched_and_how_long_it_took(as_ada, ben):
    incident = make_incident("All down", make_service("Lamp"))
    take_role(incident, "commander", user=ben, now=NOW)
    make_past("Over", ben)
    text = read(as_ada)
    assert "Commander Ben" in text
    assert "Lamp" in text
    assert "Nobody commands" not in text
    assert ", 2 h" in text
    assert "Update overdue since" in text


@pytest.mark.parametrize("query", ["INC-{}", "inc {}", "{}", " inc{} "])
def test_a_number_leads_straight_there(as_ada, query):
    incident = make_incident()
    response = as_ada.get(PAGE, {"q": query.format(incident.pk)})
    assert (response.status_code, response["Location"]) == (302, incident.get_absolute_url())


@pytest.mark.parametrize("number", ["99999", "999999999999999999999"])
def test_a_number_that_nobody_has_is_searched_as_words(as_ada, number):
    make_incident("All down")
    text = read(as_ada, f"?q={number}")
    assert "No open incident fits." in text


def test_filters_narrow_both_parts(as_ada, ben):
    team = make_team("Harbour")
    lamp = make_service("Lamp", team=team)
    make_incident("Lamp dark", lamp, level="SEV-1")
    make_past("Lamp flickers", ben, lamp, level="SEV-3")
    make_past("Old tickets", ben, now=NOW - dt.timedelta(days=90))
    for query, shown, hidden in (
        ("?service=lamp", ["Lamp dark", "Lamp flickers"], ["Old tickets"]),
        ("?team=harbour&rank=3", ["Lamp flickers"], ["Lamp dark", "Old tickets"]),
        ("?status=resolved", ["Lamp flickers", "Old tickets"], ["Lamp dark"]),
        ("?q=old+TICKETS", ["Old tickets"], ["Lamp dark"]),
        ("?until=2026-09-01", ["Old tickets"], ["Lamp dark", "Lamp flickers"]),
        ("?since=2026-11-01", ["Lamp dark", "Lamp flickers"], ["Old tickets"]),
    ):
        text = read(as_ada, query)
        assert all(title in text for title in shown), query
        assert not any(f">{title}<" in text for title in hidden), query


def test_days_are_those_of_the_reader_s_clock(as_user):
    client = as_user(make_user("cy", time_zone="America/Los_Angeles"))
    make_incident("All down", now=NOW)  # 03:14 UTC on the 17th is the evening of the 16th there
    assert "All down" in read(client, "?since=2026-11-16&until=2026-11-16")
    assert "All down" not in read(client, "?since=2026-11-17")


@pytest.mark.parametrize("query", ["?rank=x", "?status=x", "?service=x", "?since=x", "?page=x", "?team=%00", "?q=%00"])
def test_what_can_t_be_read_filters_nothing(as_ada, query):
    make_incident("All down")
    response = as_ada.get(f"{PAGE}{query}")
    assert response.status_code == 200
    assert "All down" in response.content.decode()


def test_a_confidential_incident_is_for_its_team(as_ada, ben, as_user):
    secret = make_service("Vault", classification="confidential", team=make_team("Keys", ben))
    make_incident("Keys lost", secret)
    assert "Keys lost" not in read(as_ada)
    assert "Keys lost" in read(as_user(ben))


def test_the_list_takes_as_many_queries_for_20_as_for_2(as_ada, ben):
    def fill(count, start=0):
        for number in range(start, count):
            service = make_service(f"Service {number}")
            take_role(make_incident(f"Open {number}", service), "commander", user=ben, now=NOW)
            make_past(f"Over {number}", ben, service)

    counts = []
    for count, start in ((2, 0), (20, 2)):
        fill(count, start)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert as_ada.get(PAGE).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= CEILING


def test_past_ones_are_paged_and_filters_stay_in_the_address(as_ada, ben):
    for number in range(31):
        make_past(f"Over {number}", ben)
    text = read(as_ada, "?status=resolved")
    assert "1 to 30 of 31" in text
    assert "status=resolved&amp;page=2" in text
    assert "31 to 31 of 31" in read(as_ada, "?status=resolved&page=2")


def test_opening_is_offered_to_those_who_may(as_ada, ben, as_user):
    assert "/incidents/new/" not in read(as_ada)
    assert "/incidents/new/" in read(as_user(ben))
