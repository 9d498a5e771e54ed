"""Absences, and the shifts that they meet."""

import pytest

from accounts.roles import EDITOR
from accounts.services import add_member
from oncall.errors import NotAllowed, Overlaps, Refused, WrongState
from oncall.models import Absence, Notification, Override
from oncall.pages.clashes import find_clashes
from oncall.schedule import load_schedule
from oncall.services.covers import add_absence, find_clashes_of, remove_absence
from tests.factories import make_rotation, make_team, make_user
from tests.oncall.covers import at, told

pytestmark = pytest.mark.django_db
NOW = at(1, 6, 12)


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cy")]


@pytest.fixture
def rotation(people):
    team = make_team("Harbour", *people)
    add_member(team, people[2], is_lead=True)
    return make_rotation(team, *people)


def test_anybody_notes_when_they_are_away(people):
    absence = add_absence(people[0], at(2, 1), at(2, 8), user=people[0], now=NOW, reason="Holiday")
    assert (absence.during.lower, absence.during.upper, absence.reason) == (at(2, 1), at(2, 8), "Holiday")


def test_others_absences_are_for_editors(people):
    with pytest.raises(NotAllowed):
        add_absence(people[0], at(2, 1), at(2, 8), user=people[1], now=NOW)
    absence = add_absence(people[0], at(2, 1), at(2, 8), user=make_user("dee", role=EDITOR), now=NOW)
    with pytest.raises(NotAllowed):
        remove_absence(absence, user=people[1], now=NOW)


def test_it_may_have_begun_already(people):
    assert add_absence(people[0], at(1, 5), at(1, 9), user=people[0], now=NOW).pk


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (at(2, 8), at(2, 1), "The end must come after the start"),
        (at(1, 1), at(1, 6, 12), "That is over already"),
        (at(2, 1), at(2, 8).replace(year=2027), "longer than a year"),
    ],
)
def test_times_that_can_not_be_are_refused(people, start, end, words):
    with pytest.raises(Refused, match=words):
        add_absence(people[0], start, end, user=people[0], now=NOW)


def test_the_same_time_is_not_noted_twice(people):
    add_absence(people[0], at(2, 1), at(2, 8), user=people[0], now=NOW)
    with pytest.raises(Overlaps, match="known already: Sun 1 Feb, 09:00 – Sun 8 Feb 2026, 09:00"):
        add_absence(people[0], at(2, 7), at(2, 9), user=people[0], now=NOW)


def test_what_lies_ahead_goes_and_what_has_been_stays(people):
    ahead = add_absence(people[0], at(2, 1), at(2, 8), user=people[0], now=NOW)
    begun = add_absence(people[0], at(1, 5), at(1, 9), user=people[0], now=NOW)
    remove_absence(ahead, user=people[0], now=NOW)
    remove_absence(begun, user=people[0], now=NOW)
    assert Absence.objects.get().during.upper == NOW
    with pytest.raises(WrongState, match="taken back before"):
        remove_absence(ahead, user=people[0], now=NOW)
    with pytest.raises(WrongState, match="That absence is over"):
        remove_absence(begun, user=people[0], now=NOW)


def test_a_clash_says_which_shift_and_which_part_of_it(rotation, people):
    add_absence(people[1], at(1, 14), at(1, 25), user=people[1], now=NOW)
    schedule = load_schedule(rotation, NOW, at(3, 1))
    (clash,) = find_clashes([schedule], NOW, at(3, 1))
    assert (clash.shift.person, clash.shift.starts_at) == (people[1], at(1, 12))
    assert tuple(clash.span) == (at(1, 14), at(1, 19))


def test_an_absence_between_shifts_clashes_with_none(rotation, people):
    add_absence(people[1], at(1, 19), at(2, 2), user=people[1], now=NOW)
    assert find_clashes_of(people[1], NOW, at(3, 1)) == []
    assert not Notification.objects.exists()


def test_whoever_stands_in_can_clash_too(rotation, people):
    Override.objects.create(
        layer=rotation.layers.get(), person=people[2], during=(at(1, 13), at(1, 14)), created_at=NOW
    )
    add_absence(people[2], at(1, 13), at(1, 15), user=people[2], now=NOW)
    (clash,) = find_clashes_of(people[2], NOW, at(1, 19))
    assert tuple(clash.span) == (at(1, 13), at(1, 14))


def test_the_team_is_told_once_by_its_lead(rotation, people):
    add_absence(people[1], at(1, 14), at(2, 8), user=people[1], now=NOW, reason="Not for mails")
    assert (told(people[0]), told(people[1]), told(people[2])) == ([], [], ["absence"])
    mail = Notification.objects.get()
    assert mail.subject == "Ben is away during a shift in On call"
    assert "Primary: Wed 14 Jan, 09:00 – Mon 19 Jan 2026, 09:00 (Europe/Lisbon)" in mail.text
    assert "Primary: Mon 2 Feb, 09:00 – Sun 8 Feb 2026, 09:00 (Europe/Lisbon)" in mail.text


def test_loading_clashes_takes_the_same_queries_for_many_rotations(people, django_assert_num_queries):
    for number in range(8):
        make_rotation(make_team(f"Team {number}"), *people)
    add_absence(people[1], at(1, 14), at(2, 8), user=people[1], now=NOW)
    with django_assert_num_queries(8):
        assert len(find_clashes_of(people[1], NOW, at(2, 8))) == 16
