"""Not mine: whoever is asked about a runbook that is none of theirs says so, and is asked no more."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from oncall.models import Classification, Kind
from oncall.outbox import notify
from oncall.outbox.notifying import find_team_recipients
from runbooks.errors import Refused
from runbooks.models import NotMine, Runbook
from runbooks.services.common import lock_runbook
from runbooks.services.secrets import check_words

LONGEST_NOTE = 300


@transaction.atomic
def disown_runbook(runbook: Runbook, *, user: User, now: dt.datetime, note: str = "") -> NotMine:
    """Say that a runbook is not one's own; `note` may say whose it is. Twice is once.

    An owner is its owner no more, and the team's leads (else its members) are told. Whoever has left the runbook's
    circle by that sees a Confidential one no more. Raises Refused for the note. Everybody may, as it is about themselves.
    """
    note = " ".join(note.replace("\0", "").split())
    if len(note) > LONGEST_NOTE:
        raise Refused(f"The note may have at most {LONGEST_NOTE} characters.")
    check_words(note, "The note")
    held = lock_runbook(runbook.pk)
    was_owner = held.owner_id == user.pk
    row = NotMine.objects.filter(runbook=held, person=user).first()
    if row is not None and not was_owner:
        return row
    if row is not None:  # they became the owner again by some way that does not ask
        row.delete()
    row = NotMine.objects.create(runbook=held, person=user, was_owner=was_owner, note=note, said_at=now)
    if was_owner:
        held.owner = None
        held.save(update_fields=["owner", "updated_at"])
        _tell_team(row, held, user, now)
    return row


def own_again(runbook: Runbook, owner: User | None) -> None:
    """Whoever becomes owner is asked again."""
    if owner is not None:
        NotMine.objects.filter(runbook=runbook, person=owner).delete()


def _tell_team(row: NotMine, runbook: Runbook, user: User, now: dt.datetime) -> None:
    """Not whoever said it; no channel hears of what is Confidential."""
    team = runbook.team or runbook.service.team
    if team is None:
        return
    secret = Classification.CONFIDENTIAL
    is_secret = secret in (runbook.classification, runbook.service.classification)
    text = f"{user} says that “{runbook}” is not theirs. It has no owner now: choose one."
    if row.note:
        text += f"\n\n{user} adds: {row.note}"
    for to in find_team_recipients(team):
        is_person = isinstance(to, User)
        if to == user or (is_secret and not is_person):
            continue
        notify(
            key=f"not-mine:{row.pk}:{'user' if is_person else 'channel'}:{to.pk}",
            kind=Kind.REVIEW,
            to=to,
            subject=f"Without an owner: {runbook}",
            text=text,
            url=runbook.get_absolute_url(),
            action="Look at it",
            now=now,
        )
