"""`/reviews/charts/`: reviews done and overdue by week, freshness by team."""

import datetime as dt
import zoneinfo

import pytest

from accounts.charts import Series, draw_groups, draw_stacks
from oncall.models import Classification
from runbooks.models import Review, Runbook
from runbooks.review_pages.charts import ReviewCharts
from tests.factories import make_published, make_service, make_team, make_user

UTC = zoneinfo.ZoneInfo("UTC")
TODAY = dt.date(2026, 11, 18)  # a Wednesday
THIS, LAST, BEFORE = dt.date(2026, 11, 16), dt.date(2026, 11, 9), dt.date(2026, 11, 2)
SERIES = (Series("Done", "good"), Series("Late", "danger"))


def charts(user, **wishes):
    return ReviewCharts(user, TODAY, wishes.pop("zone", UTC), wishes.pop("weeks", 3), **wishes)


def weeks(user, **wishes):
    return [row[1:] for row in charts(user, **wishes).find_table("weeks").rows]


def review(runbook, user, at, due, answer="right", **fields):
    return Review.objects.create(
        runbook=runbook,
        version_number="1.0",
        answer=answer,
        reviewed_by=user,
        reviewed_at=dt.datetime.combine(at, dt.time(12), dt.UTC),
        due_before=due,
        **fields,
    )


def due(runbook, day):
    Runbook.objects.filter(pk=runbook.pk).update(next_review_on=day)


# --- Drawing ----------------------------------------------------------------------------------------------------------


def test_groups_stand_side_by_side_on_one_floor():
    chart = draw_groups("k", "about", SERIES, [("a", (2, 4)), ("b", (0, 1))])
    assert [mark.height for mark in chart.marks] == [70, 140, 0, 35]
    assert {round(mark.y + mark.height) for mark in chart.marks} == {158}
    assert [mark.about for mark in chart.marks][:2] == ["a, Done: 2", "a, Late: 4"]
    assert [level.value for level in chart.levels] == [0, 2, 4]
    assert all(mark.x + mark.width <= chart.width for mark in chart.marks)


def test_stacks_follow_each_other_and_end_with_their_sum():
    chart = draw_stacks("k", "about", SERIES, [("a", (3, 1)), ("b", (0, 2))])
    first, second = chart.marks[:2]
    assert second.x == first.x + first.width and (first.value, second.value) == (0, 4)


@pytest.mark.parametrize("draw", [draw_groups, draw_stacks])
@pytest.mark.parametrize("rows", [[], [("a", (0, 0))]])
def test_nothing_is_drawn_of_nothing(draw, rows):
    assert draw("k", "about", SERIES, rows) is None


# --- Counting ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_reviews_count_in_their_week_and_not_when_they_were_taken_back(ada):
    book = make_published()
    review(book, ada, LAST, None)
    review(book, ada, LAST + dt.timedelta(days=6), None)
    noon = dt.datetime(2026, 11, 17, 12, tzinfo=dt.UTC)
    review(book, ada, THIS, None, taken_back_at=noon, taken_back_by=ada)
    assert weeks(ada) == [(0, 0), (2, 0), (0, 0)]


@pytest.mark.django_db
def test_weeks_are_those_of_the_zone(ada):
    at = dt.datetime(2026, 11, 15, 23, 30, tzinfo=dt.UTC)  # Sunday night in UTC, Monday in Tokyo
    Review.objects.create(
        runbook=make_published(), version_number="1.0", answer="right", reviewed_by=ada, reviewed_at=at
    )
    assert weeks(ada) == [(0, 0), (1, 0), (0, 0)]
    assert weeks(ada, zone=zoneinfo.ZoneInfo("Asia/Tokyo")) == [(0, 0), (0, 0), (1, 0)]


@pytest.mark.django_db
def test_a_runbook_is_overdue_at_each_weeks_end_until_its_review(ada):
    book = make_published()
    review(book, ada, THIS, dt.date(2026, 11, 5))
    due(book, dt.date(2027, 2, 14))
    assert weeks(ada) == [(0, 1), (0, 1), (1, 0)]


@pytest.mark.django_db
def test_what_is_overdue_now_counts_since_its_day_and_this_week_until_today(ada):
    due(make_published(), LAST)
    assert weeks(ada) == [(0, 0), (0, 1), (0, 1)]
    Runbook.objects.update(next_review_on=TODAY)
    assert weeks(ada) == [(0, 0), (0, 0), (0, 0)]


@pytest.mark.django_db
def test_needs_work_is_a_review_that_ends_no_waiting_and_nobody_counts_twice(ada):
    book = make_published()
    review(book, ada, LAST, BEFORE, answer="work")
    due(book, BEFORE)
    assert weeks(ada) == [(0, 1), (1, 1), (0, 1)]


@pytest.mark.django_db
def test_what_is_confidential_is_counted_for_nobody_else(ada):
    book = make_published(classification=Classification.CONFIDENTIAL)
    review(book, ada, LAST, BEFORE)
    due(book, BEFORE)
    assert weeks(ada) == [(0, 0), (0, 0), (0, 0)]
    assert charts(ada).find_table("freshness").rows == []


@pytest.mark.django_db
def test_freshness_by_team_counts_by_the_runbooks_team_else_its_services(ada):
    harbour, pier = make_team("Harbour"), make_team("Pier")
    desk = make_service("Desk", team=harbour)
    for title, points, team in (("A", 75, None), ("B", 74, None), ("C", 44, pier), ("D", 100, pier)):
        book = make_published(title, service=desk, team=team)
        Runbook.objects.filter(pk=book.pk).update(freshness=points)
    Runbook.objects.filter(pk=make_published("E", service=make_service("Lone")).pk).update(freshness=45)
    rows = [("Pier", 1, 0, 1, 2), ("Harbour", 1, 1, 0, 2), ("No team", 0, 1, 0, 1)]
    assert charts(ada).find_table("freshness").rows == rows
    assert charts(ada, team=pier).find_table("freshness").rows == rows[:1]


# --- The page ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_holds_both_charts_each_with_its_table(as_ada, django_assert_max_num_queries):
    due(make_published(), dt.date(2020, 1, 1))
    with django_assert_max_num_queries(12):
        html = as_ada.get("/reviews/charts/").content.decode()
    assert html.count("<svg viewBox") == 2 and html.count('<details class="chart__table" open>') == 2
    assert "Reviews done and runbooks overdue" in html and "Freshness by team" in html


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "status"), [("?weeks=13", 200), ("?weeks=5", 422), ("?team=nowhere", 422)])
def test_the_filter(as_ada, query, status):
    assert as_ada.get(f"/reviews/charts/{query}").status_code == status
    assert as_ada.get(f"/reviews/charts/chart.csv{query}&table=weeks").status_code == status


@pytest.mark.django_db
def test_each_table_is_a_file(as_ada):
    make_published()
    text = as_ada.get("/reviews/charts/chart.csv?table=freshness&weeks=13").content.decode()
    assert text.splitlines()[0] == "Team,Fresh,Ageing,Stale,Runbooks"
    assert as_ada.get("/reviews/charts/chart.csv?table=nothing").status_code == 404


@pytest.mark.django_db
def test_only_those_who_may_read_reviews_see_charts(as_user):
    nobody = make_user("cy")
    nobody.groups.clear()
    assert as_user(nobody).get("/reviews/charts/").status_code == 403
