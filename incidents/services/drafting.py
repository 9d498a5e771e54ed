"""From a run to a draft of its runbook: what was done otherwise, put into the text for somebody to look at."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction

from accounts.errors import require
from accounts.locking import hold
from accounts.models import User
from incidents.deviations import Added, Applied, Suggested, apply
from incidents.errors import NotAllowed, WrongState
from incidents.models import EntryKind, Run, RunStep
from incidents.services.locking import lock_incident
from incidents.services.timeline import record
from runbooks.comparing import merge
from runbooks.errors import EditConflict
from runbooks.models import DraftSave, Flag, Runbook, RunbookVersion
from runbooks.models.flag import FlagQuerySet
from runbooks.secrets import find_secrets
from runbooks.services import EditBase, keep_late_text, save_edit
from runbooks.services.common import lock_runbook

LONGEST_SUMMARY = 500  # characters
_STEP = re.compile(r"[?&]step=(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Deviations:
    """What was otherwise than the runbook says: its flags that wait for an answer, added steps, skipped steps."""

    flags: tuple[Flag, ...]
    added: tuple[RunStep, ...]
    skipped: tuple[RunStep, ...]

    def __bool__(self) -> bool:
        return bool(self.flags or self.added or self.skipped)


class _Text(NamedTuple):
    """The text that a run's steps were cut from."""

    markdown: str
    base: EditBase


def flags_of(run: Run) -> FlagQuerySet:
    """What was said to be wrong in this run."""
    return Flag.objects.filter(runbook=run.runbook_id, origin__startswith=run.get_absolute_url()).order_by("pk")


def step_of(flag: Flag) -> int | None:
    """The primary key of the step that a flag was raised at; None for one that was not raised in a run."""
    match = _STEP.search(flag.origin)
    return int(match[1]) if match else None


def find_deviations(flags: Iterable[Flag], steps: Iterable[RunStep]) -> Deviations:
    """What a run would put into a draft now. A flag that was answered meanwhile is settled and left out."""
    steps = list(steps)
    return Deviations(
        tuple(flag for flag in flags if flag.is_open),
        tuple(step for step in steps if step.is_added),
        tuple(step for step in steps if step.state == RunStep.State.SKIPPED),
    )


def draft_lessons(run: Run, *, user: User, now: dt.datetime) -> RunbookVersion:
    """Put what was otherwise in a run into a draft of its runbook; asked again, the same draft is given.

    Where a step was flagged with a suggestion, the suggestion stands in its place; added steps stand where they were
    added. What has no place in the text is named in the summary, with what was skipped and why. Where the runbook moved
    on since the run, or has a draft, both are merged. Raises NotAllowed, WrongState for a run that goes on or kept to the
    runbook, SecretFound, and EditConflict where the same lines were changed: then the text is kept beside the draft.
    """
    require(user, "runbooks.change_runbook", "change runbooks. What was flagged stands on the runbook all the same")
    if not Runbook.objects.visible_to(user).filter(pk=run.runbook_id).exists():
        raise NotAllowed("You may not change this runbook.")
    try:
        return _draft(run.pk, user, now)
    except EditConflict as conflict:
        _keep(conflict, _text_of(run).base, user, now)
        raise


@transaction.atomic
def _draft(pk: int, user: User, now: dt.datetime) -> RunbookVersion:
    incident_id = Run.objects.values_list("incident", flat=True).get(pk=pk)
    incident = lock_incident(incident_id) if incident_id else None
    run = hold(Run.objects.select_related("lessons_version"), pk)
    if run.lessons_version is not None:
        return run.lessons_version
    if run.is_going:
        raise WrongState("The run still goes on. Finish or stop it first.")
    steps = list(run.steps.order_by("position"))
    deviations = find_deviations(flags_of(run), steps)
    if not deviations:
        raise WrongState("Everything was done as the runbook says, so there is nothing to put into it.")
    runbook = lock_runbook(run.runbook_id)
    text = _text_of(run)
    applied = apply(text.markdown, *_as_edits(deviations, steps))
    version = _save(runbook, text, applied, _sum_up(run, deviations, applied), user, now)
    Run.objects.filter(pk=run.pk).update(lessons_version=version)
    if incident is not None:
        words = f"made a draft of {runbook.title} with what was otherwise in the run “{run.title}”"
        record(incident, EntryKind.RUN, words, now=now, person=user, url=version.get_absolute_url(), run=run.pk)
    return version


