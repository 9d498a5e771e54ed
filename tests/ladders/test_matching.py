"""Which layers, contacts and channels a written ladder means."""

import dataclasses

import pytest

from runbooks.ladder_matching import LAST_MINUTES, match_ladder
from runbooks.ladder_words import is_name, read_mentions
from tests.ladders.candidates import (
    BLOCKS,
    BOOKING,
    DESMOND,
    DRAWING,
    EVERYTHING,
    MORAG,
    PRIMARY,
    TABLE,
    level,
    read_levels,
)


def match(contact, *, team=BOOKING, candidates=EVERYTHING, **extra):
    (found,) = match_ladder([level(contact, **extra)], candidates, team)
    return found


@pytest.mark.parametrize(
    ("contact", "keys"),
    [
        ("On-call engineer", ["layer:1"]),
        ("Primary on-call", ["layer:1"]),
        ("Oncall", ["layer:1"]),
        ("Secondary on-call", ["layer:2"]),
        ("Backup", ["layer:2"]),
        ("Harbour on-call", ["layer:3"]),
        ("On-call of the service's team", ["layer:1"]),
        ("Morag Sinclair", ["contact:1"]),
        ("Captain Morag Sinclair, +44 20 7946 0112", ["contact:1"]),
        ("MORAG SINCLAIR", ["contact:1"]),
        ("Booking lead", ["contact:1"]),
        ("Team lead", ["contact:1"]),
        ("#booking-oncall", ["channel:1"]),
        ("+44 20 7946 0131", ["contact:3"]),
        ("0044 20 7946 0131", ["contact:3"]),
        ("morag@skerry.example", ["contact:1"]),
        ("On-call engineer (#booking-oncall)", ["layer:1", "channel:1"]),
        ("Morag Sinclair or Desmond Oakes", ["contact:1", "contact:2"]),
        ("Harbour on-call, +44 20 7946 0131", ["layer:3", "contact:3"]),
    ],
)
def test_a_level_is_understood(contact, keys):
    found = match(contact)
    assert (list(found.keys), found.left) == (keys, ())
    assert found.is_whole


@pytest.mark.parametrize(
    ("contact", "left"),
    [
        ("Gareth Unknown", ("Gareth Unknown",)),
        ("Chief Technology Officer", ("Chief Technology Officer",)),
        ("On-call engineer (#somewhere)", ("#somewhere",)),
        ("+44 20 7946 0999", ("+44 20 7946 0999",)),
        ("Morag Sinclair, +44 20 7946 0131", ("+44 20 7946 0131",)),
        ("Kitchen on-call", ("Kitchen on-call",)),
    ],
)
def test_what_is_not_known_is_left_to_be_chosen(contact, left):
    found = match(contact)
    assert found.left == left
    assert not found.is_whole


def test_on_call_means_nobody_where_the_team_has_two_rotations():
    other = dataclasses.replace(PRIMARY, key="layer:9", rotation="Fares rota")
    assert match("On-call engineer", candidates=(*EVERYTHING, other)).keys == ()
    assert match("Fares on-call", candidates=(*EVERYTHING, other)).keys == ("layer:9",)


def test_two_people_of_one_role_are_left_to_be_chosen():
    other = dataclasses.replace(MORAG, key="contact:9", name="Rhys Pritchard")
    assert match("Booking lead", candidates=(*EVERYTHING, other)).keys == ()


def test_a_role_beside_a_name_only_describes_them():
    found = match("Desmond Oakes, harbour master")
    assert (found.keys, found.left, found.said) == (("contact:2",), (), ("harbour master",))


def test_a_role_after_or_is_somebody_else():
    assert match("Desmond Oakes or booking lead").keys == (DESMOND.key, MORAG.key)


def test_without_a_team_on_call_means_nobody():
    assert match("On-call engineer", team="").keys == ()


def test_a_level_without_a_time_is_asked_for_unless_it_is_the_last():
    levels = [level("Morag Sinclair", response_time=""), level("Desmond Oakes", response_time="")]
    first, last = match_ladder(levels, EVERYTHING, BOOKING)
    assert (first.minutes, last.minutes) == (None, LAST_MINUTES)
    assert not first.is_whole


@pytest.mark.parametrize(
    ("text", "keys", "minutes"),
    [
        (TABLE, [("layer:1", "channel:1"), ("contact:1",), ("contact:2",)], [5, 15, 60]),
        (BLOCKS, [("layer:1",), ("contact:1",)], [15, 30]),
        (DRAWING, [("layer:3", "contact:3"), ("contact:1",), ("contact:2",)], [15, None, LAST_MINUTES]),
    ],
    ids=["table", "blocks", "drawing"],
)
def test_the_three_forms_of_a_ladder(text, keys, minutes):
    found = match_ladder(read_levels(text), EVERYTHING, BOOKING)
    assert [matched.keys for matched in found] == keys
    assert [matched.minutes for matched in found] == minutes


@pytest.mark.parametrize("text", ["Ann Lee", "Saskia de Wit", "Captain Edda Brekke", "Jean-Luc O'Neil"])
def test_names_are_told(text):
    assert is_name(text)


@pytest.mark.parametrize("text", ["Engineering Manager", "Team Lead", "Ann", "on call", "VP Engineering", "Room 12 B"])
def test_roles_are_no_names(text):
    assert not is_name(text)


def test_a_contact_is_taken_apart():
    mentions = read_mentions("Ann Lee, lead, +44 20 7946 0112 / #desk")
    assert mentions.phrases == ("Ann Lee", "lead")
    assert (mentions.phones, mentions.chats) == (("+44 20 7946 0112",), ("#desk",))
