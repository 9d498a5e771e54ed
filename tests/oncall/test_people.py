"""Where a person is needed, and somebody else in all of these places."""

import datetime as dt
from dataclasses import replace

import pytest

from accounts.roles import EDITOR, READER
from oncall.errors import NotAllowed, Refused, StillNeeded
from oncall.models import (
    Contact,
    EscalationLevel,
    EscalationPath,
    EscalationTarget,
    Notification,
    Override,
    Plan,
    PublishedShift,
    Swap,
    Way,
)
from oncall.schedule import load_schedule
from oncall.services.people import check_not_needed, find_places, replace_person
from oncall.services.rotations import NIGHTS, LayerSpec, PlanSpec, change_plan, create_rotation, end_rotation
from tests.factories import NOW, make_team, make_user

UTC = dt.UTC
pytestmark = pytest.mark.django_db


def at(day, hour=9, month=11):
    return dt.datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def people():
    return [make_user(name, role=EDITOR) for name in ("ada", "ben", "cy", "dee")]


@pytest.fixture
def spec(people):
    """Ada, Ben and Cy, a week each, since the Monday before."""
    return PlanSpec(tuple(person.pk for person in people[:3]), "Europe/Lisbon", dt.date(2026, 11, 9))


@pytest.fixture
def rotation(people, spec):
    team = make_team("Harbour", *people)
    return create_rotation(team, "On call", user=people[0], now=at(10), layers=[LayerSpec("Primary", spec)])


@pytest.fixture
def level():
    path = EscalationPath.objects.create(name="Harbour", slug="harbour")
    return EscalationLevel.objects.create(path=path, position=1, label="L1")


def call(level, person):
    contact, _ = Contact.objects.get_or_create(name=str(person), user=person)
    return EscalationTarget.objects.create(level=level, contact=contact)


def stand_in(rotation, person, start, end):
    return Override.objects.create(layer=rotation.layers.get(), person=person, during=(start, end), created_at=NOW)


def names_of(rotation, start, end):
    return [
        (shift.person.display_name, shift.starts_at) for shift in load_schedule(rotation, start, end).shifts(start, end)
    ]


def shifts_without_names(rotation):
    return [start for _, start in names_of(rotation, at(10), at(30))]


def labels_of(person):
    return [place.label for place in find_places(person, NOW)]


def test_the_places_of_a_person_are_layers_overrides_and_levels(rotation, people, level):
    call(level, people[0])
    stand_in(rotation, people[0], at(20), at(21))
    assert labels_of(people[0]) == [
        "Harbour, On call: Primary",
        "Harbour, On call: Primary, as a stand-in",
        "Escalation path Harbour, L1",
    ]


def test_a_place_is_said_once_however_many_plans_there_are(rotation, people, spec):
    change_plan(rotation.layers.get(), spec, user=people[0], now=NOW, effective_from=at(30))
    assert labels_of(people[0]) == ["Harbour, On call: Primary"]


def test_a_plan_that_is_over_needs_nobody(rotation, people, spec):
    without_ada = replace(spec, people=spec.people[1:])
    change_plan(rotation.layers.get(), without_ada, user=people[1], now=at(12), effective_from=at(13))
    assert labels_of(people[0]) == []


def test_a_plan_to_come_needs_its_people(rotation, people, spec):
    change_plan(
        rotation.layers.get(), replace(spec, people=(people[3].pk,)), user=people[0], now=NOW, effective_from=at(30)
    )
    assert labels_of(people[3]) == ["Harbour, On call: Primary"]


def test_an_ended_rotation_needs_nobody(rotation, people):
    end_rotation(rotation, user=people[0], now=at(11))
    assert labels_of(people[0]) == []


def test_overrides_that_are_over_or_were_taken_back_need_nobody(rotation, people):
    stand_in(rotation, people[3], at(12), at(13))
    Override.objects.filter(pk=stand_in(rotation, people[3], at(20), at(21)).pk).update(cancelled_at=NOW)
    assert labels_of(people[3]) == []


def test_the_refusal_names_the_places(rotation, people):
    with pytest.raises(StillNeeded) as refusal:
        check_not_needed(people[0], NOW)
    assert refusal.value.places == ["Harbour, On call: Primary"]


def test_places_take_three_queries(rotation, people, level, django_assert_num_queries):
    call(level, people[0])
    with django_assert_num_queries(3):
        find_places(people[0], NOW)


