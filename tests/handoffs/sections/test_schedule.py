"""What is out of the ordinary in the coming schedule. The incoming shift is from Tuesday 04:14 UTC for a week."""

import pytest

from handoffs.sections.schedule import find_exceptions
from oncall.models import Absence, Override, PlannedGap, Swap
from tests.factories import NOW
from tests.handoffs.sections.making import DAY, EVIL, HOUR

pytestmark = pytest.mark.django_db


def layer_of(pier):
    return pier.rotation.layers.get(name="Primary")


def cover(pier, start, end, **fields):
    made = {"layer": layer_of(pier), "person": pier.cy, "reason": "Ben is on a boat", "created_at": NOW} | fields
    return Override.objects.create(during=(start, end), **made)


def ask(pier, start, end, **fields):
    made = {"asker": pier.ben, "colleague": pier.ada, "layer": layer_of(pier), "asked_at": NOW} | fields
    return Swap.objects.create(during=(start, end), **made)


def test_an_ordinary_week_has_nothing_to_report(pier):
    assert pier.find(find_exceptions) == []


def test_an_override_in_the_shift_is_told_of_and_one_after_it_is_not(pier):
    made = cover(pier, NOW + DAY, NOW + 2 * DAY)
    cover(pier, NOW + 20 * DAY, NOW + 21 * DAY)
    cover(pier, NOW + 3 * DAY, NOW + 4 * DAY, cancelled_at=NOW)
    entry = pier.only(find_exceptions)
    assert (entry.key, entry.tag, entry.facts) == (f"cover:{made.pk}", "Override", ("Ben is on a boat",))
    assert entry.title == "Cy is on call in Primary, whoever the plan names"
    assert entry.times == (("from", "2026-11-18T03:14:00+00:00"), ("until", "2026-11-19T03:14:00+00:00"))
    assert entry.url == f"/oncall/{pier.team.slug}/{pier.rotation.slug}/"


def test_a_swap_that_waits_for_an_answer_is_told_of(pier):
    swap = ask(pier, NOW + DAY, NOW + 2 * DAY, message="The boat!")
    ask(pier, NOW + DAY, NOW + 2 * DAY, status="declined", answered_at=NOW)
    entry = pier.only(find_exceptions)
    assert (entry.key, entry.url) == (f"swap:{swap.pk}", f"/swaps/{swap.pk}/")
    assert entry.title == "Ben asks Ada to take a shift in Primary"
    assert entry.facts == ("not answered", "The boat!")


def test_a_swap_whose_return_lies_in_the_shift_is_told_of(pier):
    ask(
        pier,
        NOW + 20 * DAY,
        NOW + 21 * DAY,
        return_layer=layer_of(pier),
        return_during=(NOW + DAY, NOW + 2 * DAY),
    )
    assert len(pier.find(find_exceptions)) == 1


def test_somebody_who_is_on_call_and_away_is_told_of(pier):
    Absence.objects.create(person=pier.ben, during=(NOW + DAY, NOW + 2 * DAY), reason="A boat", created_at=NOW)
    Absence.objects.create(person=pier.ada, during=(NOW + DAY, NOW + 2 * DAY), created_at=NOW)  # not on call then
    entry = pier.only(find_exceptions)
    assert (entry.title, entry.tone) == ("Ben is on call in Primary, and away", "red")
    assert entry.facts == ("A boat",)


def end_at(layer, at):
    layer.ended_at = at
    layer.save()


def test_a_gap_says_from_when_to_when(pier):
    end_at(layer_of(pier), NOW + 5 * DAY)
    pier.rotation.layers.create(name="Nights", rank=1)  # without a plan, so that the rank is expected and empty
    entry = pier.only(find_exceptions)
    assert (entry.title, entry.tag, entry.tone) == ("Nobody is on call: answers first", "Gap", "red")
    assert entry.times == (("from", "2026-11-22T03:14:00+00:00"), ("until", "2026-11-24T04:14:00+00:00"))
    assert entry.url == f"/oncall/{pier.team.slug}/{pier.rotation.slug}/gaps/"


def test_a_gap_that_is_meant_says_why(pier):
    end_at(layer_of(pier), NOW + 5 * DAY)
    pier.rotation.layers.create(name="Nights", rank=1)
    PlannedGap.objects.create(
        rotation=pier.rotation, during=(NOW + 5 * DAY, NOW + 9 * DAY), reason="Winter", marked_at=NOW
    )
    entry = pier.only(find_exceptions)
    assert (entry.tag, entry.tone, entry.facts) == ("Planned gap", "", ("Winter",))


def test_all_stand_in_order_of_their_start(pier):
    cover(pier, NOW + 3 * DAY, NOW + 4 * DAY)
    ask(pier, NOW + DAY, NOW + 2 * DAY)
    Absence.objects.create(person=pier.ben, during=(NOW + 2 * DAY, NOW + 2 * DAY + HOUR), created_at=NOW)
    assert [entry.key.partition(":")[0] for entry in pier.find(find_exceptions)] == ["swap", "away", "cover"]


def test_hostile_words_stay_words(pier):
    cover(pier, NOW + DAY, NOW + 2 * DAY, reason=EVIL)
    ask(pier, NOW + DAY, NOW + 2 * DAY, message=EVIL)
    assert {entry.facts[-1] for entry in pier.find(find_exceptions)} == {EVIL}


def test_a_change_of_the_schedule_shows_at_once_and_until_then_two_queries_do(pier, django_assert_num_queries):
    find_exceptions(pier.scope)
    scope = pier.scope
    with django_assert_num_queries(2):  # the number of changes, and the swaps, which it does not count
        assert find_exceptions(scope) == []
    cover(pier, NOW + DAY, NOW + 2 * DAY)
    assert len(pier.find(find_exceptions)) == 1
