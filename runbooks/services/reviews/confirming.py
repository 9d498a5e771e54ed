"""“Still right”: the answer that costs one click."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from runbooks.errors import Refused
from runbooks.models import Review, Runbook
from runbooks.services.policies import find_policy
from runbooks.services.reviews.answering import clean_note, find_twin, lock_for_answer, write_review
from runbooks.services.reviews.planning import find_day, plan_next_review

BY_RUNNING = (Review.Way.RUN, Review.Way.DRILL)


@transaction.atomic
def confirm_runbook(
    runbook: Runbook,
    *,
    user: User,
    now: dt.datetime,
    way: str = Review.Way.PAGE,
    note: str = "",
    version_id: int | None = None,
    run_url: str = "",
) -> Review:
    """Say that a runbook is still right; the next review is one period from today, by the clock of whoever says so.

    `version_id` is the version that was read; `run_url` the run that showed it, from the portal's root. Pressed twice it is
    one answer. Raises NotAllowed, Refused for the note, and WrongStatus: retired, another text by now, or somebody else
    answered at the same time.
    """
    note = clean_note(note)
    if bool(run_url) != (way in BY_RUNNING):
        raise Refused("Say which run shows that the runbook is right.")
    held, version = lock_for_answer(runbook, user, version_id)
    twin = find_twin(held, user, now, way=way, note=note, run_url=run_url)
    if twin is not None:
        return twin
    today = find_day(user, now)
    due = plan_next_review(held, today, find_policy(held))
    return write_review(
        held,
        version,
        Review.Answer.RIGHT,
        last=_latest(held, today),
        due=due,
        way=way,
        note=note,
        run_url=run_url,
        user=user,
        now=now,
    )


def _latest(held: Runbook, today: dt.date) -> dt.date:
    """West of whoever answered before, it may still be yesterday."""
    return max(today, held.last_reviewed_on or today)
