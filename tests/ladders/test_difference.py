"""Where a written ladder differs from the live path."""

import dataclasses

import pytest

from runbooks.ladder_difference import LiveLevel, compare_ladder
from tests.ladders.candidates import CHANNEL, DAYS, DESMOND, DRAWING, MORAG, PRIMARY, TABLE, level, read_levels

LIVE = (
    LiveLevel("L1", 5, (PRIMARY, CHANNEL)),
    LiveLevel("L2", 15, (MORAG,)),
    LiveLevel("L3", 60, (DESMOND,)),
)


def compare(contact, *candidates, minutes=15, **extra):
    found = compare_ladder([level(contact, **extra)], [LiveLevel("L1", minutes, candidates)])
    return [(difference.code, difference.text) for difference in found]


def test_a_ladder_that_says_the_same_differs_in_nothing():
    assert compare_ladder(read_levels(TABLE), LIVE) == []


@pytest.mark.parametrize(
    ("contact", "candidate"),
    [
        ("On-call engineer", PRIMARY),
        ("On-call engineer (PagerDuty)", PRIMARY),
        ("Booking on-call", PRIMARY),
        ("Ada Winter", PRIMARY),
        ("Booking lead", MORAG),
        ("Team lead", MORAG),
        ("Sinclair's desk, +44 20 7946 0112", MORAG),
        ("#booking-oncall", CHANNEL),
    ],
)
def test_whoever_the_level_can_call_is_no_difference(contact, candidate):
    assert compare(contact, candidate) == []


def test_a_name_that_the_level_cannot_call():
    assert compare("Rhys Pritchard", PRIMARY) == [
        ("who", "L1: the text names Rhys Pritchard, the path calls whoever is on call in Primary.")
    ]


def test_a_name_beside_the_layer_is_said_too():
    ((code, text),) = compare("On-call engineer, Rhys Pritchard", PRIMARY)
    assert code == "who"
    assert "names Rhys Pritchard," in text


def test_the_on_call_of_another_team():
    ((code, text),) = compare("Booking on-call", DAYS)
    assert (code, "“Booking on-call”" in text) == ("who", True)


def test_a_backup_is_not_whoever_answers_first():
    assert [code for code, _ in compare("Secondary on-call", PRIMARY)] == ["who"]


def test_a_number_that_the_directory_does_not_have():
    assert compare("Morag Sinclair, +44 20 7946 0999", MORAG) == [
        ("number", "L1: the number +44 20 7946 0999 is none of those that the directory has for Morag Sinclair.")
    ]


def test_a_number_written_another_way_is_the_same():
    assert compare("Morag Sinclair, 0044 (20) 7946-0112", MORAG) == []


def test_no_number_of_the_directory_is_told():
    assert all("0112" not in text for _, text in compare("Morag Sinclair, +44 20 7946 0999", MORAG))


def test_another_response_time():
    assert compare("On-call engineer", PRIMARY, response_time="1 hour") == [
        ("time", "L1: the text says “1 hour”, the path waits 15 minutes.")
    ]


def test_a_time_that_cannot_be_read_differs_from_nothing():
    assert compare("On-call engineer", PRIMARY, response_time="soon") == []


def test_at_once_is_five_minutes_or_less():
    assert compare("On-call engineer", PRIMARY, response_time="at once", minutes=5) == []
    assert [code for code, _ in compare("On-call engineer", PRIMARY, response_time="at once")] == ["time"]


def test_a_level_that_the_path_has_not():
    (difference,) = compare_ladder(read_levels(TABLE), LIVE[:2])
    assert difference.text == "The text has L3 (Desmond Oakes), the path ends at L2."
    assert (difference.code, difference.line) == ("levels", 9)


def test_a_level_that_the_text_has_not():
    more = (*LIVE, LiveLevel("L4", 60, (MORAG,)))
    (difference,) = compare_ladder(read_levels(TABLE), more)
    assert difference.text == "The path goes on to L4 (Morag Sinclair), the text does not."


def test_a_placeholder_says_nothing():
    assert compare("", PRIMARY, missing=True, response_time="1 hour") == []


def test_differences_carry_the_line_of_the_text():
    live = (LiveLevel("L1", 5, (PRIMARY,)), LiveLevel("L2", 30, (MORAG,)), LiveLevel("L3", 60, (DESMOND,)))
    (difference,) = compare_ladder(read_levels(TABLE), live)
    assert (difference.code, difference.line, difference.level) == ("time", 8, "L2")


def test_the_arrows_of_a_drawing_are_its_times():
    shared = dataclasses.replace(DAYS, phones=("442079460131",))
    live = (LiveLevel("L1", 20, (shared,)), LiveLevel("L2", 15, (MORAG,)), LiveLevel("L3", 60, (DESMOND,)))
    (difference,) = compare_ladder(read_levels(DRAWING), live)
    assert difference.text == "L1: the text says “if not resolved in 15 min”, the path waits 20 minutes."


def test_an_empty_path_lacks_every_level():
    assert [difference.code for difference in compare_ladder(read_levels(TABLE), ())] == ["levels"] * 3
