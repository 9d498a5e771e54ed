"""Stretches of time in words."""

import datetime as dt

import pytest

from accounts.models import User
from oncall.rota import Span
from oncall.services.spans import say_span, say_span_for
from tests.oncall.covers import at


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(at(1, 5), at(1, 5, 17)), "Mon 5 Jan 2026, 09:00–17:00 (Europe/Lisbon)"),
        (Span(at(1, 5), at(1, 12)), "Mon 5 Jan, 09:00 – Mon 12 Jan 2026, 09:00 (Europe/Lisbon)"),
        (
            Span(at(12, 28), at(12, 28) + dt.timedelta(days=7)),
            "Mon 28 Dec 2026, 09:00 – Mon 4 Jan 2027, 09:00 (Europe/Lisbon)",
        ),
        (Span(at(3, 23), at(3, 30, 8)), "Mon 23 Mar, 09:00 – Mon 30 Mar 2026, 09:00 (Europe/Lisbon)"),
    ],
)
def test_the_end_says_its_day_and_year_where_they_differ(span, words):
    assert say_span(span, "Europe/Lisbon") == words


def test_the_teams_clock_is_said_only_where_it_shows_something_else():
    span = Span(at(1, 5), at(1, 5, 17))
    assert (
        say_span_for(User(time_zone="Europe/London"), span, "Europe/Lisbon")
        == "Mon 5 Jan 2026, 09:00–17:00 (Europe/London)"
    )
    assert say_span_for(User(time_zone="Asia/Kolkata"), span, "Europe/Lisbon") == (
        "Mon 5 Jan 2026, 14:30–22:30 (Asia/Kolkata), which is Mon 5 Jan 2026, 09:00–17:00 (Europe/Lisbon)"
    )
