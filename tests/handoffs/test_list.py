"""The list of handoffs, and “my next handoff”."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import READER, RESPONDER
from handoffs.models import Handoff, State
from handoffs.pages.handoff_list import find_mine, list_handoffs
from handoffs.pages.next_change import find_next_change
from tests.factories import NOW, make_handoff, make_rotation, make_team, make_user
from tests.handoffs.rotas import at, cover

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
LIST = reverse("handoffs:handoffs")


@pytest.fixture
def people(db):
    return [make_user(name, role=RESPONDER) for name in ("ada", "ben", "cy", "dan")]


@pytest.fixture
def rotation(people):
    return make_rotation(make_team("Harbour", *people[:2]), *people[:2])


@pytest.fixture
def other(people):
    return make_rotation(make_team("Quay", *people[2:]), *people[2:], name="Quay watch")


@pytest.fixture
def rows(people, rotation, other):
    """One of the Harbour, one of the Quay."""
    harbour = make_handoff(people[0], people[1], rotation=rotation, summary="The ticket printer is slow")
    quay = make_handoff(people[2], people[3], rotation=other, urgent="Renew the certificate", context="Ferry season")
    return harbour, quay


@pytest.fixture
def browser(as_user):
    return as_user(make_user("rae", role=READER))


def listed(browser, **wishes):
    return {line.handoff.pk for line in browser.get(LIST, wishes).context["page"].object_list}


def test_it_lists_all_with_the_latest_change_first(rows, rotation, people, browser):
    later = make_handoff(people[1], people[0], rotation=rotation, changes_at=NOW + 2 * DAY)
    lines = browser.get(LIST).context["page"].object_list
    assert lines[0].handoff == later
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("words", "which"),
    [
        ("printer", 0), ("PRINTER slow", 0), ("certificate", 1), ("ferry", 1), ("ada", 0), ("Dan", 1), ("harbour", 0),
        ("quay watch", 1), ("cy season", 1),
    ],
)  # fmt: skip
def test_it_is_searched_by_words_people_and_team(rows, browser, words, which):
    assert listed(browser, q=words) == {rows[which].pk}


@pytest.mark.parametrize("words", ["nothing of that kind", "100%_", "\\", "'; drop table", "ada\0", "x" * 500])
def test_hostile_words_find_nothing_and_break_nothing(rows, browser, words):
    response = browser.get(LIST, {"q": words})
    assert response.status_code == 200


def test_it_is_filtered_by_team_and_state(rows, browser):
    Handoff.objects.filter(pk=rows[1].pk).update(state=State.SUBMITTED, submitted_at=NOW, round=1)
    assert listed(browser, team="quay") == {rows[1].pk}
    assert listed(browser, state="submitted") == {rows[1].pk}
    assert listed(browser, state="draft") == {rows[0].pk}
    assert listed(browser, state="open") == {rows[0].pk, rows[1].pk}
    assert listed(browser, team="quay", state="draft") == set()


@pytest.mark.parametrize("wishes", [{"team": "x"}, {"state": "x"}, {"page": "x"}, {"page": "-1"}, {"page": "999"}])
def test_what_can_t_be_read_filters_nothing(rows, browser, wishes):
    assert listed(browser, **wishes) == {rows[0].pk, rows[1].pk}


def test_text_of_people_is_shown_as_text(rows, browser):
    Handoff.objects.filter(pk=rows[0].pk).update(summary="<script>alert(1)</script>")
    text = browser.get(LIST).content.decode()
    assert "&lt;script&gt;alert(1)" in text


def test_a_long_list_has_pages_that_keep_the_filter(rotation, people, browser):
    for number in range(31):
        make_handoff(people[0], people[1], rotation=rotation, changes_at=NOW + number * DAY)
    response = browser.get(LIST, {"q": "ada", "page": "2"})
    assert len(response.context["page"].object_list) == 1
    assert "q=ada&amp;page=1" in response.content.decode()


def test_one_s_own_open_ones_stand_above_with_what_is_to_do(rows, people, as_user):
    mine = as_user(people[1]).get(LIST).context["list"].mine
    assert [(line.handoff, line.part) for line in mine] == [(rows[0], "You take over")]
    Handoff.objects.filter(pk=rows[0].pk).update(state=State.LAPSED)
    assert as_user(people[1]).get(LIST).context["list"].mine == []


@pytest.mark.parametrize(("minutes", "is_late"), [(59, False), (60, True), (61, True)])
def test_one_that_nobody_accepted_in_time_is_late(rows, people, minutes, is_late):
    shown = list_handoffs(people[0], {}, "1", NOW + minutes * HOUR / 60)
    assert [line.is_late for line in shown.page.object_list] == [is_late, is_late]


def test_it_costs_the_same_for_two_and_for_twenty(rows, rotation, people, as_user, django_assert_num_queries):
    browser = as_user(people[0])
    browser.get(LIST)
    with django_assert_num_queries(9, exact=False) as few:
        browser.get(LIST)
    for number in range(1, 20):
        make_handoff(people[0], people[1], rotation=rotation, changes_at=NOW + number * DAY)
    with django_assert_num_queries(len(few)):
        browser.get(LIST)


def test_my_next_one_is_the_one_whose_change_comes_first(rows, rotation, other, people):
    later = make_handoff(people[1], people[0], rotation=rotation, changes_at=NOW + 2 * DAY)
    assert find_mine(people[0], NOW) == rows[0]
    Handoff.objects.filter(pk=rows[0].pk).update(state=State.LAPSED)
    assert find_mine(people[0], NOW) == later


def test_one_s_own_comes_before_one_that_one_stands_by_for(rows, rotation, other, people):
    make_handoff(people[2], people[3], rotation=other, changes_at=NOW + HOUR / 2, backup=people[0])
    assert find_mine(people[0], NOW) == rows[0]


def test_one_that_was_forgotten_long_ago_comes_last(rows, rotation, people):
    make_handoff(people[1], people[0], rotation=rotation, changes_at=NOW - 30 * DAY)
    assert find_mine(people[0], NOW) == rows[0]


def test_mine_leads_to_it(rows, people, as_user):
    response = as_user(people[0]).get(reverse("handoffs:mine"))
    assert (response.status_code, response["Location"]) == (302, rows[0].get_absolute_url())


def test_without_one_it_says_when_the_next_change_is(rotation, people, as_user):
    text = as_user(people[0]).get(reverse("handoffs:mine")).content.decode()
    assert "No handoff is open for you now" in text
    assert 'datetime="' in text


def test_somebody_without_shifts_has_none(rotation, browser):
    assert "no shift of yours changes in the next nine weeks" in browser.get(reverse("handoffs:mine")).content.decode()


def test_the_next_change_is_one_s_own(rotation, other, people):
    now = at("2026-11-18 14:00")
    coming = find_next_change(people[0], now)
    assert (coming.rotation, coming.takes_over, coming.change.changes_at) == (rotation, True, at("2026-11-23 09:00"))
    cover(other.layers.get(), people[0], at("2026-11-19 09:00"), at("2026-11-19 10:00"))
    assert find_next_change(people[0], now).rotation == other


def test_the_next_change_costs_the_same_for_many_rotations(rotation, people, django_assert_num_queries):
    now = at("2026-11-18 14:00")
    with django_assert_num_queries(8, exact=False) as few:
        find_next_change(people[0], now)
    for number in range(10):
        make_rotation(rotation.team, *people[:2], name=f"Rotation {number}")
    with django_assert_num_queries(len(few)):
        find_next_change(people[0], now)
