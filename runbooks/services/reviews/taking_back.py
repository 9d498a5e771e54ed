"""An answer that was given by mistake is taken back; it stays, and stands there as that."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.errors import NotAllowed, require
from accounts.models import User
from runbooks.errors import WrongStatus
from runbooks.models import Review, ReviewTask, Runbook
from runbooks.services.common import lock_runbook
from runbooks.services.evidence import reopen_evidence
from runbooks.services.freshness import refresh_freshness
from runbooks.services.policies import find_policy
from runbooks.services.review_tasks import call_off
from runbooks.services.reviews.planning import find_day, plan_next_review

MINE_FOR = dt.timedelta(hours=24)


@transaction.atomic
def take_back_review(review: Review, *, user: User, now: dt.datetime) -> Review:
    """Take the newest answer of a runbook back: its author within a day, an approver at any time.

    The runbook's dates become what they were, unless somebody changed them since (`kept_dates` then says so); evidence that
    was answered asks again, and an open task is called off. A snooze that the answer ended stays ended, and a draft that
    it opened stays. Raises NotAllowed, or WrongStatus.
    """
    require(user, "runbooks.add_review", "review runbooks")
    runbook = lock_runbook(review.runbook_id)
    held = Review.objects.select_related("taken_back_by", "reviewed_by").get(pk=review.pk)
    held.runbook = runbook
    _check(held, user, now)
    held.taken_back_at, held.taken_back_by = now, user
    held.save(update_fields=["taken_back_at", "taken_back_by"])
    reopen_evidence(held)
    task = ReviewTask.objects.select_related("owner").filter(review=held).first()
    if task is not None:
        task.runbook = runbook
        call_off(task, user=user, now=now)
    held.kept_dates = not _restore_dates(runbook, held)
    refresh_freshness([runbook.pk], now)
    return held


def _check(review: Review, user: User, now: dt.datetime) -> None:
    if review.taken_back_at is not None:
        raise WrongStatus(f"{review.taken_back_by} took this back before.")
    if not user.has_perm("runbooks.approve_runbookversion"):
        if review.reviewed_by_id != user.pk:
            raise NotAllowed("Only whoever gave an answer, or an approver, may take it back.")
        if now - review.reviewed_at >= MINE_FOR:
            raise WrongStatus("An answer can be taken back for a day. Ask an approver, or review the runbook again.")
    newest = review.runbook.reviews.standing().first()
    if newest is not None and newest.pk != review.pk:
        raise WrongStatus("Somebody has answered since. Only the newest answer can be taken back.")


def _restore_dates(runbook: Runbook, review: Review) -> bool:
    """Whether the dates are those of before; they stay where they are not the ones that the answer has set."""
    set_dates = (_find_last_set(review), review.due_after)
    is_untouched = (runbook.last_reviewed_on, runbook.next_review_on) == set_dates
    if is_untouched:
        runbook.last_reviewed_on, runbook.next_review_on = review.last_before, review.due_before
        runbook.next_review_stated = not _was_counted(runbook, review)
    runbook.save(update_fields=["last_reviewed_on", "next_review_on", "next_review_stated", "updated_at"])
    return is_untouched


def _find_last_set(review: Review) -> dt.date | None:
    """What the answer has made of the day of the last review."""
    if not review.is_confirmation:
        return review.last_before
    day = find_day(review.reviewed_by, review.reviewed_at)
    return max(day, review.last_before or day)


def _was_counted(runbook: Runbook, review: Review) -> bool:
    """Whether the date before the answer was one period after the review before it, and not stated by anybody."""
    if review.due_before is None or review.last_before is None:
        return review.due_before is None
    return plan_next_review(runbook, review.last_before, find_policy(runbook)) == review.due_before
