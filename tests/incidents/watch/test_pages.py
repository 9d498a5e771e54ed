"""Pages of watch items: the list, one item, the forms."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import READER, RESPONDER
from accounts.services import add_member
from incidents.models import WatchItem
from incidents.services.watch import close_item, prolong
from tests.factories import NOW, make_incident, make_rotation, make_service, make_team, make_user, reload_user
from tests.incidents.payloads import make_alert, take
from tests.incidents.watch.items import DAY, HOUR, TEXT, light_one

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def ben(team):
    ben = make_user("ben", role=RESPONDER, time_zone="Europe/Berlin")
    add_member(team, ben)
    return reload_user(ben)


@pytest.fixture
def browser(ben, as_user):
    return as_user(ben)


def form_of(**changes):
    given = {"text": TEXT, "kind": "watch", "alert_name": "DeskDown", "service": "", "team": "harbour"}
    return given | {"owner": "", "url": "", "end": "hours", "until": ""} | changes


def test_it_is_lit_with_a_quick_choice(browser, ben):
    response = browser.post("/watch/new/", form_of())
    item = WatchItem.objects.get()
    assert response["Location"] == f"/watch/{item.pk}/"
    assert (item.created_by, item.expires_at) == (ben, NOW + 4 * HOUR)


def test_a_given_time_counts_and_is_by_the_reader_s_clock(browser):
    browser.post("/watch/new/", form_of(until="2026-11-18T09:30"))
    assert WatchItem.objects.get().expires_at.isoformat() == "2026-11-18T08:30:00+00:00"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"end": ""}, "Choose until when."),
        ({"end": "shift"}, "No shift of Harbour is planned"),
        ({"end": "never"}, "Choose one of these"),
        ({"until": "2026-11-17T04:00"}, "The end lies in the past"),
        ({"until": "soon"}, "Give a day and a time"),
        ({"alert_name": ""}, "Name the alert or the service"),
        ({"service": "nothing"}, "There is no such service."),
        ({"team": "nothing"}, "There is no such team."),
        ({"owner": "999999"}, "There is nobody like that"),
        ({"url": "javascript:alert(1)"}, "valid URL"),
        ({"text": "x" * 301}, "at most 300"),
        ({"text": "a\0b"}, "Null characters"),
    ],
)
def test_what_is_refused_comes_back_filled_in(browser, changes, words):
    response = browser.post("/watch/new/", form_of(**changes))
    assert response.status_code == 422
    assert words in response.text
    assert not WatchItem.objects.exists()
    assert changes.get("text", TEXT)[:20].replace("\0", "")[:1] in response.text


def test_from_an_alert_the_form_knows_name_service_and_team(browser, team):
    make_service(team=team)
    alert = take(make_alert(labels={"service": "ticket-desk"})).new[0]
    page = browser.get(f"/watch/new/?alert={alert.pk}").text
    assert 'value="DeskDown"' in page
    assert '<option value="ticket-desk" selected>' in page
    assert '<option value="harbour" selected>' in page
    response = browser.post(f"/watch/new/?alert={alert.pk}", form_of())
    assert response["Location"] == alert.get_absolute_url()


def test_from_an_incident_and_a_handoff_it_goes_back_there(browser, team):
    incident = make_incident("Slow", make_service(team=team))
    assert browser.post(f"/watch/new/?incident={incident.pk}", form_of())["Location"] == incident.get_absolute_url()
    assert browser.post("/watch/new/?handoff=12", form_of())["Location"] == "/handoffs/12/"
    assert browser.post("/watch/new/?handoff=//evil.example.com", form_of())["Location"].startswith("/watch/")


@pytest.mark.parametrize(
    "query", ["alert=x", "alert=99999999999999999999", "incident=-1", "service=%00", "team=nope", "kind=x"]
)
def test_an_address_that_means_nothing_begins_an_empty_form(browser, query):
    assert browser.get(f"/watch/new/?{query}").status_code == 200


def test_where_a_shift_comes_next_its_end_is_said_and_chosen(browser, team, ben):
    make_rotation(team, ben, make_user("dee"))
    page = browser.get("/watch/new/").text
    assert "The next shift of Harbour ends" in page
    browser.post("/watch/new/", form_of(end="shift"))
    assert WatchItem.objects.get().expires_at.isoformat() == "2026-11-30T09:00:00+00:00"


def test_the_page_of_an_item_tells_its_history(browser, ben, team):
    item = light_one(ben, team)
    prolong(item, NOW + 2 * DAY, user=ben, now=NOW)
    close_item(item, "All quiet", user=ben, now=NOW)
    page = browser.get(f"/watch/{item.pk}/").text
    for words in ("lit it", "prolonged it", "closed it: All quiet", "Closed"):
        assert words in page
    assert "Prolong it" not in page


def test_an_expired_item_says_so_and_can_be_prolonged(browser, ben, team):
    item = light_one(ben, team, now=NOW - 2 * DAY, expires_at=NOW - DAY)
    assert "close it, or prolong it" in browser.get(f"/watch/{item.pk}/").text
    assert browser.post(f"/watch/{item.pk}/prolong/", {"end": "week", "until": ""}).status_code == 302
    item.refresh_from_db()
    assert item.expires_at == NOW + 7 * DAY


@pytest.mark.parametrize(
    ("given", "words"),
    [({}, "Choose until when."), ({"until": "2026-11-01T09:00"}, "in the past"), ({"end": "shift"}, "No shift")],
)
def test_prolonging_that_is_refused_says_why(browser, ben, team, given, words):
    item = light_one(ben, team)
    response = browser.post(f"/watch/{item.pk}/prolong/", given)
    assert (response.status_code, words in response.text) == (422, True)


def test_closing_twice_says_who_was_faster(browser, ben, team):
    item = light_one(ben, team)
    assert browser.post(f"/watch/{item.pk}/close/", {"reason": "Quiet"}).status_code == 302
    response = browser.post(f"/watch/{item.pk}/close/", {"reason": "Me too"})
    assert response.status_code == 422
    assert "You closed it" in response.text


def test_a_change_keeps_what_was_not_touched(browser, ben, team):
    item = light_one(ben, team, owner=ben, expires_at=NOW + DAY + HOUR / 3600)
    page = browser.get(f"/watch/{item.pk}/edit/").text
    assert 'value="2026-11-18T04:14"' in page
    given = form_of(text="Ratio above 0.2", owner=ben.pk, until="2026-11-18T04:14")
    assert browser.post(f"/watch/{item.pk}/edit/", given).status_code == 302
    item.refresh_from_db()
    assert (item.text, item.owner, item.expires_at) == ("Ratio above 0.2", ben, NOW + DAY + HOUR / 3600)


def test_readers_look_and_do_nothing(ben, team, as_user):
    item, reader = light_one(ben, team), as_user(make_user("dee", role=READER))
    page = reader.get(f"/watch/{item.pk}/").text
    assert "Close it" not in page
    assert "Light one" not in reader.get("/watch/").text
    for path in ("/watch/new/", f"/watch/{item.pk}/edit/"):
        assert reader.get(path).status_code == 403
    for path in (f"/watch/{item.pk}/close/", f"/watch/{item.pk}/prolong/"):
        assert reader.post(path, {}).status_code == 403


def test_strangers_to_a_confidential_service_find_nothing(ben, team, as_user):
    vault = make_service("Vault", team=team, classification="confidential")
    item, stranger = light_one(ben, team, service=vault), as_user(make_user("cy", role=RESPONDER))
    assert TEXT not in stranger.get("/watch/").text
    for path in ("", "edit/"):
        assert stranger.get(f"/watch/{item.pk}/{path}").status_code == 404
    for path in ("close/", "prolong/"):
        assert stranger.post(f"/watch/{item.pk}/{path}", {}).status_code == 404
    assert stranger.get("/watch/99999999999999999999/").status_code == 404


def test_the_list_has_three_states_with_their_numbers(browser, ben, team):
    light_one(ben, team, text="Burns")
    light_one(ben, team, text="Is over", now=NOW - 2 * DAY, expires_at=NOW - DAY)
    close_item(light_one(ben, team, text="Was closed"), user=ben, now=NOW)
    shown = {state: browser.get(f"/watch/?state={state}").text for state in ("burning", "expired", "closed", "x")}
    assert ["Burns" in page for page in shown.values()] == [True, False, False, True]
    assert ["Is over" in page for page in shown.values()] == [False, True, False, False]
    assert ["Was closed" in page for page in shown.values()] == [False, False, True, False]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=pump", ["The pump"]),
        ("q=pump+lampdown", ["The pump"]),
        ("q=pump+zzz", []),
        ("q=%25_\\", []),
        ("service=desk", ["The desk"]),
        ("kind=deferred", ["Later"]),
        ("team=lights", ["Later"]),
        ("team=%00&page=99", ["The pump", "The desk", "Later"]),
    ],
)
def test_the_list_is_narrowed_by_words_service_kind_and_team(browser, ben, team, query, found):
    light_one(ben, team, text="The pump", alert_name="LampDown")
    light_one(ben, team, text="The desk", service=make_service("Desk"))
    light_one(ben, make_team("Lights"), text="Later", kind="deferred", alert_name="")
    lines = [line.item.text for line in browser.get(f"/watch/?{query}").context["lines"]]
    assert lines == found


def test_hostile_text_stays_text(browser, ben, team):
    item = light_one(ben, team, text="<script>alert(1)</script>", alert_name='"><img src=x>')
    for path in ("/watch/", f"/watch/{item.pk}/", f"/watch/{item.pk}/edit/", "/"):
        page = browser.get(path).text
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page


def test_the_list_takes_as_many_queries_for_twenty_as_for_two(browser, ben, team):
    def count():
        with CaptureQueriesContext(connection) as queries:
            browser.get("/watch/")
        return len(queries)

    browser.get("/watch/")
    for number in range(2):
        light_one(ben, team, service=make_service(f"Desk {number}"), owner=ben)
    few = count()
    for number in range(2, 20):
        light_one(ben, team, service=make_service(f"Desk {number}"), owner=ben)
    assert few == count() <= 8


def test_a_long_list_has_pages(browser, ben, team):
    for number in range(60):
        light_one(ben, team, text=f"Number {number:02}", expires_at=NOW + DAY + number * HOUR)
    assert "Number 55" not in browser.get("/watch/").text
    assert "Number 55" in browser.get("/watch/?page=2").text
