"""Swaps: asked, answered, withdrawn, undone; and what happens when the shifts change meanwhile."""

import datetime as dt
import threading

import pytest
from django.db import connection

from accounts.roles import EDITOR
from oncall.errors import NotAllowed, NotYours, Refused, WrongState
from oncall.models import Notification, Override, PublishedShift, Swap
from oncall.rota import Span
from oncall.services.covers import (
    answer_swap,
    ask_swap,
    cancel_override,
    override_shift,
    take_shift_now,
    undo_swap,
    withdraw_swap,
)
from tests.factories import add_plan, make_rotation, make_team, make_user
from tests.oncall.covers import at, in_force, on_call, told

pytestmark = pytest.mark.django_db
NOW = at(1, 6, 12)  # in Ada's week; Ben's is from the 12th, Cy's from the 19th, then Ada's again from the 26th
LATER = at(1, 6, 13)


@pytest.fixture
def swap(layer, people):
    """Ben asks Cy to take his week for hers."""
    return ask_swap(
        layer, at(1, 12), at(1, 19), people[2], user=people[1], now=NOW, in_return=(layer, Span(at(1, 19), at(1, 26)))
    )


def test_nothing_changes_before_the_yes_and_the_colleague_is_told_with_a_link(layer, people, swap):
    assert on_call(layer, at(1, 12)) == people[1]
    mail = Notification.objects.get(person=people[2])
    assert (mail.url, mail.action) == (f"/swaps/{swap.pk}/", "Answer the swap")
    assert mail.text.count("Harbour · On call · Primary: ") == 2


def test_a_yes_puts_each_in_the_others_place(layer, people, swap):
    ada, ben, cy = people
    answer_swap(swap, True, user=cy, now=LATER)
    assert [on_call(layer, at(1, day)) for day in (11, 12, 19, 26)] == [ada, cy, ben, ada]
    assert told(ben) == ["swap-agreed"]
    assert PublishedShift.objects.filter(person=cy, starts_at=at(1, 12), is_cancelled=False).exists()


def test_a_no_changes_nothing_and_the_asker_is_told(layer, people, swap):
    answer_swap(swap, False, user=people[2], now=LATER)
    swap.refresh_from_db()
    assert (swap.status, swap.answered_at) == (Swap.Status.DECLINED, LATER)
    assert (on_call(layer, at(1, 12)), told(people[1])) == (people[1], ["swap-declined"])


def test_a_withdrawn_question_can_not_be_answered(layer, people, swap):
    withdraw_swap(swap, user=people[1], now=LATER)
    with pytest.raises(WrongState, match="withdrawn already"):
        answer_swap(swap, True, user=people[2], now=LATER)
    assert told(people[2]) == ["swap-asked", "swap-withdrawn"]


def test_a_part_of_a_shift_can_be_given_for_nothing(layer, people):
    _, ben, cy = people
    swap = ask_swap(layer, at(1, 14), at(1, 15), cy, user=ben, now=NOW)
    answer_swap(swap, True, user=cy, now=LATER)
    assert [on_call(layer, at(1, day)) for day in (13, 14, 15)] == [ben, cy, ben]


def test_a_week_of_nights_is_swapped_night_by_night(people):
    _, ben, cy = people
    nights = [([0, 1, 2, 3, 4, 5, 6], dt.time(22), dt.time(6))]
    layer = make_rotation(make_team("Harbour"), *people, windows=nights, handover_at=dt.time(12)).layers.get()
    swap = ask_swap(layer, at(1, 12, 22), at(1, 15, 6), cy, user=ben, now=NOW)
    answer_swap(swap, True, user=cy, now=LATER)
    assert in_force(layer) == [("Cy", at(1, day, 22), at(1, day + 1, 6)) for day in (12, 13, 14)]


@pytest.mark.parametrize("who", [0, 1])
def test_only_the_colleague_answers(people, swap, who):
    with pytest.raises(NotYours, match="Only Cy can answer"):
        answer_swap(swap, True, user=people[who], now=LATER)


def test_only_the_asker_withdraws(people, swap):
    with pytest.raises(NotYours, match="Only Ben can withdraw"):
        withdraw_swap(swap, user=people[2], now=LATER)


def test_one_can_not_swap_with_oneself(layer, people):
    with pytest.raises(Refused, match="You can’t swap with yourself"):
        ask_swap(layer, at(1, 12), at(1, 19), people[1], user=people[1], now=NOW)


def test_a_colleague_who_left_can_not_be_asked(layer, people):
    people[2].is_active = False
    people[2].save()
    with pytest.raises(Refused, match="not active"):
        ask_swap(layer, at(1, 12), at(1, 19), people[2], user=people[1], now=NOW)


def test_somebody_elses_shift_can_not_be_given_away(layer, people):
    with pytest.raises(NotYours, match="Cy is on call then"):
        ask_swap(layer, at(1, 12), at(1, 20), people[2], user=people[1], now=NOW)


