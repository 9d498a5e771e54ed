"""Rotations for property tests: eight zones with all that clocks do, any people, turns and hours."""

import datetime as dt
from itertools import pairwise

from hypothesis import strategies as st

from oncall.rota import Cover, Span, TurnPlan, Window, to_utc, zone_named

UTC = dt.UTC
ZONES = [
    "Europe/London",
    "America/New_York",
    "America/St_Johns",  # half past the hour
    "Africa/Casablanca",  # clocks change for Ramadan
    "Asia/Kathmandu",  # a quarter to the hour, no changes
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Apia",  # thirteen hours ahead
    "Antarctica/Troll",  # changes by two hours
]
START = dt.datetime(2026, 1, 1, tzinfo=UTC)
END = dt.datetime(2028, 1, 1, tzinfo=UTC)
YEARS = Span(START, END)
DAYS = (END - START).days

lengths = st.one_of(
    st.integers(1, 26).map(lambda weeks: dt.timedelta(weeks=weeks)),
    st.integers(1, 30).map(lambda days: dt.timedelta(days=days)),
    st.sampled_from([1, 4, 6, 8, 9, 12, 24, 36, 100]).map(lambda hours: dt.timedelta(hours=hours)),
)
whole_days = lengths.filter(lambda length: length % dt.timedelta(days=1) == dt.timedelta(0))
times = st.integers(0, 24 * 12 - 1).map(lambda fives: dt.time(fives // 12, fives % 12 * 5))
people = st.lists(st.integers(1, 6), min_size=1, max_size=6).map(tuple)
anchors = st.builds(
    dt.datetime.combine, st.dates(dt.date(2024, 1, 1), dt.date(2028, 6, 1)), times
)  # turns are counted back, too
windows = st.builds(Window, st.frozensets(st.integers(0, 6), min_size=1), times, times)


always = st.just(())


def plans(zone, *, turn=lengths, hours=always):
    """Plans of a zone; on call around the clock unless hours are given."""
    return st.builds(TurnPlan, people=people, anchor=anchors, turn=turn, zone=st.just(zone), windows=hours)


def moments(start=START, end=END):
    """Instants to the minute."""
    minutes = int((end - start).total_seconds()) // 60
    return st.integers(0, minutes).map(lambda minute: start + dt.timedelta(minutes=minute))


@st.composite
def spans(draw):
    """Two instants of the two years, in order."""
    first, second = sorted(draw(st.lists(moments(), min_size=2, max_size=2, unique=True)))
    return Span(first, second)


@st.composite
def covers(draw):
    """Overrides that don't overlap, in order, by people of any rotation; some touch."""
    ends = sorted(draw(st.lists(moments(), min_size=2, max_size=12, unique=True)))
    pairs = list(pairwise(ends))
    kept = [pair for pair in pairs if draw(st.booleans())]
    return tuple(Cover(draw(st.integers(1, 9)), Span(*pair), number) for number, pair in enumerate(kept))


def wall(zone, *parts):
    """The instant at which a clock there shows that."""
    return to_utc(dt.datetime(*parts), zone_named(zone))
