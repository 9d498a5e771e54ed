"""The clock steps: forward nobody is called in a heap, backward nobody twice and nobody late."""

import datetime as dt
from collections import Counter

import pytest

from accounts.roles import RESPONDER
from incidents.models import CalledLevel
from incidents.services.escalating import sweep
from tests.factories import NOW, make_user
from tests.incidents.ladders import MINUTE, open_ladder, pages, running

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def crew():
    return [make_user(name, role=RESPONDER) for name in ("ada", "ben", "cy")]


def test_forward_by_hours_calls_one_level_and_waits_for_it(crew):
    incident = open_ladder(*([one] for one in crew))
    later = NOW + 5 * HOUR
    sweep(later)
    assert pages() == ["Ada", "Ben"]
    assert running(incident).next_at == later + 15 * MINUTE
    sweep(later + 15 * MINUTE)
    assert pages() == ["Ada", "Ben", "Cy"]


def test_backward_calls_nobody_twice(crew, settings):
    settings.ESCALATION_REPEAT_MINUTES = 0
    open_ladder(*([one] for one in crew))
    sweep(NOW + 15 * MINUTE)
    for minute in range(-120, 30, 5):
        sweep(NOW + minute * MINUTE)
    assert set(CalledLevel.objects.values_list("level", flat=True)) == {0, 1, 2}
    assert max(Counter(pages()).values()) == 1


def test_backward_makes_nobody_wait_for_the_time_that_is_shown_twice(crew):
    incident = open_ladder(*([one] for one in crew))
    back = NOW - 3 * HOUR
    sweep(back)
    assert running(incident).next_at == back + 15 * MINUTE
    sweep(back + 10 * MINUTE)
    assert running(incident).next_at == back + 15 * MINUTE
    sweep(back + 15 * MINUTE)
    assert pages() == ["Ada", "Ben"]


@pytest.mark.parametrize(
    "evening", [dt.datetime(2026, 3, 28, 22, tzinfo=dt.UTC), dt.datetime(2026, 10, 24, 22, tzinfo=dt.UTC)]
)
def test_a_night_of_23_or_25_hours_waits_as_long_as_any(crew, evening):
    for one in crew:
        one.time_zone = "Europe/Berlin"
        one.save()
    incident = open_ladder(*([one] for one in crew), minutes=[60, 60, 60], level="SEV-2", now=evening)
    severity_wait = 30 * MINUTE
    for step in range(1, 3):
        sweep(evening + step * severity_wait - dt.timedelta(seconds=1))
        assert len(pages()) == step
        sweep(evening + step * severity_wait)
        assert len(pages()) == step + 1
    assert running(incident).next_at == evening + 3 * severity_wait
