"""Which entries of a timeline are shown, in which order, and a hundred at a time."""

import datetime as dt
import zoneinfo

import pytest

from accounts.roles import RESPONDER
from incidents.models import EntryKind
from incidents.pages.timeline import PAGE_SIZE, Filter, read_timeline
from incidents.pages.times import Clock, say_clock, say_iso, say_length
from incidents.services.notes import add_note, pin_entry
from incidents.services.timeline import record
from tests.factories import NOW, make_incident, make_user

MINUTE = dt.timedelta(minutes=1)
UTC = zoneinfo.ZoneInfo("UTC")
LONDON = zoneinfo.ZoneInfo("Europe/London")


@pytest.fixture
def ben(db):
    return make_user("ben", role=RESPONDER, display_name="Ben Tidewell")


@pytest.fixture
def incident(db):
    return make_incident()


def clock(zone=UTC, *, now=NOW + 60 * MINUTE, since=NOW, team=""):
    return Clock(zone, now, since, team)


def texts(incident, **wishes):
    timeline = read_timeline(incident, Filter.read({name: str(value) for name, value in wishes.items()}), clock())
    return [line.entry.markdown or line.entry.text for day in timeline.days for line in day.lines]


def html_of(browser, incident, query=""):
    return browser.get(f"/incidents/{incident.pk}/{query}").content.decode()


def test_the_newest_entry_comes_first_by_when_it_happened(incident, ben):
    add_note(incident, "second", user=ben, now=NOW + 10 * MINUTE)
    add_note(incident, "first", user=ben, now=NOW + 30 * MINUTE, at=NOW + 5 * MINUTE)
    assert texts(incident, kind="note") == ["second", "first"]


def test_only_one_kind(incident, ben):
    add_note(incident, "a note", user=ben, now=NOW)
    assert texts(incident, kind="note") == ["a note"]


def test_only_one_person(incident, ben):
    add_note(incident, "from Ben", user=ben, now=NOW)
    assert texts(incident, person=ben.pk) == ["from Ben"]


def test_only_what_is_pinned(incident, ben):
    note = add_note(incident, "pinned", user=ben, now=NOW)
    add_note(incident, "not pinned", user=ben, now=NOW)
    pin_entry(note, user=ben, now=NOW)
    assert texts(incident, pinned=1) == ["pinned"]


def test_filters_together_take_what_fits_all(incident, ben):
    note = add_note(incident, "pinned", user=ben, now=NOW)
    pin_entry(note, user=ben, now=NOW)
    assert texts(incident, pinned=1, kind="status") == []


@pytest.mark.parametrize("query", ["?kind=nonsense", "?person=x", "?person=" + "9" * 30, "?from=abc", "?pinned=yes"])
def test_what_the_address_says_wrongly_is_left_out(incident, ben, as_user, query):
    assert "opened the incident" in html_of(as_user(ben), incident, query)


def test_the_form_is_filled_with_what_was_asked_for(incident, ben, as_user):
    add_note(incident, "x", user=ben, now=NOW)
    html = html_of(as_user(ben), incident, f"?kind=note&person={ben.pk}&pinned=1")
    assert '<option value="note" selected>Note (1)</option>' in html
    assert f'<option value="{ben.pk}" selected>Ben Tidewell (1)</option>' in html
    assert 'value="1" checked' in html and "Nothing in the timeline is like that" in html


def test_a_hundred_entries_a_page_and_the_older_ones_behind_a_link(incident, ben, as_user):
    for number in range(PAGE_SIZE + 20):
        record(incident, EntryKind.RUN, f"step {number}", now=NOW + number * MINUTE)
    browser = as_user(ben)
    newest = html_of(browser, incident)
    assert newest.count('id="entry-') == PAGE_SIZE
    timeline = read_timeline(incident, Filter(), clock())
    older = html_of(browser, incident, timeline.older)
    total = PAGE_SIZE + 20 + incident.timeline.exclude(kind="run").count()
    assert older.count('id="entry-') == total - PAGE_SIZE
    assert "step 19<" in older and "step 20<" not in older and f'href="/incidents/{incident.pk}/?"' in older


def test_a_pin_outside_of_the_page_is_shown_above_and_not_within_it(incident, ben):
    old = add_note(incident, "the oldest", user=ben, now=NOW)
    pin_entry(old, user=ben, now=NOW)
    for number in range(PAGE_SIZE):
        record(incident, EntryKind.RUN, f"step {number}", now=NOW + MINUTE)
    timeline = read_timeline(incident, Filter(), clock())
    assert [line.entry for line in timeline.pinned] == [old]
    assert timeline.count == PAGE_SIZE and "the oldest" not in texts(incident)


def test_days_are_named_where_there_are_several(incident, ben):
    add_note(incident, "next day", user=ben, now=NOW + dt.timedelta(days=1))
    timeline = read_timeline(incident, Filter(), clock(now=NOW + dt.timedelta(days=1)))
    assert [day.name for day in timeline.days] == ["Wednesday 18 November 2026", "Tuesday 17 November 2026"]


def test_one_day_is_not_named_on_that_day(incident):
    timeline = read_timeline(incident, Filter(), clock())
    assert not any(hasattr(item, "lines") for item in timeline.items)


def test_a_late_entry_says_when_it_was_written(incident, ben):
    add_note(incident, "late", user=ben, now=NOW + 26 * MINUTE, at=NOW)
    timeline = read_timeline(incident, Filter(kind="note"), clock())
    assert (timeline.days[0].lines[0].time, timeline.days[0].lines[0].late) == ("03:14", "recorded 03:40")


def test_the_team_s_clock_stands_beside_the_reader_s(incident):
    timeline = read_timeline(incident, Filter(), clock(team="America/New_York"))
    assert timeline.days[0].lines[0].there == "Mon 22:14 EST"


def test_the_team_s_clock_is_left_out_where_it_shows_the_same():
    assert clock(LONDON, team="Europe/Lisbon").say_there(NOW) == ""


def test_an_hour_that_was_there_twice_names_its_zone():
    night = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    autumn = clock(LONDON, now=night + 120 * MINUTE, since=night - 60 * MINUTE)
    assert [autumn.say(night), autumn.say(night + 60 * MINUTE)] == ["01:30 BST", "01:30 GMT"]


def test_a_time_of_another_day_says_the_day():
    late = clock(now=NOW + dt.timedelta(days=2))
    assert late.say(NOW, with_day=True) == "Tue 17 Nov, 03:14"
    assert clock().say_full(NOW) == "03:14 UTC"


@pytest.mark.parametrize(
    ("seconds", "iso", "shown", "said"),
    [
        (2530, "PT0H42M10S", "00:42:10", "42 min"),
        (86_400 + 3_661, "PT25H1M1S", "1 d 01:01:01", "1 d 1 h"),
        (4_320, "PT1H12M0S", "01:12:00", "1 h 12 min"),
        (20, "PT0H0M20S", "00:00:20", "less than a minute"),
    ],
)
def test_lengths_are_said(seconds, iso, shown, said):
    length = dt.timedelta(seconds=seconds)
    assert (say_iso(length), say_clock(length), say_length(length)) == (iso, shown, said)
