"""Work on the steps of a run: done, skipped, taken back, noted, added, said to be wrong."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from incidents.errors import Refused, WrongState
from incidents.models import Run, RunStep, StepEvent
from incidents.services.run_rows import lock_going, lock_step, quote, tell, touch
from runbooks.models import Flag
from runbooks.services.flags import raise_flag

LONGEST_NOTE = 5_000  # characters
LONGEST_OUTPUT = 200_000  # characters; more belongs into a file
LONGEST_REASON = 300
LONGEST_TITLE = 1000
Kind = StepEvent.Kind
_NEAR = 10  # positions to a step that is put in, where there is room


@transaction.atomic
def settle_step(step: RunStep, *, user: User, now: dt.datetime, note: str = "", output: str = "") -> RunStep:
    """Tick a step, with a note and what the command printed.

    Where somebody else was quicker it stays theirs (`settled_by` tells), and the note and output are kept all the same.
    Raises WrongState for a step that was skipped, and for a run that is over.
    """
    note, output = _clean(note, output)
    held = lock_step(step, user)
    if held.state == RunStep.State.SKIPPED:
        raise WrongState(f"{held.settled_by} skipped this step: {held.skip_reason}. Take that back first.")
    is_new = held.state == RunStep.State.TODO
    if is_new:
        _settle(held, RunStep.State.DONE, user=user, now=now)
        StepEvent.objects.create(step=held, kind=Kind.DONE, person=user, at=now)
        tell(held.run, f"did {quote(held)}{_told(note)}", user=user, now=now, step=held, do="done")
    _keep_words(held, note, output, user=user, now=now, is_told=not is_new)
    if is_new or note or output:
        touch(held.run, now)
    return held


@transaction.atomic
def skip_step(step: RunStep, reason: str, *, user: User, now: dt.datetime, note: str = "", output: str = "") -> RunStep:
    """Leave a step out, and say why. Raises Refused without a reason, WrongState for a required step or a settled one."""
    reason = " ".join(reason.replace("\0", "").split())
    if not reason:
        raise Refused("Say in a few words why the step is skipped.")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"The reason is longer than {LONGEST_REASON} characters.")
    note, output = _clean(note, output)
    held = lock_step(step, user)
    if held.is_required:
        raise WrongState("This step is required: it can't be skipped.")
    if held.state != RunStep.State.TODO:
        raise WrongState(f"{held.settled_by} has {_say_state(held)} this step already.")
    held.skip_reason = reason
    _settle(held, RunStep.State.SKIPPED, user=user, now=now)
    StepEvent.objects.create(step=held, kind=Kind.SKIPPED, person=user, at=now, text=reason)
    tell(held.run, f"skipped {quote(held)}: {reason}", user=user, now=now, step=held, do="skipped", reason=reason)
    _keep_words(held, note, output, user=user, now=now)
    touch(held.run, now)
    return held


@transaction.atomic
def take_back_step(step: RunStep, *, user: User, now: dt.datetime) -> RunStep:
    """A tick or a skip was wrong: the step is to be done again. Nothing happens to one that is."""
    held = lock_step(step, user)
    if held.state == RunStep.State.TODO:
        return held
    was = _say_state(held)
    held.skip_reason = ""
    _settle(held, RunStep.State.TODO, user=None, now=None)
    StepEvent.objects.create(step=held, kind=Kind.UNDONE, person=user, at=now)
    tell(held.run, f"took back that {quote(held)} was {was}", user=user, now=now, step=held, do="undone")
    touch(held.run, now)
    return held


@transaction.atomic
def note_step(step: RunStep, note: str, *, user: User, now: dt.datetime, output: str = "") -> RunStep:
    """Keep a note, or what a command printed, with a step in any state. Raises Refused where both are empty."""
    note, output = _clean(note, output)
    if not note and not output:
        raise Refused("Write a note, or paste what the command printed.")
    held = lock_step(step, user)
    _keep_words(held, note, output, user=user, now=now)
    touch(held.run, now)
    return held


@transaction.atomic
def add_step(run: Run, title: str, *, after: RunStep | None = None, user: User, now: dt.datetime) -> RunStep:
    """Put in a step that the runbook does not have, after the one given, else at the end. It stays marked as added."""
    title = " ".join(title.replace("\0", "").split())
    if not title:
        raise Refused("Say what is to be done in the step.")
    if len(title) > LONGEST_TITLE:
        raise Refused(f"The step is longer than {LONGEST_TITLE} characters.")
    held = lock_going(run, user)
    before = after if after is not None and after.run_id == held.pk else held.steps.order_by("position").last()
    step = RunStep.objects.create(
        run=held,
        position=_find_position(held, before),
        phase=before.phase if before else "",
        anchor=before.anchor if before else "",
        title=title,
        is_added=True,
        added_by=user,
    )
    tell(held, f"added the step {quote(step)}", user=user, now=now, step=step, do="added")
    touch(held, now)
    return step


@transaction.atomic
def flag_step(step: RunStep, text: str, *, suggestion: str = "", user: User, now: dt.datetime) -> Flag:
    """Say that the runbook is wrong in this step. The flag stands on the runbook until its owner answers."""
    held = lock_step(step, user)
    flag = raise_flag(
        held.run.runbook,
        version=held.run.version,
        anchor=held.anchor,
        line=held.line,
        step=held.title,
        text=text,
        suggestion=suggestion,
        origin=f"{held.run.get_absolute_url()}?step={held.pk}#step-{held.pk}",
        user=user,
        now=now,
    )
    StepEvent.objects.create(step=held, kind=Kind.FLAGGED, person=user, at=now, text=flag.text)
    tell(held.run, f"says that {quote(held)} is wrong: {flag.text}", user=user, now=now, step=held, do="flagged")
    touch(held.run, now)
    return flag


def _settle(step: RunStep, state: RunStep.State, *, user: User | None, now: dt.datetime | None) -> None:
    step.state, step.settled_by, step.settled_at = state, user, now
    step.save(update_fields=["state", "settled_by", "settled_at", "skip_reason"])


def _keep_words(step: RunStep, note: str, output: str, *, user: User, now: dt.datetime, is_told: bool = True) -> None:
    for kind, text in ((Kind.NOTE, note), (Kind.OUTPUT, output)):
        if text:
            StepEvent.objects.create(step=step, kind=kind, person=user, at=now, text=text)
    if note and is_told:
        tell(step.run, f"noted at {quote(step)}: {note}", user=user, now=now, step=step, do="note")
    if output and (is_told or not note):
        lines = output.count("\n") + 1
        words = f"kept the output of {quote(step)}, {lines} {'line' if lines == 1 else 'lines'}"
        tell(step.run, words, user=user, now=now, step=step, do="output")


def _clean(note: str, output: str) -> tuple[str, str]:
    """Without what can't be stored. Raises Refused for what is too long. Output is kept as it is, escapes and all."""
    note = note.replace("\0", "").replace("\r\n", "\n").strip()
    output = output.replace("\0", "").replace("\r\n", "\n").strip("\n")
    if len(note) > LONGEST_NOTE:
        raise Refused(f"The note is longer than {LONGEST_NOTE:,} characters. Paste what was printed as output.")
    if len(output) > LONGEST_OUTPUT:
        raise Refused(f"The output is longer than {LONGEST_OUTPUT:,} characters. Paste the part that matters.")
    return note, output if output.strip() else ""


def _told(note: str) -> str:
    return f": {note}" if note else ""


def _say_state(step: RunStep) -> str:
    return "skipped" if step.state == RunStep.State.SKIPPED else "done"


def _find_position(run: Run, before: RunStep | None) -> int:
    """A free position right after that step; where there is none left, after those that were put in there before."""
    taken = sorted(run.steps.values_list("position", flat=True))
    start = before.position if before else 0
    following = next((position for position in taken if position > start), start + 2 * _NEAR)
    if following - start > 1:
        return start + max(1, min(_NEAR, (following - start) // 2))
    used = set(taken)
    while start in used:
        start += 1
    return start
