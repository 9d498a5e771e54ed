"""“Who would be called?”: a path resolved at one moment."""

import datetime as dt
import json

import pytest

from accounts.roles import RESPONDER
from oncall.calling import who_would_be_called, who_would_be_called_by
from oncall.models import Absence, Address, Channel, Contact, EscalationPath, Layer, Override, PlannedGap, Way
from tests.factories import NOW, add_layer, make_path, make_rotation, make_team, make_user

UTC = dt.UTC
ALL_DAYS = [0, 1, 2, 3, 4, 5, 6]
pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cy")]


@pytest.fixture
def rotation(people):
    """Ada has the week of 5 January 2026, then ben, then cy; hand-over on Mondays at 09:00 in Lisbon."""
    return make_rotation(make_team("Harbour", *people), *people)


@pytest.fixture
def primary(rotation):
    return rotation.layers.get()


@pytest.fixture
def reader():
    return make_user("dee", role=RESPONDER)


def names(calls):
    return [[call.callee.name for call in level.calls] for level in calls.levels]


def codes(calls):
    return [(problem.code, problem.level) for problem in calls.problems]


def on(month, number, hour=12, minute=0):
    return dt.datetime(2026, month, number, hour, minute, tzinfo=UTC)


def test_each_level_names_its_minute_and_who_is_on_call(primary, reader):
    lead = Contact.objects.create(name="Morag", role="Lead")
    path = make_path([primary], [lead], minutes=(5, 15))
    calls = who_would_be_called(path, on(1, 7), reader)
    assert names(calls) == [["Ada"], ["Morag"]]
    assert [level.minute for level in calls.levels] == [0, 5]
    assert calls.levels[0].calls[0].through == "Primary, On call (Harbour)"
    assert calls.levels[0].calls[0].until == on(1, 12, 9)


def test_an_override_in_force_is_called_instead_of_the_plan(primary, people, reader):
    Override.objects.create(layer=primary, person=people[2], during=(on(1, 7, 10), on(1, 7, 14)), created_at=NOW)
    path = make_path([primary])
    assert names(who_would_be_called(path, on(1, 7), reader)) == [["Cy"]]
    assert names(who_would_be_called(path, on(1, 7, 14), reader)) == [["Ada"]]


def test_the_hand_over_stays_at_nine_on_the_wall_when_the_clocks_change(primary, reader):
    path = make_path([primary])
    monday = 30  # March 2026, the day after Lisbon's clocks went forward: 09:00 is 08:00 UTC
    before = who_would_be_called(path, on(3, monday, 7, 59), reader)
    after = who_would_be_called(path, on(3, monday, 8, 0), reader)
    assert names(before) != names(after)
    assert before.levels[0].calls[0].until == on(3, monday, 8)


def test_a_layer_of_the_same_rank_stands_in(people, reader):
    rotation = make_rotation(
        make_team("Harbour"), people[0], layer="East", windows=[(ALL_DAYS, dt.time(0), dt.time(12))]
    )
    west = add_layer(rotation, people[1], name="West", rank=1, windows=[(ALL_DAYS, dt.time(12), dt.time(0))])
    path = make_path([rotation.layers.get(name="East")])
    (call,) = who_would_be_called(path, on(1, 13, 15), reader).levels[0].calls
    assert (call.callee.name, call.stands_in_for) == ("Ben", "East, On call (Harbour)")
    assert call.through.startswith(west.name)


def test_two_layers_of_a_rank_in_one_level_call_somebody_once(people, reader):
    rotation = make_rotation(
        make_team("Harbour"), people[0], layer="East", windows=[(ALL_DAYS, dt.time(0), dt.time(12))]
    )
    add_layer(rotation, people[1], name="West", rank=1, windows=[(ALL_DAYS, dt.time(12), dt.time(0))])
    path = make_path(list(rotation.layers.all()))
    assert names(who_would_be_called(path, on(1, 13, 15), reader)) == [["Ben"]]


def test_a_hole_is_said_with_the_wait_that_it_costs(people, reader):
    rotation = make_rotation(make_team("Harbour"), people[0], windows=[(ALL_DAYS, dt.time(9), dt.time(17))])
    path = make_path([rotation.layers.get()], [Contact.objects.create(name="Morag")], minutes=(15, 30))
    calls = who_would_be_called(path, on(1, 7, 3), reader)
    assert codes(calls)[:2] == [("nobody", "L1"), ("hole", "L1")]
    assert "15 minutes pass before L2 is called" in calls.problems[0].text


def test_a_planned_hole_carries_its_reason_and_is_only_a_hint(people, reader):
    rotation = make_rotation(make_team("Harbour"), people[0], windows=[(ALL_DAYS, dt.time(9), dt.time(17))])
    PlannedGap.objects.create(rotation=rotation, during=(on(1, 6, 20), on(1, 7, 8)), reason="No ships", marked_at=NOW)
    path = make_path([rotation.layers.get(), Contact.objects.create(name="Morag")])
    calls = who_would_be_called(path, on(1, 7, 3), reader)
    (planned,) = [problem for problem in calls.problems if problem.code == "planned-hole"]
    assert (planned.tone, "No ships" in planned.text) == ("info", True)


def test_a_layer_that_was_ended_reaches_nobody(primary, reader):
    Layer.objects.filter(pk=primary.pk).update(ended_at=on(1, 6))
    calls = who_would_be_called(make_path([primary]), on(1, 7), reader)
    assert ("last-level", "L1") in codes(calls)


