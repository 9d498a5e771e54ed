"""Two people, or two clicks, at the same moment: one wins, the other gets a sentence, and nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from handoffs.errors import Refused
from handoffs.models import ItemAcceptance, Signature
from handoffs.services.contract import accept, accept_entry, accept_rest, answer, ask, give_back, submit
from incidents.models import Incident
from tests.factories import NOW
from tests.handoffs.contracts import LATER, answer_tests, make_submitted, make_two, reload, seen, tick_all

pytestmark = pytest.mark.django_db(transaction=True)

DONE = "done"


def run_together(*steps: Callable[[], Any]) -> list[str]:
    """What came of each step: "done", or the sentence of the refusal. Anything else is a fault and raised."""
    barrier = Barrier(len(steps))

    def one(step: Callable[[], Any]) -> str:
        barrier.wait()
        try:
            step()
        except Refused as refusal:
            return str(refusal)
        else:
            return DONE
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return [future.result() for future in [pool.submit(one, step) for step in steps]]


def test_a_double_click_submits_once():
    handoff = make_two()
    tick_all(handoff)
    said = run_together(*[lambda: submit(handoff, user=handoff.outgoing, now=NOW)] * 3)
    assert said.count(DONE) == 1
    assert sum("submitted it already" in word for word in said) == 2
    assert handoff.snapshots.count() == Signature.objects.count() == 1


def test_of_accepting_and_returning_one_wins():
    handoff = make_submitted()
    answer_tests(handoff)
    ben, what = handoff.incoming, seen(handoff)
    said = run_together(
        lambda: accept(handoff, **what, user=ben, now=LATER),
        lambda: give_back(handoff, "More", number=1, user=ben, now=LATER),
    )
    assert said.count(DONE) == 1
    assert reload(handoff).state == ("accepted" if said[0] == DONE else "returned")
    assert Signature.objects.filter(side="incoming").exists() == (said[0] == DONE)


def test_a_double_click_accepts_once():
    handoff = make_submitted()
    answer_tests(handoff)
    what = seen(handoff)
    said = run_together(*[lambda: accept(handoff, **what, user=handoff.incoming, now=LATER)] * 3)
    assert said.count(DONE) == 1
    assert sum("Ben accepted it" in word for word in said) == 2
    assert Signature.objects.filter(side="incoming").count() == 1


def test_an_entry_taken_twice_and_with_the_rest_is_taken_once():
    handoff = make_submitted("Tickets")
    key, ben = f"incident:{Incident.objects.get().pk}", handoff.incoming
    said = run_together(
        lambda: accept_entry(handoff, key, number=1, user=ben, now=LATER),
        lambda: accept_entry(handoff, key, number=1, user=ben, now=LATER),
        lambda: accept_rest(handoff, has_read=True, number=1, user=ben, now=LATER),
    )
    assert said == [DONE] * 3
    assert ItemAcceptance.objects.filter(entry=key).count() == 1


def test_of_two_answers_the_first_stays_and_the_second_is_told():
    handoff = make_two()
    question = ask(handoff, "", "Who?", user=handoff.incoming, now=LATER)
    said = run_together(*[lambda: answer(question, "Northpay.", user=handoff.outgoing, now=LATER)] * 2)
    assert said.count(DONE) == 1
    assert any("answered meanwhile" in word for word in said)


def test_a_question_at_the_moment_of_signing_is_either_in_or_refused():
    handoff = make_submitted()
    answer_tests(handoff)
    what = seen(handoff)
    said = run_together(
        lambda: accept(handoff, **what, user=handoff.incoming, now=LATER),
        lambda: ask(handoff, "", "Wait?", user=handoff.outgoing, now=LATER),
    )
    assert DONE in said
    assert reload(handoff).questions.count() == (said[1] == DONE)
    assert (reload(handoff).state == "accepted") == (said[0] == DONE)
