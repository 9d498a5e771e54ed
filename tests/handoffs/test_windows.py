"""The shift of each of the two on every clock that matters; on nights on which clocks change, each end carries its own zone."""

import datetime as dt

from handoffs.pages.windows import describe_stretch

UTC = dt.UTC


def say(*zones, start, end):
    return [f"{line.text} {line.zone}" for line in describe_stretch(start, end, zones)]


def test_every_clock_is_said_once():
    start, end = dt.datetime(2026, 11, 16, 20, tzinfo=UTC), dt.datetime(2026, 11, 17, 8, tzinfo=UTC)
    assert say("Europe/London", "Asia/Kolkata", "UTC", start=start, end=end) == [
        "Mon 16 Nov, 20:00 to Tue 17 Nov, 08:00 GMT",
        "Tue 17 Nov, 01:30–13:30 IST",
    ]


def test_on_the_night_in_autumn_each_end_has_its_own_zone():
    start, end = dt.datetime(2026, 10, 24, 19, tzinfo=UTC), dt.datetime(2026, 10, 25, 8, tzinfo=UTC)
    assert say("Europe/London", "Asia/Kolkata", "UTC", start=start, end=end) == [
        "Sat 24 Oct, 20:00 BST to Sun 25 Oct, 08:00 GMT",
        "Sun 25 Oct, 00:30–13:30 IST",
        "Sat 24 Oct, 19:00 to Sun 25 Oct, 08:00 UTC",
    ]


def test_within_the_night_itself_the_hour_that_was_there_twice_is_told_apart():
    start, end = dt.datetime(2026, 10, 25, 0, 30, tzinfo=UTC), dt.datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert say("Europe/London", start=start, end=end) == ["Sun 25 Oct, 01:30 BST to Sun 25 Oct, 01:30 GMT"]


def test_a_moment_and_an_open_end():
    start = dt.datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert say("Europe/Lisbon", start=start, end=start) == ["Sun 29 Mar, 02:00 WEST"]
    assert say("America/Sao_Paulo", start=start, end=None) == ["from Sat 28 Mar, 22:00 UTC-03"]
