"""The feed that calendar programs fetch, read back with icalendar."""

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client
from icalendar import Calendar

from accounts.roles import EDITOR, READER
from oncall.models import CalendarFeed, PublishedShift
from oncall.pages.calendar_text import write_feed
from oncall.services.calendars import create_feed, revoke_feed
from oncall.services.rotations import LayerSpec, PlanSpec, change_plan, change_rotation, create_rotation
from tests.factories import NOW, make_team, make_user

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def people():
    return [make_user("ada", role=EDITOR), make_user("ben")]


@pytest.fixture
def spec(people, now):
    return PlanSpec(tuple(person.pk for person in people), "Europe/Lisbon", now.date() - dt.timedelta(days=7))


@pytest.fixture
def rotation(people, spec, now):
    team = make_team("Harbour", *people)
    return create_rotation(team, "On call", user=people[0], now=now, layers=[LayerSpec("Primary", spec)])


@pytest.fixture
def feed(rotation, people, now):
    return create_feed(user=people[0], now=now, rotation=rotation)


def fetch(feed, **headers):
    return Client().get(feed.get_absolute_url(), headers=headers)


def read(feed):
    return Calendar.from_ical(write_feed(feed, NOW).text)


def events_of(feed):
    return read(feed).walk("VEVENT")


def test_a_stranger_with_the_address_gets_the_calendar(feed):
    response = fetch(feed)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert Calendar.from_ical(response.content)["x-wr-calname"] == "Harbour: On call"


def test_every_shift_of_three_months_back_and_six_ahead_is_there(feed):
    assert len(events_of(feed)) == PublishedShift.objects.count() > 20


def test_each_event_says_who_where_and_when_in_utc(feed, people):
    shift = PublishedShift.objects.first()
    event = events_of(feed)[0]
    assert (event["uid"], event["summary"]) == (f"shift-{shift.pk}@localhost", "Harbour: Primary – Ada")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (shift.starts_at, shift.ends_at)
    assert event["dtstart"].to_ical().endswith(b"Z")
    assert (event["sequence"], event["status"], event["transp"]) == (0, "CONFIRMED", "TRANSPARENT")
    assert event["url"] == "http://localhost:8000/oncall/harbour/on-call/"
    assert event.decoded("dtstamp") == event.decoded("last-modified") == shift.changed_at.replace(microsecond=0)


def test_the_calendar_has_a_name_and_says_when_to_ask_again(feed):
    calendar = read(feed)
    assert (calendar["x-wr-calname"], calendar["version"]) == ("Harbour: On call", "2.0")
    assert calendar["refresh-interval"].to_ical() == b"PT1H"
    assert "method" not in calendar


def test_a_person_s_feed_holds_their_own_shifts_only(rotation, people, now):
    feed = create_feed(user=people[1], now=now)
    assert {str(event["summary"]) for event in events_of(feed)} == {"Harbour: Primary – Ben"}


