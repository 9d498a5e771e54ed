"""Reviews that fall together are spread over the period."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import APPROVER, EDITOR
from runbooks.errors import NotAllowed
from runbooks.models import Runbook
from runbooks.services.policies import change_policy
from runbooks.services.reviews import spread_reviews, spread_team_reviews
from runbooks.transfer.importing import import_path
from runbooks.upkeep.spreading import FEW, Planned, find_crowd, spread
from tests.factories import NOW, make_service, make_team, make_user
from tests.runbooks.reviews.rows import PLAIN

TODAY = NOW.date()
FIRST = TODAY + dt.timedelta(days=1)
DAYS = st.integers(-400, 400).map(lambda days: TODAY + dt.timedelta(days=days))
PLANNED = st.builds(
    Planned, key=st.integers(1, 10**6), due_on=DAYS, last_reviewed_on=st.none() | DAYS, uses=st.integers(0, 50)
)
on_a_busy_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CROWDS = st.lists(PLANNED, max_size=60, unique_by=lambda one: one.key)


@on_a_busy_machine
@given(CROWDS, st.integers(1, 365))
def test_no_day_gets_more_than_its_share_and_none_is_past_the_period(planned, period):
    days = spread(planned, FIRST, period)
    assert set(days) == {one.key for one in planned}
    assert all(FIRST <= day <= TODAY + dt.timedelta(days=period) for day in days.values())
    assert max(Counter(days.values()).values(), default=0) <= -(-len(planned) // period)


@on_a_busy_machine
@given(CROWDS, st.integers(1, 365), st.randoms())
def test_the_order_in_which_they_are_given_does_not_matter(planned, period, chance):
    mixed = list(planned)
    chance.shuffle(mixed)
    assert spread(mixed, FIRST, period) == spread(planned, FIRST, period)
    assert {one.key for one in find_crowd(mixed, FIRST, period)} == {
        one.key for one in find_crowd(planned, FIRST, period)
    }


@on_a_busy_machine
@given(CROWDS, st.integers(1, 365))
def test_what_was_spread_falls_together_no_more(planned, period):
    days = spread(planned, FIRST, period)
    moved = [Planned(one.key, days[one.key], one.last_reviewed_on, one.uses) for one in planned]
    assert find_crowd(moved, FIRST, period) == []


@on_a_busy_machine
@given(CROWDS, st.integers(1, 365))
def test_few_are_left_where_they_are(planned, period):
    assert find_crowd(planned[:FEW], FIRST, period) == []


def test_what_was_never_looked_at_comes_first_then_the_oldest_then_the_most_used():
    old, older = TODAY - dt.timedelta(days=10), TODAY - dt.timedelta(days=90)
    planned = [
        Planned(1, TODAY, old, uses=9),
        Planned(2, TODAY, older),
        Planned(3, TODAY, None, uses=1),
        Planned(4, TODAY, None, uses=5),
        Planned(5, TODAY, older, uses=3),
    ]
    days = spread(planned, FIRST, 5)
    assert sorted(days, key=days.__getitem__) == [4, 3, 5, 2, 1]


def make_runbooks(count, service=None, **fields):
    service = service or make_service("Pier")
    given = {"next_review_on": TODAY + dt.timedelta(days=90)} | fields
    rows = [Runbook(service=service, title=f"R{n}", slug=f"r{n}-{service.pk}", **given) for n in range(count)]
    return Runbook.objects.bulk_create(rows)


def days_of(runbooks):
    return sorted(Runbook.objects.filter(pk__in=[one.pk for one in runbooks]).values_list("next_review_on", flat=True))


@pytest.mark.django_db
def test_runbooks_that_fall_together_are_spread():
    runbooks = make_runbooks(30)
    assert spread_reviews([one.pk for one in runbooks], TODAY) == 30
    assert days_of(runbooks) == [FIRST + dt.timedelta(days=3 * n) for n in range(30)]
    assert spread_reviews([one.pk for one in runbooks], TODAY) == 0


@pytest.mark.django_db
def test_stated_days_retired_ones_and_a_few_stay():
    few = make_runbooks(5)
    stated = make_runbooks(9, make_service("Desk"), next_review_stated=True)
    retired = make_runbooks(9, make_service("Old"), retired_at=NOW)
    assert spread_reviews([one.pk for one in (*few, *stated, *retired)], TODAY) == 0


@pytest.mark.django_db
def test_each_team_is_spread_over_its_own_period():
    harbour, pier = make_team("Harbour"), make_team("Night")
    change_policy(harbour, review_days=10, gates=[], user=make_user("boss", role=APPROVER))
    quick = make_runbooks(10, make_service("A"), team=harbour, next_review_on=TODAY)
    slow = make_runbooks(9, make_service("B", team=pier), next_review_on=TODAY)
    spread_reviews([one.pk for one in (*quick, *slow)], TODAY)
    assert days_of(quick) == [FIRST + dt.timedelta(days=n) for n in range(10)]
    assert days_of(slow) == [FIRST + dt.timedelta(days=10 * n) for n in range(9)]


@pytest.mark.django_db
def test_a_person_needs_the_right_and_moves_only_what_they_may_know_of():
    team, boss = make_team(), make_user("boss", role=APPROVER)
    runbooks = make_runbooks(8, team=team)
    secret = make_runbooks(8, make_service("Vault"), team=team, classification="confidential")
    with pytest.raises(NotAllowed):
        spread_team_reviews(team, TODAY, user=make_user("ed", role=EDITOR))
    assert spread_team_reviews(team, TODAY, user=boss) == 8
    assert len(set(days_of(runbooks))) == 8
    assert len(set(days_of(secret))) == 1


@pytest.mark.django_db
def test_what_is_imported_together_is_not_due_together(tmp_path):
    for n in range(8):
        (tmp_path / f"r{n}.md").write_text(PLAIN.replace("Ticket desk", f"Desk {n}"))
    (tmp_path / "known.md").write_text(f"---\nlast_reviewed_on: 2026-11-01\n---\n{PLAIN}")
    import_path(tmp_path, now=NOW)
    days = Runbook.objects.filter(last_reviewed_on=None).values_list("next_review_on", flat=True)
    assert sorted(days)[0] == FIRST
    assert len(set(days)) == 8
    assert Runbook.objects.get(source_path="known.md").next_review_on == dt.date(2027, 1, 30)