def test_the_shift_in_return_must_be_the_colleagues(layer, people):
    _, ben, cy = people
    with pytest.raises(NotYours, match="Ada is on call then"):
        ask_swap(layer, at(1, 12), at(1, 19), cy, user=ben, now=NOW, in_return=(layer, Span(at(1, 26), at(2, 2))))


def test_time_without_a_shift_can_not_be_given_away(people):
    office = [([0, 1, 2, 3, 4], dt.time(9), dt.time(17))]
    layer = make_rotation(make_team("Harbour"), *people, windows=office).layers.get()
    with pytest.raises(NotYours, match="Ben is not on call for all of that time"):
        ask_swap(layer, at(1, 12), at(1, 12, 20), people[2], user=people[1], now=NOW)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (at(1, 14), at(1, 13), "The end must come after the start"),
        (at(1, 5), at(1, 12), "The start lies in the past"),
        (NOW, at(1, 12), "That shift has begun"),
    ],
)
def test_times_that_can_not_be_are_refused(layer, people, start, end, words):
    with pytest.raises(Refused, match=words):
        ask_swap(layer, start, end, people[2], user=people[0], now=NOW)


def test_a_reader_may_not_ask(layer):
    with pytest.raises(NotAllowed):
        ask_swap(layer, at(1, 12), at(1, 19), make_user("eve"), user=make_user("dee"), now=NOW)


def test_the_same_question_is_not_asked_twice_but_others_may_be_asked(layer, people, swap):
    ada, ben, cy = people
    with pytest.raises(WrongState, match="You have asked Cy about that time already"):
        ask_swap(layer, at(1, 13), at(1, 14), cy, user=ben, now=NOW)
    ask_swap(layer, at(1, 12), at(1, 19), ada, user=ben, now=NOW)
    assert Swap.objects.count() == 2


def test_of_two_colleagues_who_say_yes_the_first_takes_it(layer, people, swap):
    ada, ben, cy = people
    other = ask_swap(layer, at(1, 12), at(1, 19), ada, user=ben, now=NOW)
    answer_swap(swap, True, user=cy, now=LATER)
    with pytest.raises(WrongState, match=r"The shifts have changed since this was asked\. Cy is on call then"):
        answer_swap(other, True, user=ada, now=LATER)
    assert on_call(layer, at(1, 12)) == cy