def test_the_other_person_has_the_same_turns_from_now_on(rotation, people):
    replace_person(people[1], people[3], user=people[0], now=NOW)
    assert names_of(rotation, at(10), at(7, month=12)) == [
        ("Ada", at(10)),
        ("Ben", at(16)),
        ("Dee", NOW),
        ("Cy", at(23)),
        ("Ada", at(30)),
    ]
    assert labels_of(people[1]) == []


def test_turns_and_hours_are_kept(people, spec):
    layer = LayerSpec("Nights", replace(spec, windows=NIGHTS, turn_unit="days", handover_at=dt.time(12)))
    rotation = create_rotation(make_team(), "Nights", user=people[0], now=at(10), layers=[layer])
    old = shifts_without_names(rotation)
    replace_person(people[0], people[3], user=people[0], now=NOW.replace(hour=15))
    assert shifts_without_names(rotation) == old
    assert "Ada" not in {name for name, _ in names_of(rotation, at(18), at(30))}


def test_a_plan_to_come_is_made_again_with_the_other_person(rotation, people, spec):
    change_plan(rotation.layers.get(), spec, user=people[0], now=NOW, effective_from=at(30))
    replace_person(people[0], people[3], user=people[0], now=NOW)
    assert names_of(rotation, at(30, 10), at(30, 11)) == [("Dee", at(30))]
    assert Plan.objects.filter(effective_from=at(30)).count() == 1


def test_overrides_to_come_go_over_and_what_was_served_stays(rotation, people):
    stand_in(rotation, people[3], at(16, 20), at(18))
    coming = stand_in(rotation, people[3], at(24), at(25))
    replace_person(people[3], people[2], user=people[0], now=NOW)
    coming.refresh_from_db()
    assert coming.cancelled_at == NOW
    assert names_of(rotation, at(16, 21), at(18)) == [("Dee", at(16, 20)), ("Cy", NOW)]
    assert names_of(rotation, at(24), at(25)) == [("Cy", at(24))]


def test_levels_call_the_other_person_through_their_contact(rotation, people, level):
    target = call(level, people[0])
    replace_person(people[0], people[3], user=people[1], now=NOW)
    target.refresh_from_db()
    assert target.contact.user == people[3]
    assert Way.objects.get(contact=target.contact).value == "dee@example.com"


def test_a_level_that_calls_both_calls_the_other_one_once(rotation, people, level):
    call(level, people[0])
    call(level, people[3])
    replace_person(people[0], people[3], user=people[1], now=NOW)
    assert [target.contact.user for target in level.targets.all()] == [people[3]]


def test_whoever_takes_over_is_told_once(rotation, people):
    replace_person(people[0], people[3], user=people[1], now=NOW)
    told = Notification.objects.get(person=people[3])
    assert told.subject == "You take over from Ada"
    assert "Harbour, On call: Primary" in told.text


def test_calendars_follow(rotation, people):
    replace_person(people[0], people[3], user=people[1], now=NOW)
    assert not PublishedShift.objects.filter(person=people[0], starts_at__gt=NOW, is_cancelled=False).exists()
    assert PublishedShift.objects.filter(person=people[3], starts_at=at(30)).exists()


def test_a_swap_that_waited_for_an_answer_is_closed(rotation, people):
    part = {"layer": rotation.layers.get(), "during": (at(23), at(24)), "asked_at": at(18)}
    swap = Swap.objects.create(asker=people[2], colleague=people[1], **part)
    replace_person(people[1], people[3], user=people[0], now=at(20))
    swap.refresh_from_db()
    assert (swap.status, swap.answered_at) == (Swap.Status.WITHDRAWN, at(20))


def test_whoever_is_needed_nowhere_is_replaced_nowhere(people):
    assert replace_person(people[0], people[3], user=people[1], now=NOW) == []
    assert not Notification.objects.exists()


def test_nobody_replaces_themselves(rotation, people):
    with pytest.raises(Refused, match="themselves"):
        replace_person(people[0], people[0], user=people[1], now=NOW)


def test_somebody_who_left_replaces_nobody(rotation, people):
    people[3].is_active = False
    people[3].save()
    with pytest.raises(Refused, match="switched off"):
        replace_person(people[0], people[3], user=people[1], now=NOW)


def test_a_reader_may_not_replace_anybody(rotation, people):
    with pytest.raises(NotAllowed):
        replace_person(people[0], people[3], user=make_user("eve", role=READER), now=NOW)
