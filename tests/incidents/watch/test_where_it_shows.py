"""Where a watch item shows until it expires or is closed: the front page, its alert, incidents, its service."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import RESPONDER
from accounts.services import add_member
from incidents.pages.watch import describe_front_watch
from incidents.services.watch import close_item, prolong
from tests.factories import NOW, make_incident, make_published, make_service, make_team, make_user, reload_user
from tests.incidents.payloads import make_alert, take
from tests.incidents.watch.items import DAY, HOUR, MINUTE, TEXT, light_one

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands, and can be set."""
    hands = {"now": NOW}
    monkeypatch.setattr(timezone, "now", lambda: hands["now"])
    return hands


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def ben(team):
    ben = make_user("ben", role=RESPONDER)
    add_member(team, ben)
    return reload_user(ben)


@pytest.fixture
def desk(team):
    return make_service(team=team)


@pytest.fixture
def browser(ben, as_user, clock):
    return as_user(ben)


def ask(browser, incident, tag=""):
    return browser.get(f"/incidents/{incident.pk}/live/", headers={"If-None-Match": tag})


def test_it_shows_everywhere_until_it_expires(browser, ben, team, desk, clock):
    make_published(service=desk)
    incident = make_incident("Slow", desk)
    alert = take(make_alert(labels={"service": "ticket-desk", "severity": "info"})).new[0]
    light_one(ben, team, service=desk)
    places = ["/", alert.get_absolute_url(), incident.get_absolute_url(), desk.get_absolute_url()]
    assert [TEXT in browser.get(place).text for place in places] == [True] * 4
    clock["now"] = NOW + DAY
    assert [TEXT in browser.get(place).text for place in places] == [False] * 4


def test_it_shows_on_an_empty_front_page_too(browser, ben, team):
    light_one(ben, team)
    assert TEXT in browser.get("/").text


def test_closed_it_shows_nowhere(browser, ben, team, desk):
    incident = make_incident("Slow", desk)
    close_item(light_one(ben, team, service=desk), user=ben, now=NOW)
    assert TEXT not in browser.get("/").text
    assert TEXT not in browser.get(incident.get_absolute_url()).text


def test_an_alert_shows_what_waits_for_it_and_nothing_else(browser, ben, team, desk):
    lamp = make_service("Lamp")
    light_one(ben, team, text="By its name")
    light_one(ben, team, text="By its service", alert_name="", service=desk)
    light_one(ben, team, text="By both", service=desk)
    light_one(ben, team, text="Of another name", alert_name="Other", service=desk)
    light_one(ben, team, text="Of another service", service=lamp)
    light_one(ben, team, text="Of no trigger", kind="deferred", alert_name="")
    alert = take(make_alert(labels={"service": "ticket-desk", "severity": "info"})).new[0]
    shown = browser.get(alert.get_absolute_url()).context["watch"].lines
    assert [line.item.text for line in shown] == ["By its name", "By its service", "By both"]


def test_an_alert_of_no_known_service_shows_what_waits_for_its_name(browser, ben, team, desk):
    light_one(ben, team)
    light_one(ben, team, text="On the desk", service=desk)
    alert = take(make_alert(labels={"severity": "info"})).new[0]
    assert [line.item.text for line in browser.get(alert.get_absolute_url()).context["watch"].lines] == [TEXT]


def test_an_incident_shows_what_waits_for_its_alerts_by_name(browser, ben, team):
    light_one(ben, team, alert_name="DESKDOWN")
    take(make_alert())
    incident = take(make_alert(labels={"pod": "2"})).new[0].incident
    assert TEXT in browser.get(incident.get_absolute_url()).text
    other = make_incident("Other")
    assert TEXT not in browser.get(other.get_absolute_url()).text


def test_secrets_show_to_those_who_may_know(ben, team, as_user, clock):
    vault = make_service("Vault", team=team, classification="confidential")
    light_one(ben, team, service=vault)
    dee = make_user("dee")
    assert len(describe_front_watch(ben, NOW).lines) == 1
    assert describe_front_watch(dee, NOW).lines == []
    assert TEXT not in as_user(dee).get("/").text


def test_one_s_own_teams_come_first_on_the_front_page(ben, team, desk):
    lights = make_team("Lights")
    light_one(ben, lights, text="Theirs", expires_at=NOW + HOUR)
    light_one(ben, team, text="Ours")
    light_one(ben, lights, text="On our service", service=desk, expires_at=NOW + 2 * HOUR)
    shown = [line.item.text for line in describe_front_watch(ben, NOW).lines]
    assert shown == ["On our service", "Ours", "Theirs"]


def test_a_panel_is_one_query_and_says_when_there_are_more(ben, team, django_assert_num_queries):
    for number in range(12):
        light_one(ben, team, text=f"Number {number}", service=make_service(f"Desk {number}"), owner=ben)
    with django_assert_num_queries(1):
        panel = describe_front_watch(ben, NOW)
        said = {(str(line.keeper), str(line.item.service)[:4], str(line.item.team)) for line in panel.lines}
    assert said == {("Ben", "Desk", "Harbour")}
    assert (len(panel.lines), panel.more) == (8, True)


def test_an_open_page_hears_of_a_new_a_longer_and_a_closed_one(browser, ben, team, desk, clock):
    incident = make_incident("Slow", desk)
    tags = [ask(browser, incident)["ETag"]]
    item = light_one(ben, team, service=desk)
    response = ask(browser, incident, tags[-1])
    assert (response.status_code, TEXT in response.text) == (200, True)
    tags.append(response["ETag"])
    assert ask(browser, incident, tags[-1]).status_code == 304
    prolong(item, NOW + 2 * DAY, user=ben, now=NOW)
    tags.append(ask(browser, incident, tags[-1])["ETag"])
    close_item(item, user=ben, now=NOW)
    tags.append(ask(browser, incident, tags[-1])["ETag"])
    assert len(set(tags)) == 3
    assert tags[0] == tags[3]


def test_an_open_page_hears_that_one_has_expired(browser, ben, team, desk, clock):
    incident = make_incident("Slow", desk)
    light_one(ben, team, service=desk, expires_at=NOW + MINUTE)
    tag = ask(browser, incident)["ETag"]
    clock["now"] = NOW + MINUTE
    response = ask(browser, incident, tag)
    assert (response.status_code, TEXT in response.text) == (200, False)


def test_watch_items_cost_the_page_of_an_incident_no_query(browser, ben, team, desk):
    incident = make_incident("Slow", desk)

    def count(path):
        with CaptureQueriesContext(connection) as queries:
            browser.get(path)
        return len(queries)

    count(incident.get_absolute_url())
    before = count(incident.get_absolute_url()), count(f"{incident.get_absolute_url()}live/")
    for number in range(20):
        light_one(ben, team, text=f"Number {number}", service=desk)
    assert (count(incident.get_absolute_url()), count(f"{incident.get_absolute_url()}live/")) == before
