"""What makes a plan bad, in words that a form can show."""

import datetime as dt
from dataclasses import replace

import pytest

from oncall.errors import BadPlan
from oncall.rota import Window
from oncall.services.plans import BUSINESS_HOURS, NIGHTS, WEEKENDS, PlanSpec, check_plan, settle_plan
from tests.factories import make_user

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 17)


@pytest.fixture
def people():
    return [make_user(name).pk for name in ("ada", "ben", "cy")]


@pytest.fixture
def spec(people):
    return PlanSpec(tuple(people), "Europe/London", TODAY)


def refusal_of(spec, **changes):
    with pytest.raises(BadPlan) as refusal:
        check_plan(replace(spec, **changes), today=TODAY)
    return str(refusal.value)


def test_nobody_is_too_few(spec):
    assert refusal_of(spec, people=()) == "Choose at least one person: nobody would be on call."


def test_too_many_are_refused(spec, people):
    assert "100 people at most" in refusal_of(spec, people=tuple(people) * 34)


def test_an_unknown_person_is_refused(spec, people):
    assert "not known here" in refusal_of(spec, people=(*people, 999_999))


def test_somebody_who_left_is_refused_by_name(spec):
    dee = make_user("dee", is_active=False)
    assert refusal_of(spec, people=(dee.pk,)) == "Dee can't be on call: the account is switched off."


def test_whoever_begins_is_in_the_list(spec):
    assert "has to be one of the people" in refusal_of(spec, first=make_user("dee").pk)


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../etc/passwd", "europe/london"])
def test_a_zone_that_does_not_exist_is_refused(spec, zone):
    assert refusal_of(spec, time_zone=zone) == f"“{zone}” is not a time zone. Use a name such as Europe/London."


@pytest.mark.parametrize(("unit", "length"), [("weeks", 0), ("weeks", -1), ("weeks", 27), ("days", 91), ("hours", 337)])
def test_a_turn_is_neither_too_short_nor_too_long(spec, unit, length):
    assert refusal_of(spec, turn_unit=unit, turn_length=length).startswith("A turn lasts from 1 to ")


def test_a_turn_is_counted_in_known_units(spec):
    assert refusal_of(spec, turn_unit="fortnights") == "A turn is counted in hours, days or weeks."


def test_a_weekday_is_one_of_seven(spec):
    assert "weekday" in refusal_of(spec, weekday=7)


@pytest.mark.parametrize("at", [dt.time(9, 0, 30), dt.time(9, tzinfo=dt.UTC)])
def test_a_hand_over_is_at_a_full_minute(spec, at):
    assert "full minute" in refusal_of(spec, handover_at=at)


def test_hours_need_a_weekday(spec):
    assert "at least one weekday" in refusal_of(spec, windows=(Window(frozenset(), dt.time(9), dt.time(17)),))


def test_a_weekday_of_hours_is_one_of_seven(spec):
    assert "seven" in refusal_of(spec, windows=(Window(frozenset({7}), dt.time(9), dt.time(17)),))


@pytest.mark.parametrize("days", [-800, 800])
def test_a_start_is_not_years_away(spec, days):
    assert "two years" in refusal_of(spec, starts_on=TODAY + dt.timedelta(days=days))


def test_a_hand_over_that_the_zone_skips_is_refused_with_the_day(spec):
    said = refusal_of(spec, turn_unit="days", handover_at=dt.time(1, 30))
    assert said == (
        "There is no 01:30 on 28 March 2027 in Europe/London: the clocks go forward past it. "
        "Hand over at another time of the day."
    )


def test_a_weekly_hand_over_is_refused_only_on_its_own_weekday(spec):
    sundays = replace(spec, weekday=6, handover_at=dt.time(1, 30))
    assert "28 March 2027" in refusal_of(sundays)
    check_plan(replace(sundays, weekday=0), today=TODAY)


def test_every_hand_over_of_a_day_counts_when_turns_are_of_hours(spec):
    said = refusal_of(spec, turn_unit="hours", turn_length=8, handover_at=dt.time(9))
    assert "01:00 on 28 March 2027" in said
    assert said.endswith("or choose turns of another length.")
    check_plan(replace(spec, turn_unit="hours", turn_length=8, handover_at=dt.time(8)), today=TODAY)


def test_a_zone_that_never_changes_skips_nothing(spec):
    check_plan(replace(spec, time_zone="Asia/Kathmandu", turn_unit="hours"), today=TODAY)


def test_a_change_is_checked_from_the_moment_it_takes_over(spec):
    daily = replace(spec, turn_unit="days", handover_at=dt.time(1, 30))
    with pytest.raises(BadPlan, match="26 March 2028"):
        settle_plan(daily, dt.datetime(2027, 4, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize("hours", [BUSINESS_HOURS, NIGHTS, WEEKENDS, (Window(frozenset({2}), dt.time(), dt.time()),)])
def test_the_hours_that_are_offered_will_do(spec, hours):
    check_plan(replace(spec, windows=hours), today=TODAY)


def test_the_first_hand_over_of_weeks_is_on_their_weekday(spec):
    assert replace(spec, weekday=0).anchor == dt.datetime(2026, 11, 23, 9)
    assert replace(spec, weekday=1).anchor == dt.datetime(2026, 11, 17, 9)
    assert replace(spec, turn_unit="days").anchor == dt.datetime(2026, 11, 17, 9)
