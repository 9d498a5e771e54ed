"""Work on single steps: done, skipped, taken back, noted, added, said to be wrong."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction

from accounts.roles import READER, RESPONDER
from incidents.errors import NotAllowed, Refused, WrongState
from incidents.models import StepEvent
from incidents.pages.run import clean_output
from incidents.services.run_steps import LONGEST_OUTPUT
from incidents.services.runs import (
    add_step,
    finish_run,
    flag_step,
    note_step,
    settle_step,
    skip_step,
    start_run,
    stop_run,
    take_back_step,
)
from tests.factories import NOW, make_user
from tests.incidents.run_texts import make_run

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=3)


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def run(ben):
    return make_run(ben)


def kinds(step):
    return list(step.events.values_list("kind", flat=True))


def test_a_tick_says_who_and_when(run, ben):
    step = settle_step(run.steps.first(), user=ben, now=LATER)
    assert (step.state, step.settled_by, step.settled_at) == ("done", ben, LATER)
    assert kinds(step) == ["done"]


def test_a_tick_counts_the_revision_up(run, ben):
    before = run.revision
    settle_step(run.steps.first(), user=ben, now=LATER)
    run.refresh_from_db()
    assert run.revision > before
    assert run.last_activity_at == LATER


def test_ticking_twice_is_once(run, ben):
    step = run.steps.first()
    settle_step(step, user=ben, now=NOW)
    again = settle_step(step, user=make_user("ada", role=RESPONDER), now=LATER, note="also here")
    assert (again.settled_by, again.settled_at) == (ben, NOW)
    assert kinds(step) == ["done", "note"]


def test_a_skip_keeps_its_reason(run, ben):
    step = skip_step(run.steps.all()[1], "  no  time ", user=ben, now=NOW)
    assert (step.state, step.skip_reason) == ("skipped", "no time")


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 301])
def test_a_skip_needs_a_reason_of_a_few_words(run, ben, reason):
    with pytest.raises(Refused):
        skip_step(run.steps.all()[1], reason, user=ben, now=NOW)


def test_a_step_that_is_done_can_t_be_skipped(run, ben):
    step = run.steps.all()[1]
    settle_step(step, user=ben, now=NOW)
    with pytest.raises(WrongState, match="Ben has done this step already"):
        skip_step(step, "late", user=ben, now=LATER)


def test_a_step_that_was_skipped_can_t_be_done_before_that_is_taken_back(run, ben):
    step = run.steps.all()[1]
    skip_step(step, "no time", user=ben, now=NOW)
    with pytest.raises(WrongState, match="Ben skipped this step: no time"):
        settle_step(step, user=ben, now=LATER)
    take_back_step(step, user=ben, now=LATER)
    done = settle_step(step, user=ben, now=LATER)
    assert (done.state, done.skip_reason) == ("done", "")
    assert kinds(step) == ["skipped", "undone", "done"]


def test_taking_back_an_open_step_changes_nothing(run, ben):
    step = take_back_step(run.steps.first(), user=ben, now=NOW)
    assert kinds(step) == []


def test_a_note_can_be_kept_at_any_time(run, ben):
    step = run.steps.first()
    settle_step(step, user=ben, now=NOW)
    note_step(step, "look at <this>", output="one\ntwo\n", user=ben, now=LATER)
    assert [event.text for event in step.events.exclude(kind="done")] == ["look at <this>", "one\ntwo"]


def test_an_empty_note_is_refused(run, ben):
    with pytest.raises(Refused):
        note_step(run.steps.first(), " ", output="\n \n", user=ben, now=NOW)


def test_long_output_is_kept_whole_and_too_long_refused(run, ben):
    step = run.steps.first()
    note_step(step, "", output="x" * LONGEST_OUTPUT, user=ben, now=NOW)
    assert len(step.events.get().text) == LONGEST_OUTPUT
    with pytest.raises(Refused, match="longer"):
        note_step(step, "", output="x" * (LONGEST_OUTPUT + 1), user=ben, now=NOW)


def test_an_event_can_t_be_changed(run, ben):
    step = settle_step(run.steps.first(), user=ben, now=NOW)
    with pytest.raises(ProgrammingError), transaction.atomic():
        StepEvent.objects.filter(step=step).update(at=LATER)


def test_steps_are_put_in_where_they_belong(run, ben):
    first = run.steps.first()
    made = [add_step(run, f"Extra {n}", after=first, user=ben, now=NOW) for n in range(12)]
    titles = [step.title for step in run.steps.order_by("position")]
    assert titles[0] == first.title
    assert set(titles[1:13]) == {f"Extra {n}" for n in range(12)}
    assert titles[1] != first.title
    assert all(step.is_added and step.added_by == ben for step in made)


def test_steps_added_one_after_the_other_stand_in_that_order(run, ben):
    after = run.steps.first()
    for n in range(20):
        after = add_step(run, f"Extra {n}", after=after, user=ben, now=NOW)
    titles = [step.title for step in run.steps.order_by("position")]
    assert titles[1:21] == [f"Extra {n}" for n in range(20)]


def test_a_step_without_a_place_goes_to_the_end(run, ben):
    add_step(run, "Go home", user=ben, now=NOW)
    assert run.steps.order_by("position").last().title == "Go home"


def test_a_flag_goes_to_the_runbook_with_the_place(run, ben):
    step = run.steps.all()[1]
    flag = flag_step(step, "wrong cluster", suggestion="desk-2", user=ben, now=NOW)
    assert (flag.runbook, flag.version, flag.line, flag.step) == (run.runbook, run.version, step.line, step.title)
    assert flag.origin == f"/runs/{run.pk}/?step={step.pk}#step-{step.pk}"
    assert kinds(step) == ["flagged"]


def test_nothing_can_be_done_when_the_run_is_over(run, ben):
    stop_run(run, "wrong one", user=ben, now=NOW)
    step = run.steps.first()
    for change in (
        lambda: settle_step(step, user=ben, now=NOW),
        lambda: skip_step(step, "x", user=ben, now=NOW),
        lambda: take_back_step(step, user=ben, now=NOW),
        lambda: note_step(step, "x", user=ben, now=NOW),
        lambda: add_step(run, "x", user=ben, now=NOW),
        lambda: flag_step(step, "x", user=ben, now=NOW),
        lambda: finish_run(run, user=ben, now=NOW),
        lambda: stop_run(run, "again", user=ben, now=NOW),
    ):
        with pytest.raises(WrongState, match="over"):
            change()


def test_a_reader_may_change_nothing(run):
    cy = make_user("cy", role=READER)
    with pytest.raises(NotAllowed):
        settle_step(run.steps.first(), user=cy, now=NOW)
    with pytest.raises(NotAllowed):
        start_run(run.version, "restart", purpose="drill", user=cy, now=NOW)


def test_a_stop_needs_its_reason(run, ben):
    with pytest.raises(Refused, match="why"):
        stop_run(run, " ", user=ben, now=NOW)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("10%\r50%\r100%", "100%"),
        ("a\tb\r\nc", "a\tb\nc"),
        ("\x1b]0;title\x07text", "text"),
        ("bell\x07 and \u202eback", "bell and back"),
        ("\x1b[2J\x1b[Hclear", "clear"),
    ],
)
def test_what_a_terminal_would_act_upon_is_not_shown(raw, shown):
    assert clean_output(raw) == shown