def _text_of(run: Run) -> _Text:
    """The version's text as it was when the run began: a draft may have been saved again since. Raises WrongState."""
    version = run.version
    if version is None:
        raise WrongState("The version that was run is not there any more: it was a draft that was discarded.")
    saves = version.saves.filter(is_accepted=True, saved_at__lte=run.started_at)
    save = saves.order_by("-revision").first() if version.revision > 1 else None
    if save is not None:
        return _Text(save.markdown, EditBase(version.pk, save.revision))
    return _Text(version.markdown, EditBase(version.pk, version.revision))


def _as_edits(deviations: Deviations, steps: list[RunStep]) -> tuple[list[Suggested], list[Added]]:
    """The last suggestion for each line, and added steps (in better words, where somebody had any) by their neighbours."""
    better = {step_of(flag): flag.suggestion for flag in deviations.flags if flag.suggestion and flag.line is None}
    suggested = [Suggested(flag.line, flag.suggestion) for flag in deviations.flags if flag.suggestion and flag.line]
    added = [
        Added(" ".join(better.get(step.pk, step.title).split()), *_find_neighbours(step, steps))
        for step in deviations.added
    ]
    return suggested, added


def _find_neighbours(step: RunStep, steps: list[RunStep]) -> tuple[int | None, int | None]:
    """Lines of the last step before it and the first after it that stand in the text."""
    before = [one.line for one in steps if one.position < step.position and one.line]
    after = [one.line for one in steps if one.position > step.position and one.line]
    return (before[-1] if before else None), (after[0] if after else None)


def _save(
    runbook: Runbook, text: _Text, applied: Applied, summary: str, user: User, now: dt.datetime
) -> RunbookVersion:
    """As the next save of the open version, or as a new draft; merged with what came in between."""
    newest = runbook.versions.open().first() or runbook.versions.active().first()
    if newest is None:
        raise WrongState("The runbook has neither an active version nor a draft to change.")
    newest.runbook = runbook
    base, markdown = EditBase(newest.pk, newest.revision), applied.text
    if base != text.base:
        merged = merge(text.markdown, applied.text, newest.markdown)
        if merged.has_conflicts:
            raise EditConflict(newest, base=text.markdown, mine=applied.text)
        markdown = merged.text
    if newest.is_open and newest.change_summary:  # the author's words stay
        summary = f"{newest.change_summary} · {summary}"
    summary = _cut(summary)
    return save_edit(runbook, base=base, markdown=markdown, author=user, now=now, change_summary=summary)


def _keep(conflict: EditConflict, base: EditBase, user: User, now: dt.datetime) -> None:
    """Once for the same words: whoever clicks again leaves no second copy."""
    late = DraftSave.objects.filter(version=conflict.version, author=user, is_accepted=False, revision=base.revision)
    if not late.filter(markdown=conflict.mine).exists():
        keep_late_text(conflict, base=base, author=user, now=now)


def _sum_up(run: Run, deviations: Deviations, applied: Applied) -> str:
    """One line for the change log; the reasons are left out where they hold what looks like a credential."""
    done = [f"{count} {word}" for count, word in ((applied.changed, "changed"), (applied.added, "added")) if count]
    start = f"From the run of {run.started_at:%Y-%m-%d} ({run.get_absolute_url()})"
    parts = [f"{start}: {' and '.join(done)}" if done else start]
    parts += [f"skipped “{_short(step.title)}”: {step.skip_reason}" for step in deviations.skipped]
    parts += [_name_homeless(one) for one in applied.homeless]
    parts += [
        f"said to be wrong: “{_short(flag.step or flag.text)}”, {flag.text}"
        for flag in deviations.flags
        if not flag.suggestion
    ]
    summary = "; ".join(parts)
    return parts[0] if find_secrets(summary) else summary


def _name_homeless(one: Suggested | Added) -> str:
    if isinstance(one, Added):
        return f"added without a place: “{_short(one.title)}”"
    return f"suggested at line {one.line}: “{_short(one.text)}”"


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 80 else words[:79] + "…"


def _cut(summary: str) -> str:
    return summary if len(summary) <= LONGEST_SUMMARY else summary[: LONGEST_SUMMARY - 1] + "…"