@pytest.mark.parametrize("name", ["Ærøskøbing – Ø " * 6, "海上救助隊" * 12, "A; b, c\\d \U0001f6a2 " * 5])
def test_long_names_in_any_script_are_folded_at_75_octets_and_come_back_whole(feed, people, name):
    people[0].display_name = name.strip()[:120]
    people[0].save()
    content = write_feed(feed, NOW).text
    lines = content.split(b"\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is torn apart
    assert f"Harbour: Primary – {people[0].display_name}" in {str(event["summary"]) for event in events_of(feed)}


def test_a_name_can_not_add_lines_to_the_calendar(feed, rotation, people, now):
    people[0].display_name = "Ada\r\nBEGIN:VALARM\nATTACH:file:///etc/passwd\x07\x1b"
    people[0].save()
    calendar = read(feed)
    assert not calendar.walk("VALARM")
    text = write_feed(feed, NOW).text
    assert b"\r\nATTACH" not in text
    assert not {*text} & {*range(9), *range(14, 32), 127}


def test_a_change_keeps_the_uid_and_counts_the_sequence_up(feed, rotation, people, spec, now):
    before = {event["uid"]: event for event in events_of(feed)}
    change_plan(
        rotation.layers.get(), replace(spec, people=(people[1].pk,)), user=people[0], now=now, effective_from=now + HOUR
    )
    after = {event["uid"]: event for event in events_of(feed)}
    assert set(before) < set(after)
    first = events_of(feed)[0]["uid"]
    assert (after[first]["sequence"], after[first]["status"]) == (1, "CONFIRMED")
    assert after[first].decoded("dtend") == now + HOUR


def test_a_cancelled_shift_stays_as_cancelled(feed, rotation, people, spec, now):
    change_plan(rotation.layers.get(), replace(spec, people=(people[1].pk,)), user=people[0], now=now)
    cancelled = [event for event in events_of(feed) if event["status"] == "CANCELLED"]
    assert {str(event["summary"]) for event in cancelled} == {"Cancelled: Harbour: Primary – Ada"}
    assert {event["sequence"] for event in cancelled} == {1}


def test_renaming_is_seen_without_a_new_uid(feed, rotation, people, now):
    before = [event["uid"] for event in events_of(feed)]
    change_rotation(rotation, name="Night watch", expects="always", check_hours=24, user=people[0], now=now + HOUR)
    assert [event["uid"] for event in events_of(feed)] == before
    feed.rotation.refresh_from_db()
    assert write_feed(feed, NOW).changed_at == now + HOUR
    assert read(feed)["x-wr-calname"] == "Harbour: Night watch"


def test_what_did_not_change_is_not_sent_again(feed):
    first = fetch(feed)
    again = fetch(feed, if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert fetch(feed, if_modified_since=first["Last-Modified"]).status_code == 304
    assert again["Cache-Control"] == "private"


def test_a_change_is_sent_to_whoever_asks_with_an_etag(feed, rotation):
    tag = fetch(feed)["ETag"]
    rotation.name = "Night watch"
    rotation.save()
    assert fetch(feed, if_none_match=tag).status_code == 200


def test_nothing_is_remembered_about_whoever_fetches_it(feed):
    response = fetch(feed)
    assert not response.cookies
    assert response["Cache-Control"] == "private"
    assert response["X-Robots-Tag"] == "noindex"


def test_a_fetch_takes_three_queries(feed, django_assert_num_queries):
    with django_assert_num_queries(3):
        fetch(feed)


def test_queries_do_not_grow_with_shifts(feed, django_assert_num_queries):
    assert PublishedShift.objects.count() > 20
    with django_assert_num_queries(1):
        write_feed(feed, NOW)


def test_a_revoked_address_looks_like_one_that_never_was(feed, people, now):
    revoke_feed(feed, user=people[0], now=now)
    revoked, unknown = fetch(feed), Client().get("/calendars/nothing-like-it.ics")
    assert (revoked.status_code, unknown.status_code) == (404, 404)
    assert revoked.content == unknown.content == b"There is no calendar at this address.\n"


def test_the_address_of_somebody_who_left_is_closed(feed, people):
    people[0].is_active = False
    people[0].save()
    assert fetch(feed).status_code == 404


def test_the_address_of_somebody_who_may_see_no_rotations_any_more_is_closed(feed, people):
    people[0].groups.clear()
    assert fetch(feed).status_code == 404


def test_only_reading_is_possible_there(feed):
    assert Client().post(feed.get_absolute_url()).status_code == 405
    assert Client().head(feed.get_absolute_url()).status_code == 200


def test_the_secret_is_not_logged(feed, caplog):
    with caplog.at_level("INFO", logger="portal.request"):
        fetch(feed)
    assert [record.path for record in caplog.records if record.name == "portal.request"] == ["-"]
    assert feed.secret not in caplog.text


def test_a_secret_can_not_be_guessed(people, now):
    secrets = {create_feed(user=people[0], now=now).secret for _ in range(5)}
    assert len(secrets) == 5
    assert min(map(len, secrets)) >= 43
    assert CalendarFeed.objects.filter(secret__in=secrets).count() == 5


def test_a_reader_s_calendar_is_their_own(rotation, now):
    cy = make_user("cy", role=READER)
    assert events_of(create_feed(user=cy, now=now)) == []


def test_a_calendar_without_shifts_is_a_calendar_all_the_same(rotation, now):
    feed = create_feed(user=make_user("cy"), now=now)
    assert [component.name for component in read(feed).walk()] == ["VCALENDAR", "VTIMEZONE", "STANDARD"]
