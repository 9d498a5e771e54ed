"""On-call on the front page: my shifts, swaps that wait for me, my teams, and where nobody will be."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import EDITOR
from accounts.services import add_member
from oncall.models import Override, PlannedGap, Swap
from oncall.pages.front import describe_front
from tests.factories import NOW, add_layer, make_published, make_rotation, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
OFFICE = [([0, 1, 2, 3, 4], dt.time(9), dt.time(17))]


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cy")]


@pytest.fixture
def rotation(people):
    """Ada and Ben are of the team and take turns with Cy; at NOW Ada is on call."""
    return make_rotation(make_team("Harbour", *people[:2]), *people)


def front(person, at=NOW):
    return describe_front(reload_user(person), at)


def test_my_shift_says_who_takes_over(rotation, people):
    (mine,) = front(people[0]).on_now
    assert (mine.shift.layer.name, mine.follower, mine.rotation) == ("Primary", people[1], rotation)


def test_my_next_shift_is_the_first_within_a_week(rotation, people):
    assert front(people[1]).next_shift.shift.starts_at == dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    assert front(people[2]).next_shift is None


def test_a_shift_in_a_team_of_others_is_mine_all_the_same(rotation, people):
    found = front(people[2], NOW + 14 * DAY)
    assert [mine.shift.person for mine in found.on_now] == [people[2]]


def test_a_shift_that_i_took_is_mine(people):
    rotation = make_rotation(make_team("Quay"), people[0])
    Override.objects.create(
        layer=rotation.layers.get(), person=people[1], during=(NOW - DAY, NOW + DAY), created_at=NOW
    )
    (mine,) = front(people[1]).on_now
    assert mine.follower == people[0]


def test_when_nobody_follows_there_is_no_follower(people):
    make_rotation(make_team("Harbour", *people), *people, windows=OFFICE)
    (mine,) = front(people[0], dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC)).on_now
    assert mine.follower is None


def test_my_teams_are_shown_with_everybody_on_call(rotation, people):
    add_layer(rotation, people[1])
    (team,) = front(people[0]).teams
    assert [seat.now.person for seat in team.seats] == [people[0], people[1]]


def test_a_rank_in_which_nobody_is_on_call_is_one_line(people):
    rotation = make_rotation(make_team("Harbour", *people), people[0], windows=OFFICE)
    add_layer(rotation, people[1], name="Late", rank=1, windows=[([1], dt.time(7), dt.time(8))])
    (team,) = front(people[0]).teams
    assert [(seat.layer.name, seat.now) for seat in team.seats] == [("Late", None)]


def test_somebody_in_no_team_sees_the_first_few(rotation):
    found = front(make_user("eve"))
    assert [line.rotation for line in found.teams] == [rotation]
    assert found.gaps == [] and found.unset == []


def test_a_team_of_mine_without_a_rotation_is_said(people):
    team = make_team("Quay", people[0])
    assert front(people[0]).unset == [team]


def test_gaps_of_my_teams_are_those_that_nobody_meant(people):
    rotation = make_rotation(
        make_team("Harbour", people[0]), *people, windows=[(list(range(5)), dt.time(0), dt.time(0))]
    )
    make_rotation(make_team("Quay"), people[1], windows=OFFICE)
    (found,) = front(people[0]).gaps
    assert (found.rotation, found.layers, found.gap.span.start.weekday()) == (rotation, "Primary", 5)
    PlannedGap.objects.create(
        rotation=rotation, during=(NOW, NOW + 7 * DAY), reason="No ships at the weekend", marked_at=NOW
    )
    assert front(people[0]).gaps == []


def test_swaps_wait_for_me_until_they_are_answered_or_over(rotation, people):
    swap = Swap.objects.create(
        asker=people[0],
        colleague=people[1],
        layer=rotation.layers.get(),
        during=(NOW + DAY, NOW + 2 * DAY),
        asked_at=NOW,
    )
    assert front(people[1]).swaps == [swap]
    assert front(people[0]).swaps == []
    assert front(people[1], NOW + 3 * DAY).swaps == []
    Swap.objects.update(status=Swap.Status.DECLINED, answered_at=NOW)
    assert front(people[1]).swaps == []


# ---- The page ----


def test_the_front_page_says_that_i_am_on_call(people, as_user):
    make_published()
    make_rotation(make_team("Harbour", people[0]), people[0])
    page = as_user(people[0]).get("/").content.decode()
    assert "You are on call for Harbour" in page and 'href="/oncall/harbour/on-call/"' in page


def test_an_empty_portal_shows_on_call_too(people, as_user):
    make_rotation(make_team("Harbour", people[0]), people[0])
    page = as_user(people[0]).get("/").content.decode()
    assert "No runbooks yet" in page and "You are on call for Harbour" in page


def test_a_swap_that_waits_leads_to_its_page(people, as_user):
    rotation = make_rotation(make_team("Harbour"), *people)
    now = timezone.now()
    swap = Swap.objects.create(
        asker=people[0], colleague=people[1], layer=rotation.layers.get(), during=(now, now + DAY), asked_at=now
    )
    assert f'href="/swaps/{swap.pk}/"' in as_user(people[1]).get("/").content.decode()


def test_editors_are_led_to_setting_up_and_readers_are_not(people, as_user):
    editor = make_user("ed", role=EDITOR)
    make_team("Quay", people[0], editor)
    assert "/oncall/quay/new/" in as_user(editor).get("/").content.decode()
    page = as_user(people[0]).get("/").content.decode()
    assert "Quay has no rotation yet" in page and "/oncall/quay/new/" not in page


def test_as_many_queries_in_many_teams_as_in_few(people, as_user, django_assert_max_num_queries):
    def fill(numbers):
        for number in numbers:
            rotation = make_rotation(make_team(f"Team {number}", people[0]), *people, windows=OFFICE)
            add_layer(rotation, *people)

    make_published()
    client = as_user(people[0])
    fill(range(2))
    with django_assert_max_num_queries(28) as few:
        client.get("/")
    fill(range(2, 12))
    with django_assert_max_num_queries(len(few)):
        client.get("/")


def test_a_member_who_joins_sees_the_team_on_the_next_look(rotation, as_user):
    eve = make_user("eve")
    make_published()
    add_member(rotation.team, eve)
    assert "Harbour" in as_user(reload_user(eve)).get("/").content.decode()
