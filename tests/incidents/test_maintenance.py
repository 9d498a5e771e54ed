"""Maintenance windows: planned, changed, called off; what is refused, and what is only said."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import RESPONDER
from incidents.errors import BadTime, NoSteps, NotAllowed, Refused, WrongState
from incidents.models import MaintenanceWindow, Run
from incidents.pages.maintenance import describe_maintenance, find_conflicts
from incidents.services.maintenance import cancel_window, change_window, plan_window
from incidents.services.maintenance_runs import start_window_run
from incidents.services.runs import stop_run
from oncall.models import Dependency, Service
from tests.factories import NOW, make_published, make_service, make_team, make_user
from tests.incidents.updates import HOUR, make_plan, make_window

pytestmark = pytest.mark.django_db
STEPS = """\
# Ticket desk

## Replace the winch

1. Close the gate
2. Change the winch
3. Open the gate
"""


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def desk():
    return make_service(team=make_team())


def why(window: MaintenanceWindow, services: list[Service], user) -> list[str]:
    return [one.why for one in find_conflicts(services, window.during.lower, window.during.upper, user=user)]


def test_a_window_belongs_to_the_team_of_its_service(ben, desk):
    window = make_window(ben, desk)
    assert window.team == desk.team
    assert window.during.upper - window.during.lower == 2 * HOUR
    assert window.announced_at is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": "  "}, "title"),
        ({"impact": " "}, "others will notice"),
        ({"services": ()}, "at least one service"),
        ({"impact": "AKIA" + "IOSFODNN7EXAMPLQ"}, "credential"),
        ({"description": "a\0"}, "NUL"),
    ],
)
def test_words_are_needed(ben, desk, values, said):
    with pytest.raises(Refused, match=said):
        plan_window(replace(make_plan(desk), **values), user=ben, now=NOW)


@pytest.mark.parametrize("end", [NOW + HOUR, NOW + 2 * HOUR])
def test_the_end_comes_after_the_start(ben, desk, end):
    with pytest.raises(BadTime, match="end must come after"):
        make_window(ben, desk, start=NOW + 2 * HOUR, end=end)


def test_the_database_refuses_an_empty_window_too(ben, desk):
    window = make_window(ben, desk)
    with pytest.raises(IntegrityError, match="maintenance_has_two_ends"), transaction.atomic():
        MaintenanceWindow.objects.filter(pk=window.pk).update(during=(NOW, NOW))


def test_a_start_in_the_past_is_refused(ben, desk):
    with pytest.raises(BadTime, match="in the past"):
        make_window(ben, desk, start=NOW - HOUR)


def test_it_can_begin_in_this_minute(ben, desk):
    assert make_window(ben, desk, start=NOW - dt.timedelta(seconds=14), end=NOW + HOUR).pk


def test_a_reader_may_not_plan(ada, desk):
    with pytest.raises(NotAllowed):
        make_window(ada, desk)


def test_a_night_of_changing_clocks_is_as_long_as_it_is(ben, desk):
    start = dt.datetime(2027, 3, 28, 0, 0, tzinfo=dt.UTC)  # in Lisbon 00:00 to 03:00, which is two hours
    window = make_window(ben, desk, start=start, end=start + 2 * HOUR)
    assert window.during.upper - window.during.lower == 2 * HOUR


def test_one_that_has_begun_keeps_its_start_and_can_be_longer(ben, desk):
    window = make_window(ben, desk, start=NOW + HOUR)
    plan = make_plan(desk, start=NOW + HOUR, end=NOW + 5 * HOUR)
    later = NOW + 2 * HOUR
    with pytest.raises(BadTime, match="start stays"):
        change_window(window, replace(plan, start=NOW + 2 * HOUR), user=ben, now=later)
    with pytest.raises(BadTime, match="end lies in the past"):
        change_window(window, replace(plan, end=NOW + HOUR + dt.timedelta(minutes=1)), user=ben, now=later)
    assert change_window(window, plan, user=ben, now=later).during.upper == NOW + 5 * HOUR


def test_one_that_is_over_or_called_off_is_not_changed(ben, desk):
    window, other = make_window(ben, desk), make_window(ben, desk)
    cancel_window(other, "Storm", user=ben, now=NOW)
    for one, now, said in ((window, NOW + 8 * 24 * HOUR, "is over"), (other, NOW, "was called off")):
        with pytest.raises(WrongState, match=said):
            change_window(one, make_plan(desk), user=ben, now=now)
        with pytest.raises(WrongState, match=said):
            cancel_window(one, "Storm", user=ben, now=now)


def test_calling_off_needs_a_reason(ben, desk):
    window = make_window(ben, desk)
    for reason, said in ((" ", "Say in a few words"), ("x" * 301, "at most 300")):
        with pytest.raises(Refused, match=said):
            cancel_window(window, reason, user=ben, now=NOW)
    assert cancel_window(window, " Storm  tonight ", user=ben, now=NOW).cancel_reason == "Storm tonight"
    assert not MaintenanceWindow.objects.covering(window.during.lower).exists()


def test_conflicts_are_said_and_not_refused(ben, desk):
    first = make_window(ben, desk)
    second = make_window(ben, desk)
    assert why(second, [desk], ben) == ["the same service, Ticket desk"] * 2
    assert find_conflicts([desk], first.during.lower, first.during.upper, user=ben, but=first.pk)[0].window == second


def test_what_follows_at_once_is_no_conflict(ben, desk):
    first = make_window(ben, desk)
    assert find_conflicts([desk], first.during.upper, first.during.upper + HOUR, user=ben) == []


def test_what_a_service_needs_is_a_conflict_however_far_down(ben, desk):
    base, pool = make_service("Base"), make_service("Pool")
    Dependency.objects.create(service=desk, needs=pool)
    Dependency.objects.create(service=pool, needs=base)
    Dependency.objects.create(service=base, needs=desk)  # a circle ends by itself
    window = make_window(ben, base)
    assert why(window, [desk], ben) == ["Ticket desk needs Base"]
    assert why(window, [make_service("Lamp")], ben) == []


def test_what_needs_a_service_is_a_conflict_too(ben, desk):
    base = make_service("Base")
    Dependency.objects.create(service=desk, needs=base)
    window = make_window(ben, desk)
    assert why(window, [base], ben) == ["Ticket desk needs Base"]


def test_a_window_of_a_confidential_service_is_no_conflict_for_strangers(ben, desk):
    team = make_team("Guards")
    vault = make_service("Vault", classification="confidential", team=team)
    cy = make_user("cy", role=RESPONDER)
    window = make_window(cy, vault)
    assert why(window, [vault], ben) == []
    assert describe_maintenance(None, ben, window.during.lower) == []


def test_conflicts_take_a_fixed_number_of_queries(ben, desk, django_assert_num_queries):
    for _ in range(20):
        window = make_window(ben, desk)
    with django_assert_num_queries(3):
        find_conflicts([desk], window.during.lower, window.during.upper, user=ben)


def test_what_is_on_and_coming_takes_one_query(ada, ben, desk, django_assert_num_queries):
    week = 7 * 24 * HOUR
    now = make_window(ben, desk, start=NOW + HOUR)
    soon = make_window(ben, make_service("Lamp"), start=NOW + week)
    make_window(ben, desk, start=NOW + 3 * week)
    cancel_window(make_window(ben, desk), "Storm", user=ben, now=NOW)
    with django_assert_num_queries(1):
        lines = describe_maintenance(None, ada, NOW + 2 * HOUR)
        found = [(line.window.pk, line.is_now, line.names) for line in lines]
    assert found == [(now.pk, True, "Ticket desk"), (soon.pk, False, "Lamp")]
    assert [line.window for line in describe_maintenance([desk], ada, NOW)] == [now]


def test_its_steps_are_gone_through_as_a_run(ben, desk):
    runbook = make_published(text=STEPS, service=desk)
    window = make_window(ben, desk, runbook=runbook)
    run = start_window_run(window, user=ben, now=NOW)
    window.refresh_from_db()
    assert (window.run, run.purpose, run.steps.count()) == (run, Run.Purpose.MAINTENANCE, 3)
    assert start_window_run(window, user=ben, now=NOW) == run
    stop_run(run, "Wrong winch", user=ben, now=NOW)
    assert start_window_run(window, user=ben, now=NOW) != run


def test_without_steps_there_is_no_run(ben, desk):
    with pytest.raises(NoSteps, match="no runbook"):
        start_window_run(make_window(ben, desk), user=ben, now=NOW)
    empty = make_published(text="# Desk\n\nNothing to do.\n", service=desk)
    with pytest.raises(NoSteps):
        start_window_run(make_window(ben, desk, runbook=empty), user=ben, now=NOW)


def test_what_is_called_off_is_not_run(ben, desk):
    window = make_window(ben, desk, runbook=make_published(text=STEPS, service=desk))
    cancel_window(window, "Storm", user=ben, now=NOW)
    with pytest.raises(WrongState, match="called off"):
        start_window_run(window, user=ben, now=NOW)
    assert not Run.objects.exists()
