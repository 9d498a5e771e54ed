"""What every answer of a review has in common: it is given to the text that was read, once, and it is kept for ever."""

from __future__ import annotations

import datetime as dt

from accounts.errors import require
from accounts.models import User
from runbooks.errors import Refused, WrongStatus
from runbooks.models import Evidence, Review, Runbook, RunbookVersion
from runbooks.services.common import lock_runbook
from runbooks.services.evidence import answer_evidence
from runbooks.services.freshness import refresh_freshness
from runbooks.services.secrets import check_words

LONGEST_NOTE = 1000
LONGEST_URL = 300
AT_ONCE = dt.timedelta(minutes=5)  # two answers so near to one another were given without knowing of each other
Answer = Review.Answer


def lock_for_answer(runbook: Runbook, user: User, version_id: int | None) -> tuple[Runbook, RunbookVersion]:
    """The runbook, held, and the version that is shown. `version_id` is the one that was on the reader's screen.

    Raises NotAllowed, and WrongStatus for a retired runbook, one without a text, and one whose text is another by now.
    """
    require(user, "runbooks.add_review", "review runbooks")
    held = lock_runbook(runbook.pk)
    if held.is_retired:
        raise WrongStatus("This runbook is retired and has no reviews. Reinstate it first.")
    version = held.shown_version
    if version is None:
        raise WrongStatus("There is nothing to review yet: nobody has written a text.")
    if version_id is not None and version.pk != version_id:
        raise WrongStatus(
            f"Meanwhile version {version.number} is {version.get_status_display().lower()}: another text than the one "
            "you have read. Look at it before you answer."
        )
    version.runbook = held
    return held, version


def clean_note(note: str) -> str:
    """The note as it is kept. Raises Refused for one that is too long or holds a credential."""
    note = " ".join(note.replace("\0", "").split())
    if len(note) > LONGEST_NOTE:
        raise Refused(f"The note may have at most {LONGEST_NOTE} characters.")
    check_words(note, "The note")
    return note


def find_twin(held: Runbook, user: User, now: dt.datetime, *, way: str, note: str, run_url: str = "") -> Review | None:
    """The same “still right” of the same person, given a moment ago: a button that was pressed twice.

    Raises WrongStatus where somebody else answered at the same time and nothing has happened since: they are told, and
    can answer all the same a few minutes later.
    """
    last = held.reviews.standing().select_related("reviewed_by").first()
    if last is None or not dt.timedelta(0) <= now - last.reviewed_at < AT_ONCE:
        return None
    if last.version_id != held.shown_version_id or Evidence.objects.open().filter(runbook=held).exists():
        return None
    if last.reviewed_by_id != user.pk:
        said = last.get_answer_display().lower()
        raise WrongStatus(f"{last.reviewed_by} answered at the same time: {said}. So there is nothing left to say.")
    same = (last.answer, last.way, last.note, last.run_url) == (Answer.RIGHT, way, note, run_url)
    return last if same else None


def write_review(
    held: Runbook,
    version: RunbookVersion,
    answer: Answer,
    *,
    last: dt.date | None,
    due: dt.date,
    way: str,
    note: str,
    user: User,
    now: dt.datetime,
    run_url: str = "",
    fix: RunbookVersion | None = None,
) -> Review:
    """Keep the answer, set the runbook's dates, and end what had asked for it: a snooze and open evidence.

    A day that somebody chose (`needs work`) is a stated one: neither spreading nor a policy moves it.
    """
    if way not in Review.Way.values:
        raise Refused("There is no such way to answer.")
    review = Review.objects.create(
        runbook=held,
        version=version,
        version_number=version.number,
        answer=answer,
        way=way,
        note=note,
        run_url=run_url[:LONGEST_URL],
        fix=fix,
        reviewed_by=user,
        reviewed_at=now,
        due_before=held.next_review_on,
        last_before=held.last_reviewed_on,
        due_after=due,
    )
    held.last_reviewed_on, held.next_review_on = last, due
    held.next_review_stated = answer == Answer.WORK
    held.save(update_fields=["last_reviewed_on", "next_review_on", "next_review_stated", "updated_at"])
    held.snoozes.filter(ended_at__isnull=True).update(ended_at=now)
    answer_evidence(review)
    refresh_freshness([held.pk], now)
    return review
