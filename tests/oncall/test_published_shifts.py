"""What calendars are told of: a shift's row for ever, with its sequence, cancelled when it went away."""

import datetime as dt
from dataclasses import replace

import pytest

from accounts.roles import EDITOR
from oncall import tasks
from oncall.models import Override, PublishedShift
from oncall.services.calendars import publish_rotation, publish_shifts
from oncall.services.rotations import LayerSpec, PlanSpec, change_plan, create_rotation, end_rotation
from tests.factories import make_rotation, make_team, make_user

UTC = dt.UTC
NOW = dt.datetime(2026, 11, 17, 3, 14, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def at(day, hour=9):
    return dt.datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def people():
    return [make_user(name, role=EDITOR) for name in ("ada", "ben", "cy")]


@pytest.fixture
def spec(people):
    return PlanSpec(tuple(person.pk for person in people), "Europe/Lisbon", dt.date(2026, 11, 16))


@pytest.fixture
def rotation(people, spec):
    team = make_team("Harbour", *people)
    return create_rotation(team, "On call", user=people[0], now=NOW, layers=[LayerSpec("Primary", spec)])


def state_of(person, starts_at):
    row = PublishedShift.objects.get(person=person, starts_at=starts_at)
    return row.ends_at, row.sequence, row.is_cancelled


def test_a_new_rotation_is_published_half_a_year_ahead(rotation, people):
    rows = PublishedShift.objects.all()
    assert [rows.first().starts_at, rows.last().starts_at] == [NOW, dt.datetime(2027, 5, 10, 8, tzinfo=UTC)]
    assert set(rows.values_list("sequence", "is_cancelled")) == {(0, False)}


def test_publishing_again_changes_nothing(rotation):
    assert publish_rotation(rotation, NOW) == 0


def test_a_shift_cut_short_keeps_its_row_and_counts_up(rotation, people, spec):
    change_plan(
        rotation.layers.get(),
        replace(spec, people=(people[2].pk,)),
        user=people[0],
        now=NOW,
        effective_from=at(19),
    )
    assert state_of(people[0], NOW) == (at(19), 1, False)
    assert state_of(people[1], at(23)) == (at(30), 1, True)
    assert state_of(people[2], at(19)) == (at(23), 0, False)


def test_a_shift_that_is_back_again_is_no_longer_cancelled(rotation, people):
    cover = Override.objects.create(
        layer=rotation.layers.get(), person=people[2], during=(at(23), at(30)), created_at=NOW
    )
    publish_rotation(rotation, NOW)
    assert (state_of(people[1], at(23)), state_of(people[2], at(23))) == ((at(30), 1, True), (at(30), 0, False))
    Override.objects.filter(pk=cover.pk).update(cancelled_at=NOW)
    publish_rotation(rotation, NOW)
    assert (state_of(people[1], at(23)), state_of(people[2], at(23))) == ((at(30), 2, False), (at(30), 1, True))


def test_an_ended_rotation_cancels_what_was_to_come(rotation, people):
    end_rotation(rotation, user=people[0], now=at(18))
    assert state_of(people[0], NOW) == (at(18), 1, False)
    assert not PublishedShift.objects.filter(starts_at__gt=at(18), is_cancelled=False).exists()


def test_the_hourly_run_adds_the_week_that_came_near_and_leaves_the_rest(rotation):
    before = PublishedShift.objects.count()
    publish_shifts(NOW + dt.timedelta(days=7))
    assert PublishedShift.objects.count() == before + 1
    assert not PublishedShift.objects.filter(sequence__gt=0).exists()


def test_what_is_long_over_is_left_alone(rotation):
    publish_shifts(NOW + dt.timedelta(days=400))
    assert not PublishedShift.objects.filter(sequence__gt=0).exists()


def test_the_task_publishes_what_was_never_published(people):
    rotation = make_rotation(make_team(), *people)
    tasks.publish_shifts()
    assert PublishedShift.objects.filter(layer__rotation=rotation, sequence=0, is_cancelled=False).exists()
