"""“Needs work”: somebody is to do it until a day, in a draft that waits for them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from runbooks.errors import Refused
from runbooks.models import Review, ReviewTask, Runbook, RunbookVersion
from runbooks.services.drafts import add_draft
from runbooks.services.review_tasks import tell_owner
from runbooks.services.reviews.answering import clean_note, lock_for_answer, write_review
from runbooks.services.reviews.planning import find_day
from runbooks.services.secrets import check_words

LONGEST_TEXT = 500
LONGEST_TIME = dt.timedelta(days=365)


@transaction.atomic
def ask_for_work(
    runbook: Runbook,
    *,
    user: User,
    now: dt.datetime,
    text: str,
    owner: User,
    due_on: dt.date,
    note: str = "",
    version_id: int | None = None,
    way: str = Review.Way.PAGE,
) -> Review:
    """Say that a runbook needs work: what (`text`), who does it, and by which day, on which it is reviewed again.

    A draft is opened for the owner where none is on its way (`review.fix`), and the owner is told. The last review stays
    what it was. Raises NotAllowed, WrongStatus as `confirm_runbook`, and Refused for words, day or owner.
    """
    text = " ".join(text.replace("\0", "").split())
    note = clean_note(note)
    _check_text(text)
    held, version = lock_for_answer(runbook, user, version_id)
    _check_day(due_on, find_day(user, now))
    _check_owner(owner, held)
    review = write_review(
        held,
        version,
        Review.Answer.WORK,
        last=held.last_reviewed_on,
        due=due_on,
        way=way,
        note=note,
        fix=_open_draft(held, version, owner, text, now),
        user=user,
        now=now,
    )
    task = ReviewTask.objects.create(review=review, runbook=held, owner=owner, text=text, due_on=due_on, created_at=now)
    tell_owner(task, now)
    return review


def _check_text(text: str) -> None:
    if not text:
        raise Refused("Say in a sentence what is to be done.")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"What is to be done may have at most {LONGEST_TEXT} characters.")
    check_words(text, "What is to be done")


def _check_day(due_on: dt.date, today: dt.date) -> None:
    if due_on < today:
        raise Refused("That day is over. Choose one that is still to come.")
    if due_on - today > LONGEST_TIME:
        raise Refused("That is more than a year away. Choose a nearer day.")


def _check_owner(owner: User, held: Runbook) -> None:
    """Whoever shall do it is there, may write, and may know of the runbook."""
    if not owner.is_active:
        raise Refused(f"{owner} is not here any more. Choose somebody else.")
    if not owner.has_perm("runbooks.change_runbook"):
        raise Refused(f"{owner} may not edit runbooks. Choose an editor.")
    if not Runbook.objects.visible_to(owner).filter(pk=held.pk).exists():
        raise Refused(f"{owner} may not know of this runbook. Choose somebody of its team.")


def _open_draft(held: Runbook, version: RunbookVersion, owner: User, text: str, now: dt.datetime) -> RunbookVersion:
    """The version on its way, else a new draft with the text that was read. It is the owner's, as they will write it."""
    open_version = held.versions.open().first()
    if open_version is not None:
        return open_version
    summary = f"Needs work: {text}"
    return add_draft(held, version.markdown, author=owner, summary=summary, bump="minor", now=now)
