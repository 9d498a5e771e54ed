"""Response times as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.response_times import LONGEST, parse_minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("15 minutes", 15),
        ("15min", 15),
        ("5 m", 5),
        ("< 1 hour", 60),
        ("within 30 mins", 30),
        ("1 hour (SEV-1 only)", 60),
        ("1.5 hours", 90),
        ("1,5 h", 90),
        ("1h30", 90),
        ("1 h 30 min", 90),
        ("1 hour and 5 minutes", 65),
        ("1 hour 5 people", 60),
        ("5-10 min", 10),
        ("10 to 20 minutes", 20),
        ("30 seconds", 1),
        ("90 s", 2),
        ("2 days", 2880),
        ("7 days", LONGEST),
        ("half an hour", 30),
        ("an hour", 60),
        ("five minutes", 5),
        ("immediate", 1),
        ("Immediately", 1),
        ("at once, by phone", 1),
        ("ASAP", 1),
        ("0 minutes", 1),
        ("not resolved in 15 min", 15),
        ("not mitigated in 45 min, or two teams are in it", 45),
        ("5 minutes (24 x 7)", 5),
    ],
)
def test_a_time_is_read(text, minutes):
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "15", "24/7", "tomorrow", "next business day", "2 weeks", "SEV-1", "15 metres", "[time]", "unknown"]
)
def test_what_gives_no_time_is_asked_for(text):
    assert parse_minutes(text) is None


@given(st.text(max_size=600))
def test_no_text_breaks_it(text):
    minutes = parse_minutes(text)
    assert minutes is None or 1 <= minutes <= LONGEST


@given(st.integers(1, LONGEST))
def test_minutes_come_back_as_they_are(minutes):
    assert parse_minutes(f"{minutes} minutes") == minutes
