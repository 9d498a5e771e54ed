"""Pages of swaps: ask, answer, withdraw, undo."""

import pytest
from django.utils import timezone

from accounts.roles import EDITOR, RESPONDER
from oncall.models import Swap
from oncall.services.covers import answer_swap, ask_swap
from tests.factories import add_layer, make_user
from tests.oncall.covers import at, on_call

pytestmark = pytest.mark.django_db
NOW = at(1, 6, 12, 30)
ASK = "/oncall/harbour/on-call/swap/"
BENS = (at(1, 12), at(1, 19))
CYS = (at(1, 19), at(1, 26))


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    """The views' clock stands at a Tuesday in Ada's week; Ben's comes next, then Cy's."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def swap(layer, people):
    return ask_swap(layer, *BENS, people[2], user=people[1], now=at(1, 6), message="Wedding")


def key(layer, span):
    return f"{layer.pk}|{span[0].isoformat()}|{span[1].isoformat()}"


def fields(layer, colleague, **more):
    empty = {"start": "", "end": "", "in_return": "", "message": ""}
    return empty | {"shift": key(layer, BENS), "colleague": colleague.pk} | more


def test_the_address_chooses_the_shift(layer, people, as_user):
    page = as_user(people[1]).get(ASK, {"layer": layer.pk, "start": at(2, 2).isoformat()})
    assert page.context["form"]["shift"].value() == key(layer, (at(2, 2), at(2, 9)))


def test_a_colleague_is_asked_for_a_part_in_return_for_a_shift_of_theirs(layer, people, as_user):
    data = fields(layer, people[2], start="2026-01-13T09:00", end="2026-01-14T09:00", in_return=key(layer, CYS))
    answer = as_user(people[1]).post(ASK, data, follow=True)
    assert "Cy is asked. The shift stays yours until they say yes." in answer.text
    swap = Swap.objects.get()
    assert (swap.during.lower, swap.during.upper) == (at(1, 13), at(1, 14))
    assert (swap.return_during.lower, swap.return_during.upper) == CYS


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"shift": ""}, "This field is required"),
        ({"shift": "1|2|3"}, "That is not a shift of yours"),
        ({"colleague": "0"}, "There is nobody like that who is active"),
        ({"in_return": "1|2|3"}, "That shift is not to be had"),
        ({"start": "2026-01-15T09:00", "end": "2026-01-14T09:00"}, "The end must come after the start"),
        ({"end": "2026-01-20T09:00"}, "Cy is on call then"),
        ({"start": "2026-01-06T09:00"}, "The start lies in the past"),
    ],
)
def test_bad_input_is_refused_in_words(layer, people, as_user, wrong, words):
    page = as_user(people[1]).post(ASK, fields(layer, people[2]) | wrong)
    assert page.status_code == 422
    assert words in page.text
    assert not Swap.objects.exists()


def test_oneself_is_refused_in_words(layer, people, as_user):
    page = as_user(people[1]).post(ASK, fields(layer, people[1]))
    assert page.status_code == 422
    assert "You can’t swap with yourself." in page.text


def test_the_return_must_be_the_colleagues_own(layer, people, as_user):
    page = as_user(people[1]).post(ASK, fields(layer, people[0], in_return=key(layer, CYS)))
    assert page.status_code == 422
    assert "Cy is on call then" in page.text


def test_somebody_elses_shift_can_not_be_smuggled_in(layer, people, as_user):
    page = as_user(people[1]).post(ASK, fields(layer, people[0], shift=key(layer, CYS)))
    assert page.status_code == 422
    assert "That is not a shift of yours" in page.text


def test_without_a_shift_the_page_says_so(layer, as_user):
    page = as_user(make_user("eve", role=RESPONDER)).get(ASK)
    assert "No shift to swap" in page.text


def test_readers_may_not_ask(layer, as_user):
    assert as_user(make_user("dee")).get(ASK).status_code == 403


def test_the_swap_is_seen_by_the_two_and_by_editors_only(layer, people, swap, as_user):
    address = f"/swaps/{swap.pk}/"
    assert [as_user(person).get(address).status_code for person in people] == [404, 200, 200]
    assert as_user(make_user("dee", role=EDITOR)).get(address).status_code == 200


def test_each_sees_the_buttons_that_are_theirs(people, swap, as_user):
    address = f"/swaps/{swap.pk}/"
    asker, colleague = as_user(people[1]).get(address).text, as_user(people[2]).get(address).text
    assert [value in asker for value in ('value="yes"', 'value="withdraw"', 'value="undo"')] == [False, True, False]
    assert [value in colleague for value in ('value="yes"', 'value="withdraw"', 'value="undo"')] == [True, False, False]
    assert "Wedding" in colleague


def test_yes_then_undo(layer, people, swap, as_user):
    address = f"/swaps/{swap.pk}/"
    assert "Done: you have swapped." in as_user(people[2]).post(address, {"do": "yes"}, follow=True).text
    assert on_call(layer, at(1, 12)) == people[2]
    assert 'value="undo"' in as_user(people[1]).get(address).text
    assert "The swap is undone." in as_user(people[1]).post(address, {"do": "undo"}, follow=True).text
    assert on_call(layer, at(1, 12)) == people[1]


@pytest.mark.parametrize(("who", "do", "status"), [(2, "no", "declined"), (1, "withdraw", "withdrawn")])
def test_no_and_withdraw(people, swap, as_user, who, do, status):
    as_user(people[who]).post(f"/swaps/{swap.pk}/", {"do": do})
    swap.refresh_from_db()
    assert swap.status == status


@pytest.mark.parametrize(
    ("who", "do", "words"), [(1, "yes", "Only Cy can answer"), (2, "withdraw", "Only Ben can withdraw")]
)
def test_the_buttons_of_the_other_are_refused_in_words(people, swap, as_user, who, do, words):
    assert words in as_user(people[who]).post(f"/swaps/{swap.pk}/", {"do": do}, follow=True).text
    swap.refresh_from_db()
    assert swap.status == "asked"


def test_an_unknown_button_is_a_bad_request(people, swap, as_user):
    assert as_user(people[1]).post(f"/swaps/{swap.pk}/", {"do": "eat"}).status_code == 400


def test_a_second_answer_is_refused_in_words(layer, people, swap, as_user):
    answer_swap(swap, True, user=people[2], now=NOW)
    page = as_user(people[2]).post(f"/swaps/{swap.pk}/", {"do": "no"}, follow=True)
    assert "This swap is agreed already." in page.text


def test_what_speaks_against_the_yes_is_said_before_it(layer, people, swap, as_user):
    add_layer(layer.rotation, people[2])
    people[2].absences.create(during=(at(1, 13), at(1, 14)), created_at=NOW)
    page = as_user(people[2]).get(f"/swaps/{swap.pk}/").text
    assert "Cy is away for a part of that time." in page
    assert "Cy is also on call in Backup then" in page


def test_a_question_that_came_too_late_says_so_and_offers_no_yes(layer, people, swap, as_user, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(1, 12))
    page = as_user(people[2]).get(f"/swaps/{swap.pk}/").text
    assert "Nobody answered before it began" in page
    assert 'value="yes"' not in page
