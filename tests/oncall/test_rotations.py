"""Making, changing and ending rotations."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import EDITOR, READER
from oncall.errors import BadPlan, NotAllowed, StillNeeded, WrongState
from oncall.models import EscalationLevel, EscalationPath, EscalationTarget, Override, Plan
from oncall.schedule import load_schedule
from oncall.services.rotations import (
    BUSINESS_HOURS,
    LayerSpec,
    PlanSpec,
    add_layer,
    change_layer,
    change_plan,
    change_rotation,
    create_rotation,
    describe_plan,
    end_layer,
    end_rotation,
    next_handover,
    preview_plan,
)
from tests.factories import make_team, make_user

UTC = dt.UTC
NOW = dt.datetime(2026, 11, 17, 3, 14, 20, tzinfo=UTC)  # a Tuesday; in Lisbon the same time
pytestmark = pytest.mark.django_db


def at(day, hour=9, minute=0, month=11):
    return dt.datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def people():
    return [make_user(name, role=EDITOR) for name in ("ada", "ben", "cy")]


@pytest.fixture
def team(people):
    return make_team("Harbour", *people)


@pytest.fixture
def spec(people):
    return PlanSpec(
        people=tuple(person.pk for person in people), time_zone="Europe/Lisbon", starts_on=dt.date(2026, 11, 18)
    )


@pytest.fixture
def rotation(team, people, spec):
    """Weekly turns on Mondays at 09:00, counted from the Monday before."""
    layer = LayerSpec("Primary", replace(spec, starts_on=dt.date(2026, 11, 16)))
    return create_rotation(team, "On call", user=people[0], now=NOW, layers=[layer])


def shifts_of(rotation, start, end):
    return [
        (shift.person.display_name, shift.starts_at, shift.ends_at)
        for shift in load_schedule(rotation, start, end).shifts(start, end)
    ]


def test_a_rotation_begins_at_its_first_hand_over(team, people, spec):
    rotation = create_rotation(team, "On call", user=people[0], now=NOW, layers=[LayerSpec("Primary", spec)])
    assert shifts_of(rotation, at(16), at(30)) == [("Ada", at(23), at(30))]


def test_one_that_is_counted_from_the_past_begins_now(rotation):
    assert shifts_of(rotation, at(16), at(24)) == [("Ada", at(17, 3, 14), at(23)), ("Ben", at(23), at(30))]


def test_whoever_begins_is_chosen_by_name(team, people, spec):
    layer = LayerSpec("Primary", replace(spec, first=people[2].pk))
    rotation = create_rotation(team, "On call", user=people[0], now=NOW, layers=[layer])
    assert [name for name, *_ in shifts_of(rotation, at(23), at(14, month=12))] == ["Cy", "Ada", "Ben"]


def test_layers_are_made_together(team, people, spec):
    layers = [LayerSpec("Primary", spec), LayerSpec("Backup", replace(spec, windows=BUSINESS_HOURS), rank=2)]
    rotation = create_rotation(team, "On call", user=people[0], now=NOW, layers=layers)
    assert [(layer.name, layer.rank) for layer in rotation.layers.all()] == [("Primary", 1), ("Backup", 2)]


def test_a_rotation_without_layers_is_refused(team, people):
    with pytest.raises(BadPlan, match="needs a layer"):
        create_rotation(team, "On call", user=people[0], now=NOW, layers=[])


def test_a_reader_may_not_make_one(team, spec):
    with pytest.raises(NotAllowed):
        create_rotation(team, "On call", user=make_user("dee", role=READER), now=NOW, layers=[LayerSpec("A", spec)])


def test_a_second_rotation_of_the_same_name_is_refused(team, people, spec, rotation):
    with pytest.raises(BadPlan, match="already has a rotation"):
        create_rotation(team, "on CALL", user=people[0], now=NOW, layers=[LayerSpec("Primary", spec)])


def test_the_name_of_an_ended_rotation_may_be_used_again(team, people, spec, rotation):
    end_rotation(rotation, user=people[0], now=NOW)
    again = create_rotation(team, "On call", user=people[0], now=NOW, layers=[LayerSpec("Primary", spec)])
    assert again.slug == "on-call-2"


@pytest.mark.parametrize(("name", "slug"), [("New", "new-2"), ("Edit", "edit-2"), ("海", "rotation")])
def test_no_name_hides_a_page(team, people, spec, name, slug):
    rotation = create_rotation(team, name, user=people[0], now=NOW, layers=[LayerSpec("Primary", spec)])
    assert rotation.slug == slug


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_that_will_not_do_is_refused(team, people, spec, name):
    with pytest.raises(ValidationError):
        create_rotation(team, name, user=people[0], now=NOW, layers=[LayerSpec("Primary", spec)])


def test_a_rotation_is_renamed_at_the_same_address(rotation, people):
    change_rotation(rotation, name="Port", expects="hours", check_hours=48, user=people[0], now=NOW)
    rotation.refresh_from_db()
    assert (rotation.name, rotation.slug, rotation.expects, rotation.check_hours) == ("Port", "on-call", "hours", 48)


def test_a_second_layer_of_the_same_name_is_refused(rotation, people, spec):
    with pytest.raises(ValidationError, match="already has a layer"):
        add_layer(rotation, LayerSpec("Primary", spec, rank=2), user=people[0], now=NOW)


def test_a_layer_is_renamed_and_ranked(rotation, people):
    layer = change_layer(rotation.layers.get(), name="Second", rank=2, user=people[0], now=NOW)
    assert (layer.name, layer.rank) == ("Second", 2)


def test_a_new_plan_takes_over_at_the_next_hand_over(rotation, people, spec):
    plan = change_plan(
        rotation.layers.get(), replace(spec, people=(people[2].pk, people[0].pk)), user=people[0], now=NOW
    )
    assert plan.effective_from == at(23)
    assert [name for name, *_ in shifts_of(rotation, at(18), at(7, month=12))] == ["Ada", "Cy", "Ada"]


def test_a_new_plan_in_the_middle_of_a_turn_keeps_weekday_and_time(rotation, people, spec):
    first_ben = replace(spec, people=(people[1].pk, people[2].pk))
    change_plan(rotation.layers.get(), first_ben, user=people[0], now=NOW, effective_from=at(19, 12))
    assert shifts_of(rotation, at(18), at(24)) == [
        ("Ada", at(17, 3, 14), at(19, 12)),
        ("Ben", at(19, 12), at(23)),
        ("Cy", at(23), at(30)),
    ]


@pytest.mark.parametrize("length", [1, 6, 8, 10, 12, 36])
def test_turns_of_hours_begin_with_the_first_whenever_they_take_over(rotation, people, spec, length):
    hours = replace(spec, turn_unit=Plan.Unit.HOURS, turn_length=length, time_zone="UTC")
    change_plan(rotation.layers.get(), hours, user=people[0], now=NOW, effective_from=at(18, 18, 30))
    names = [name for name, *_ in shifts_of(rotation, at(18, 18, 30), at(30))]
    assert names[:4] == ["Ada", "Ben", "Cy", "Ada"]


def test_a_plan_can_not_take_over_in_the_past(rotation, people, spec):
    with pytest.raises(BadPlan, match="in the past"):
        change_plan(rotation.layers.get(), spec, user=people[0], now=NOW, effective_from=NOW - dt.timedelta(minutes=3))


def test_a_plan_does_not_take_over_years_from_now(rotation, people, spec):
    with pytest.raises(BadPlan, match="two years"):
        change_plan(rotation.layers.get(), spec, user=people[0], now=NOW, effective_from=NOW + dt.timedelta(days=900))


def test_a_minute_that_began_already_counts_as_now(rotation, people, spec):
    later = NOW + dt.timedelta(days=1)
    plan = change_plan(rotation.layers.get(), spec, user=people[0], now=later, effective_from=at(18, 3, 13))
    assert plan.effective_from == at(18, 3, 14)


def test_plans_meant_for_later_are_dropped_and_earlier_ones_stay(rotation, people, spec):
    layer = rotation.layers.get()
    change_plan(layer, spec, user=people[0], now=NOW, effective_from=at(30))
    change_plan(layer, spec, user=people[1], now=NOW, effective_from=at(23))
    assert list(layer.plans.values_list("effective_from", "created_by")) == [
        (at(17, 3, 14), people[0].pk),
        (at(23), people[1].pk),
    ]


def test_who_did_not_see_the_latest_plan_is_told(rotation, people, spec):
    layer = rotation.layers.get()
    seen = layer.plans.get().pk
    change_plan(layer, spec, user=people[0], now=NOW, seen=seen)
    with pytest.raises(WrongState, match="Somebody changed"):
        change_plan(layer, spec, user=people[1], now=NOW, seen=seen)


def test_a_preview_saves_nothing_and_says_what_a_save_would_do(rotation, people, spec):
    layer = rotation.layers.get()
    new = replace(spec, people=(people[2].pk,), weekday=2, handover_at=dt.time(17, 30))
    preview = preview_plan(layer, new, at(23))
    assert layer.plans.count() == 1
    change_plan(layer, new, user=people[0], now=NOW, effective_from=at(23))
    assert load_schedule(rotation, at(18), at(19)).layers[0].plan.plans == preview.plans


def test_a_plan_is_described_with_whoever_is_on_first(rotation, people):
    described = describe_plan(rotation.layers.get(), at(25))
    assert described is not None
    assert (described.first, described.weekday, described.people) == (
        people[1].pk,
        0,
        tuple(person.pk for person in people),
    )


def test_a_described_plan_saved_again_changes_nothing(rotation, people):
    layer = rotation.layers.get()
    before = shifts_of(rotation, at(25), at(30, month=12))
    described = describe_plan(layer, at(23))
    change_plan(layer, described, user=people[0], now=NOW, effective_from=at(23))
    assert shifts_of(rotation, at(25), at(30, month=12)) == before


def test_the_next_hand_over_of_a_layer_that_has_not_begun_is_its_start(rotation, people, spec):
    layer = add_layer(rotation, LayerSpec("Backup", spec, rank=2), user=people[0], now=NOW)
    assert next_handover(layer, NOW) == at(23)


def test_the_only_layer_is_not_ended_by_itself(rotation, people):
    with pytest.raises(WrongState, match="only layer"):
        end_layer(rotation.layers.get(), user=people[0], now=NOW)


def test_an_ended_layer_has_no_shifts_and_no_overrides_to_come(rotation, people, spec):
    layer = add_layer(
        rotation, LayerSpec("Backup", replace(spec, starts_on=dt.date(2026, 11, 9)), rank=2), user=people[0], now=NOW
    )
    running = Override.objects.create(layer=layer, person=people[2], during=(at(17, 3, 0), at(20)), created_at=NOW)
    coming = Override.objects.create(layer=layer, person=people[2], during=(at(24), at(25)), created_at=NOW)
    later = at(18, 12)
    end_layer(layer, user=people[0], now=later)
    coming.refresh_from_db()
    running.refresh_from_db()
    assert (coming.cancelled_at, coming.cancelled_by, running.cancelled_at) == (later, people[0], None)
    backup = [shift for shift in load_schedule(rotation, NOW, NOW).shifts(NOW, at(30)) if shift.layer == layer]
    assert [shift.ends_at for shift in backup] == [later]


def test_an_ended_rotation_is_changed_no_more(rotation, people, spec):
    end_rotation(rotation, user=people[0], now=NOW)
    with pytest.raises(WrongState, match="ended"):
        change_plan(rotation.layers.get(), spec, user=people[0], now=NOW)
    with pytest.raises(WrongState, match="ended"):
        add_layer(rotation, LayerSpec("Backup", spec), user=people[0], now=NOW)


def test_a_rotation_that_a_ladder_calls_is_not_ended(rotation, people):
    path = EscalationPath.objects.create(name="Harbour", slug="harbour")
    level = EscalationLevel.objects.create(path=path, position=1, label="L1")
    EscalationTarget.objects.create(level=level, layer=rotation.layers.get())
    with pytest.raises(StillNeeded) as refusal:
        end_rotation(rotation, user=people[0], now=NOW)
    assert refusal.value.places == ["Harbour, L1: calls “Primary”"]