def test_somebody_named_by_two_levels_is_said(primary, people, reader):
    lead = Contact.objects.create(name="Ada Winter", user=people[0])
    calls = who_would_be_called(make_path([primary], [lead]), on(1, 7), reader)
    assert ("twice", "L2") in codes(calls)
    assert ("twice", "L2") not in codes(who_would_be_called(make_path([primary], [lead]), on(1, 14), reader))


def test_somebody_on_leave_is_said_with_the_day_they_are_back(primary, people, reader):
    Absence.objects.create(person=people[0], during=(on(1, 6), on(1, 9, 18)), created_at=NOW)
    calls = who_would_be_called(make_path([primary]), on(1, 7), reader)
    (away,) = [problem for problem in calls.problems if problem.code == "away"]
    assert away.text == "Ada is away until 9 Jan 2026, 18:00 UTC."
    assert ("away", "L1") not in codes(who_would_be_called(make_path([primary]), on(1, 10), reader))


def test_somebody_without_a_number_or_an_address_is_said(primary, people, reader):
    path = make_path([primary])
    assert ("unreachable", "L1") in codes(who_would_be_called(path, on(1, 7), reader))
    contact = Contact.objects.create(name="Ada Winter", user=people[0])
    Way.objects.create(contact=contact, kind="phone", value="+442079460100", confirmed_at=on(1, 5))
    assert codes(who_would_be_called(path, on(1, 7), reader)) == []


def test_an_address_that_is_switched_off_does_not_count(primary, people, reader):
    address = Address.objects.create(person=people[0], transport="ntfy", target="ntfy://x", answered_at=on(1, 5))
    path = make_path([primary])
    assert codes(who_would_be_called(path, on(1, 7), reader)) == []
    Address.objects.filter(pk=address.pk).update(is_enabled=False)
    assert ("unreachable", "L1") in codes(who_would_be_called(path, on(1, 7), reader))


def test_a_confirmation_counts_for_thirty_days_before_the_question_is_asked(primary, people, reader):
    Address.objects.create(person=people[0], transport="ntfy", target="ntfy://x", answered_at=on(1, 5))
    path = make_path([primary])
    march = on(3, 10)  # ada again
    assert codes(who_would_be_called(path, march, reader)) == [("unconfirmed", "L1")]
    assert codes(who_would_be_called(path, march, reader, now=on(1, 20))) == []


def test_somebody_who_left_is_said_and_does_not_count_as_reached(reader):
    gone = Contact.objects.create(name="Morag", left_at=NOW)
    calls = who_would_be_called(make_path([gone]), on(1, 7), reader)
    assert codes(calls) == [("last-level", "L1"), ("left", "L1")]


def test_a_channel_that_the_portal_cannot_write_to_is_said(reader):
    channel = Channel.objects.create(purpose="Incidents", channel="#harbour")
    path = make_path([channel])
    assert codes(who_would_be_called(path, on(1, 7), reader)) == [("unreachable", "L1")]
    Address.objects.create(channel=channel, transport="webhook", target="https://hooks.example/1")
    assert codes(who_would_be_called(path, on(1, 7), reader)) == []


def test_a_path_without_levels_says_so(reader):
    calls = who_would_be_called(make_path(), on(1, 7), reader)
    assert [problem.code for problem in calls.problems] == ["no-levels"]


def test_personal_numbers_are_shown_to_responders_only(primary, people, reader):
    contact = Contact.objects.create(name="Ada Winter", user=people[0])
    Way.objects.create(contact=contact, kind="phone", value="+44 20 7946 0100", is_personal=True, confirmed_at=on(1, 5))
    path = make_path([primary], [contact])
    plain = make_user("eve")
    shown = [way.value for _, call in who_would_be_called(path, on(1, 7), reader).calls for way in call.callee.ways]
    hidden = [way.value for _, call in who_would_be_called(path, on(1, 7), plain).calls for way in call.callee.ways]
    assert shown == ["+44 20 7946 0100"] * 2
    assert "+44 20 7946 0100" not in hidden
    assert "unreachable" not in [code for code, _ in codes(who_would_be_called(path, on(1, 7), plain))]


def test_the_answer_can_be_kept_as_json(primary, reader):
    data = json.loads(json.dumps(who_would_be_called(make_path([primary]), on(1, 7), reader).to_dict()))
    assert data["levels"][0]["calls"][0]["callee"]["name"] == "Ada"
    assert data["at"] == "2026-01-07T12:00:00+00:00"


def test_no_secret_of_an_address_is_told(primary, people, reader):
    Address.objects.create(person=people[0], transport="webhook", target="https://hooks.example/hush")
    assert "hush" not in json.dumps(who_would_be_called(make_path([primary]), on(1, 7), reader).to_dict())


@pytest.mark.parametrize("number", [2, 12])
def test_queries_do_not_grow_with_paths(people, reader, number, django_assert_max_num_queries):
    for count in range(number):
        rotation = make_rotation(make_team(f"Team {count}"), *people)
        contact = Contact.objects.create(name=f"Contact {count}")
        channel = Channel.objects.create(purpose="Incidents", channel=f"#team-{count}")
        make_path([rotation.layers.get(), channel], [contact], name=f"Path {count}")
    paths = EscalationPath.objects.for_ladder()
    with django_assert_max_num_queries(16):
        assert len(who_would_be_called_by(paths, on(1, 7), reader)) == number
