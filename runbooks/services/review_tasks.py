"""What a review that said “needs work” left to somebody: told when it is given, done by hand or by a newer active text."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from oncall.models import Kind
from oncall.outbox import notify
from runbooks.errors import WrongStatus
from runbooks.models import ReviewTask, Runbook, RunbookVersion
from runbooks.services.common import lock_runbook


@transaction.atomic
def finish_task(task: ReviewTask, *, user: User, now: dt.datetime) -> ReviewTask:
    """Say that what was to be done is done; whoever asked for it is told. Raises NotAllowed, or WrongStatus when it was."""
    require(user, "runbooks.change_reviewtask", "finish what reviews have asked for")
    runbook = lock_runbook(task.runbook_id)
    held = ReviewTask.objects.select_related("review__reviewed_by", "done_by", "owner").get(pk=task.pk)
    held.runbook = runbook
    if held.done_at is not None:
        who = f" by {held.done_by}" if held.done_by else ""
        raise WrongStatus(f"That was done before{who}.")
    _end(held, user, now)
    runbook.save(update_fields=["updated_at"])
    _tell_author(held, f"{user} says that it is done.", user, now)
    return held


def close_tasks(runbook: Runbook, version: RunbookVersion, *, user: User | None, now: dt.datetime) -> int:
    """A newer text of the locked runbook is active: what reviews of the former one asked for is done. How many that were."""
    waiting = list(runbook.review_tasks.open().select_related("review__reviewed_by"))
    for task in waiting:
        task.runbook = runbook
        _end(task, user, now)
        _tell_author(task, f"Version {version.number} is active now.", user, now)
    return len(waiting)


def tell_owner(task: ReviewTask, now: dt.datetime) -> None:
    """Whoever shall do it is told; not somebody who gave it to themselves."""
    author = task.review.reviewed_by
    if task.owner_id == author.pk:
        return
    _tell(
        task,
        to=task.owner,
        key=f"review-task:{task.pk}:given:user:{task.owner_id}",
        subject=f"Needs work: {task.runbook}",
        text=f"{author} has looked at “{task.runbook}” and says that it needs work. "
        f"It is yours until {task.due_on:%-d %B %Y}.\n\n{task.text}",
        action="Look at it",
        now=now,
    )


def call_off(task: ReviewTask, *, user: User, now: dt.datetime) -> None:
    """The review that asked for it was taken back: nothing is to be done, and its owner is told so."""
    if task.done_at is not None:
        return
    _end(task, user, now)
    if task.owner_id == user.pk:
        return
    _tell(
        task,
        to=task.owner,
        key=f"review-task:{task.pk}:called-off:user:{task.owner_id}",
        subject=f"Called off: {task.runbook}",
        text=f"{user} took the review of “{task.runbook}” back, so you need not do this any more:\n\n{task.text}",
        action="Look at it",
        now=now,
    )


def _end(task: ReviewTask, user: User | None, now: dt.datetime) -> None:
    task.done_at, task.done_by = now, user
    task.save(update_fields=["done_at", "done_by"])


def _tell_author(task: ReviewTask, what: str, user: User | None, now: dt.datetime) -> None:
    author = task.review.reviewed_by
    if user is not None and user.pk == author.pk:
        return
    _tell(
        task,
        to=author,
        key=f"review-task:{task.pk}:done:user:{author.pk}",
        subject=f"Done: {task.runbook}",
        text=f"{what}\n\nYou had asked for this: {task.text}",
        action="Read it",
        now=now,
    )


def _tell(task: ReviewTask, *, to: User, key: str, subject: str, text: str, action: str, now: dt.datetime) -> None:
    """Nobody is told of a runbook that they may not know of (any more)."""
    if not Runbook.objects.visible_to(to).filter(pk=task.runbook_id).exists():
        return
    url = task.runbook.get_absolute_url()
    notify(key=key, kind=Kind.REVIEW, to=to, subject=subject, text=text, url=url, action=action, now=now)
