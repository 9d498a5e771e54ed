"""“Right with a small fix”: the words are mended on the spot."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from accounts.errors import require
from accounts.models import User
from runbooks.errors import EditConflict, Refused, WrongStatus
from runbooks.models import Review, Runbook, RunbookVersion
from runbooks.services.bases import EditBase, put_together, text_of_base
from runbooks.services.drafts import keep_late_text, save_edit
from runbooks.services.lifecycle import activate_version, approve_version, submit_version
from runbooks.services.policies import find_policy
from runbooks.services.reviews.answering import clean_note, lock_for_answer, write_review
from runbooks.services.reviews.planning import find_day, plan_next_review

SUMMARY = "A small fix, found in a review"


def confirm_with_fix(
    runbook: Runbook,
    *,
    user: User,
    now: dt.datetime,
    version_id: int,
    markdown: str,
    change_summary: str,
    note: str = "",
    way: str = Review.Way.PAGE,
    base: EditBase | None = None,
) -> Review:
    """Save the mended text, send it on its way, and say that with it the runbook is right. `review.fix` is that version.

    `version_id` is the version that the edit started from, `base` which of its saves (the newest, without it). The fix is
    submitted; where FOUR_EYES is off and the person may, it is approved and activated, unless something holds that back.
    Raises NotAllowed, Refused for text without a change, what a save refuses, and EditConflict, which keeps the text.
    """
    require(user, "runbooks.change_runbook", "edit runbooks")
    started_from = base or _find_base(runbook, version_id)
    try:
        return _fix(runbook, started_from, markdown, change_summary, clean_note(note), way, user, now)
    except EditConflict as conflict:
        # All was rolled back, also what the save had kept.
        keep_late_text(conflict, base=started_from, author=user, now=now)
        raise


@transaction.atomic
def _fix(
    runbook: Runbook,
    base: EditBase,
    markdown: str,
    summary: str,
    note: str,
    way: str,
    user: User,
    now: dt.datetime,
) -> Review:
    held, version = lock_for_answer(runbook, user, None)
    before = text_of_base(held, base)
    if put_together(before, markdown) == before:
        raise Refused("Nothing in the text has changed. If it is right as it is, say “still right”.")
    fix = save_edit(held, base=base, markdown=markdown, author=user, now=now, change_summary=summary.strip() or SUMMARY)
    fix = _send_on(submit_version(fix, user=user, now=now), user, now)
    held.refresh_from_db()  # saving, submitting and activating have set their own fields
    today = find_day(user, now)
    last = max(today, held.last_reviewed_on or today)
    due = plan_next_review(held, today, find_policy(held))
    return write_review(
        held, version, Review.Answer.FIXED, last=last, due=due, way=way, note=note, fix=fix, user=user, now=now
    )


def _send_on(fix: RunbookVersion, user: User, now: dt.datetime) -> RunbookVersion:
    """Activate the fix where one person may take every step; a gate that is closed leaves it in review."""
    may = user.has_perm("runbooks.approve_runbookversion") and user.has_perm("runbooks.activate_runbookversion")
    if settings.FOUR_EYES or not may:
        return fix
    try:
        with transaction.atomic():
            return activate_version(approve_version(fix, user=user, now=now), user=user, now=now)
    except Refused:
        return RunbookVersion.objects.get(pk=fix.pk)


def _find_base(runbook: Runbook, version_id: int) -> EditBase:
    version = runbook.versions.only("pk", "revision").filter(pk=version_id).first()
    if version is None:
        raise WrongStatus("The text you have read is not there any more. Open the page again; your words are below.")
    return EditBase(version.pk, version.revision)
