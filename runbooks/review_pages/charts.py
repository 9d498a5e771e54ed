"""Charts of reviews: done and overdue week by week, and how fresh the runbooks of each team are."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.db import connection
from django.db.models import Count, DateField, Q, QuerySet
from django.db.models.functions import Coalesce, TruncWeek

from accounts.charts import Series, draw_groups, draw_stacks
from accounts.models import Team, User
from accounts.tables import Table
from accounts.weeks import WEEK, fill_weeks, monday_of
from runbooks.models import Review, Runbook
from runbooks.models.runbook import RunbookQuerySet
from runbooks.upkeep.freshness import AGEING, FRESH, LEVELS

WEEKS = (13, 26, 52, 104)
USUAL = 26
MOST_BARS = 25
DONE, OVERDUE = Series("Reviews done", "good"), Series("Overdue at the end of the week", "danger")

# When a runbook waited: from its day until a review that counts, or until now. One of both rows for one time.
_OVERDUE = """
SELECT week.monday, count(DISTINCT waiting.runbook)
FROM unnest(%s::date[], %s::date[]) AS week (monday, ends)
JOIN (
    SELECT review.runbook_id AS runbook, review.due_before AS due, (review.reviewed_at AT TIME ZONE %s)::date AS until
    FROM ({reviews}) AS review
    UNION ALL
    SELECT runbook.id, runbook.next_review_on, 'infinity'::date FROM ({runbooks}) AS runbook
) AS waiting ON waiting.due < week.ends AND waiting.until > week.ends
GROUP BY week.monday
"""


class ChartsFilter(forms.Form):
    """A team, and how many weeks back; everything and half a year where nothing is said."""

    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), required=False, empty_label="every team", to_field_name="slug"
    )
    weeks = forms.TypedChoiceField(choices=[(weeks, f"{weeks} weeks") for weeks in WEEKS], coerce=int, required=False)

    def __init__(self, query: Mapping[str, str]) -> None:
        super().__init__({"weeks": str(USUAL)} | {name: text for name, text in query.items() if text})


@dataclass
class ReviewCharts:
    """All of the page. Each table is counted when it is asked for; `today` is a day of `zone`, whose weeks count."""

    user: User
    today: dt.date
    zone: zoneinfo.ZoneInfo
    weeks: int = USUAL
    team: Team | None = None
    tables: list[Table] = field(init=False)

    def __post_init__(self) -> None:
        self.tables = []

    def load(self) -> ReviewCharts:
        """With every table; three queries."""
        self.tables = [make(self) for make in TABLES.values()]
        return self

    def find_table(self, key: str) -> Table | None:
        """One table alone; None for a name that there is not."""
        make = TABLES.get(key)
        return make(self) if make else None

    @property
    def first(self) -> dt.date:
        return monday_of(self.today) - (self.weeks - 1) * WEEK

    @cached_property
    def runbooks(self) -> RunbookQuerySet:
        """Those in use that this person may know of, of the team that was chosen."""
        runbooks = Runbook.objects.visible_to(self.user).in_use().shown().order_by()
        return runbooks.filter(_of(self.team)) if self.team else runbooks

    @cached_property
    def reviews(self) -> QuerySet[Review]:
        """Those that stand, of every runbook this person may know of: also of one that is retired by now."""
        reviews = Review.objects.visible_to(self.user).standing().order_by()
        return reviews.filter(_of(self.team, "runbook__")) if self.team else reviews


def _of(team: Team, prefix: str = "") -> Q:
    """Whose a runbook is: its own team's, else its service's."""
    own, service = f"{prefix}team", f"{prefix}service__team"
    return Q(**{own: team}) | Q(**{f"{own}__isnull": True, service: team})


def _make_weeks(charts: ReviewCharts) -> Table:
    done, overdue = _count_done(charts), _count_overdue(charts)
    weeks = [
        (monday, count, overdue.get(monday, 0)) for monday, count in fill_weeks(done, charts.first, charts.today, 0)
    ]
    drawn = [(f"{monday.day} {monday:%b}", (count, late)) for monday, count, late in weeks]
    return Table(
        "weeks",
        "Reviews by week",
        "Reviews that were given in each week, and how many runbooks were overdue at its end (of this week: today). Weeks "
        f"begin on Mondays, by the clock of {charts.zone.key}.",
        ("Week of", "Reviews done", "Overdue at its end"),
        weeks,
        draw_groups("weeks", "Reviews done and runbooks overdue, week by week", (DONE, OVERDUE), drawn),
    )


def _count_done(charts: ReviewCharts) -> dict[dt.date, int]:
    start = dt.datetime.combine(charts.first, dt.time(), charts.zone)
    week = TruncWeek("reviewed_at", tzinfo=charts.zone, output_field=DateField())
    rows: Any = charts.reviews.filter(reviewed_at__gte=start).annotate(week=week).values("week")
    return {row["week"]: row["count"] for row in rows.annotate(count=Count("pk"))}


def _count_overdue(charts: ReviewCharts) -> dict[dt.date, int]:
    """By Monday, for each week that has any. A review that said “needs work” ends no waiting."""
    mondays = [monday for monday, _ in fill_weeks({}, charts.first, charts.today, 0)]
    ends = [min(monday + WEEK - dt.timedelta(days=1), charts.today) for monday in mondays]
    start = dt.datetime.combine(charts.first, dt.time(), charts.zone)
    confirming = charts.reviews.exclude(answer=Review.Answer.WORK).filter(
        due_before__isnull=False, reviewed_at__gte=start
    )
    reviews, known = confirming.values("runbook_id", "due_before", "reviewed_at").query.sql_with_params()
    late = charts.runbooks.filter(next_review_on__lt=charts.today)
    runbooks, mine = late.values("id", "next_review_on").query.sql_with_params()
    with connection.cursor() as cursor:
        values = [mondays, ends, charts.zone.key, *known, *mine]
        cursor.execute(_OVERDUE.format(reviews=reviews, runbooks=runbooks), values)
        return dict(cursor.fetchall())


def _make_freshness(charts: ReviewCharts) -> Table:
    """The teams with most stale runbooks first."""
    team = Coalesce("team__name", "service__team__name")
    bands = {
        "fresh": Count("pk", filter=Q(freshness__gte=FRESH)),
        "ageing": Count("pk", filter=Q(freshness__gte=AGEING, freshness__lt=FRESH)),
        "stale": Count("pk", filter=Q(freshness__lt=AGEING)),
    }
    rows: Any = charts.runbooks.annotate(whose=team).values("whose").annotate(**bands)
    counted = sorted(
        ((row["whose"] or "No team", *(row[band] for band in bands)) for row in rows),
        key=lambda row: (-row[3], -row[2], row[0]),
    )
    series = [Series(label, tone) for _, label, tone in LEVELS.values()]
    drawn = [(name, numbers) for name, *numbers in counted[:MOST_BARS]]
    return Table(
        "freshness",
        "Freshness by team",
        f"Runbooks in use today: fresh from {FRESH} points, ageing from {AGEING}, else stale. A runbook counts for its own "
        "team, else for its service’s.",
        ("Team", *(one.label for one in series), "Runbooks"),
        [(*row, sum(row[1:])) for row in counted],
        draw_stacks("freshness", "Fresh, ageing and stale runbooks of each team", series, drawn),
        "No runbook is in use.",
    )


TABLES: dict[str, Callable[[ReviewCharts], Table]] = {"weeks": _make_weeks, "freshness": _make_freshness}