@pytest.mark.django_db(transaction=True)
def test_of_two_yeses_at_once_one_counts(layer, people):
    ada, ben, cy = people
    swaps = [ask_swap(layer, at(1, 12), at(1, 19), who, user=ben, now=NOW) for who in (ada, cy)]
    answers, start = [], threading.Barrier(2)

    def agree(swap):
        start.wait()
        try:
            answers.append(answer_swap(swap, True, user=swap.colleague, now=LATER).status)
        except WrongState:
            answers.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=agree, args=(swap,)) for swap in swaps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["agreed", "refused"]
    assert Override.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_yes_and_a_withdrawal_at_once_one_counts(layer, people):
    _, ben, cy = people
    swap = ask_swap(layer, at(1, 12), at(1, 19), cy, user=ben, now=NOW)
    answers, start = [], threading.Barrier(2)

    def act(change):
        start.wait()
        try:
            answers.append(change().status)
        except WrongState:
            answers.append("refused")
        finally:
            connection.close()

    changes = [
        lambda: answer_swap(swap, True, user=cy, now=LATER),
        lambda: withdraw_swap(swap, user=ben, now=LATER),
    ]
    threads = [threading.Thread(target=act, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    swap.refresh_from_db()
    assert sorted(answers) == sorted([swap.status, "refused"])
    assert Override.objects.exists() == (swap.status == Swap.Status.AGREED)


def test_a_plan_that_changed_meanwhile_makes_the_yes_impossible(layer, people, swap):
    add_plan(layer, people[0], effective_from=at(1, 10), anchor_on=dt.date(2026, 1, 5))
    with pytest.raises(WrongState, match="Ada is on call then"):
        answer_swap(swap, True, user=people[2], now=LATER)
    assert not Override.objects.exists()


def test_when_the_return_has_changed_nothing_at_all_is_swapped(layer, people, swap):
    ada, ben, cy = people
    override_shift(layer, ada, at(1, 20), at(1, 21), user=ada, now=LATER)
    with pytest.raises(WrongState, match="Ada is on call then"):
        answer_swap(swap, True, user=cy, now=at(1, 6, 14))
    assert on_call(layer, at(1, 12)) == ben


def test_a_shift_that_has_begun_is_not_swapped_any_more(layer, people, swap):
    with pytest.raises(WrongState, match="That shift has begun"):
        answer_swap(swap, True, user=people[2], now=at(1, 12))


def test_nothing_goes_to_an_asker_who_left_meanwhile(layer, people, swap):
    people[1].is_active = False
    people[1].save()
    with pytest.raises(WrongState, match="Ben is not active any more"):
        answer_swap(swap, True, user=people[2], now=LATER)


@pytest.mark.parametrize("who", [1, 2])
def test_either_may_undo_it_and_the_other_is_told(layer, people, swap, who):
    answer_swap(swap, True, user=people[2], now=LATER)
    undo_swap(swap, user=people[who], now=at(1, 7))
    assert [on_call(layer, at(1, day)) for day in (12, 19)] == [people[1], people[2]]
    assert "swap-undone" in told(people[3 - who])
    assert "swap-undone" not in told(people[who])
    swap.refresh_from_db()
    assert swap.status == Swap.Status.UNDONE


def test_somebody_else_may_not_undo_it_but_an_editor_may(people, swap):
    answer_swap(swap, True, user=people[2], now=LATER)
    with pytest.raises(NotYours, match="Only Ben or Cy"):
        undo_swap(swap, user=people[0], now=at(1, 7))
    undo_swap(swap, user=make_user("dee", role=EDITOR), now=at(1, 7))
    assert "swap-undone" in told(people[1])
    assert "swap-undone" in told(people[2])


def test_undone_in_the_middle_what_was_served_stays(layer, people, swap):
    _, ben, cy = people
    answer_swap(swap, True, user=cy, now=LATER)
    undo_swap(swap, user=cy, now=at(1, 14))
    assert [on_call(layer, moment) for moment in (at(1, 13), at(1, 14), at(1, 19))] == [cy, ben, cy]


def test_once_all_of_it_is_over_there_is_nothing_to_undo(people, swap):
    answer_swap(swap, True, user=people[2], now=LATER)
    with pytest.raises(WrongState, match="Nothing of this swap lies ahead"):
        undo_swap(swap, user=people[2], now=at(2, 2))


@pytest.mark.parametrize("accept", [None, False])
def test_only_an_agreed_swap_can_be_undone(people, swap, accept):
    if accept is not None:
        answer_swap(swap, accept, user=people[2], now=LATER)
    with pytest.raises(WrongState, match="there is nothing to undo"):
        undo_swap(swap, user=people[1], now=at(1, 7))


def test_nothing_is_undone_twice(people, swap):
    answer_swap(swap, True, user=people[2], now=LATER)
    undo_swap(swap, user=people[2], now=at(1, 7))
    with pytest.raises(WrongState, match="This swap is undone"):
        undo_swap(swap, user=people[1], now=at(1, 8))


def test_a_swapped_shift_can_be_swapped_on_and_comes_back_step_by_step(layer, people):
    ada, ben, cy = people
    first = ask_swap(layer, at(1, 12), at(1, 19), cy, user=ben, now=NOW)
    answer_swap(first, True, user=cy, now=LATER)
    second = ask_swap(layer, at(1, 13), at(1, 14), ada, user=cy, now=at(1, 6, 14))
    answer_swap(second, True, user=ada, now=at(1, 6, 15))
    assert [on_call(layer, at(1, day)) for day in (12, 13, 14)] == [cy, ada, cy]
    with pytest.raises(WrongState, match="Somebody else stands in for a part of it"):
        undo_swap(first, user=ben, now=at(1, 7))
    undo_swap(second, user=ada, now=at(1, 7))
    assert on_call(layer, at(1, 13)) == cy
    undo_swap(first, user=ben, now=at(1, 8))
    assert [on_call(layer, at(1, day)) for day in (12, 13, 14)] == [ben, ben, ben]


def test_one_half_of_a_swap_can_not_be_taken_back_alone(layer, people, swap):
    answer_swap(swap, True, user=people[2], now=LATER)
    with pytest.raises(WrongState, match="Undo the swap instead"):
        cancel_override(swap.overrides.first(), user=people[2], now=at(1, 7))


def test_a_swapped_shift_can_still_be_taken_over_in_an_emergency(layer, people, swap):
    ada, ben, cy = people
    answer_swap(swap, True, user=cy, now=LATER)
    take_shift_now(layer, user=ada, now=at(1, 13), until=at(1, 13, 12))
    assert [on_call(layer, at(1, 13, hour)) for hour in (8, 9, 12)] == [cy, ada, cy]
    undo_swap(swap, user=cy, now=at(1, 14))
    assert on_call(layer, at(1, 14)) == ben


def test_shifts_of_two_rotations_can_change_hands(layer, people):
    _, ben, cy = people
    other = make_rotation(make_team("Quay"), cy, name="Nights").layers.get()
    swap = ask_swap(layer, at(1, 12), at(1, 19), cy, user=ben, now=NOW, in_return=(other, Span(at(1, 14), at(1, 15))))
    answer_swap(swap, True, user=cy, now=LATER)
    assert (on_call(layer, at(1, 12)), on_call(other, at(1, 14))) == (cy, ben)
