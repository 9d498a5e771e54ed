"""Flags: a reader says that a place in a runbook is wrong; it stands on the page until an editor answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from oncall.models import Kind
from oncall.outbox import notify, notify_team
from runbooks.errors import Refused, WrongStatus
from runbooks.models import Evidence, Flag, Runbook, RunbookVersion
from runbooks.services.common import lock_runbook
from runbooks.services.evidence import Noticed, notice, settle
from runbooks.services.freshness import refresh_freshness
from runbooks.services.secrets import check_words

LONGEST = {"What is wrong": 1000, "What would be right": 5000, "The note": 500}


@transaction.atomic
def raise_flag(
    runbook: Runbook,
    *,
    version: RunbookVersion | None,
    anchor: str = "",
    line: int | None = None,
    step: str = "",
    text: str,
    suggestion: str = "",
    origin: str = "",
    user: User,
    now: dt.datetime,
) -> Flag:
    """Say that a place in a runbook is wrong. Its owner, else its team, is told.

    `line` counts from 1 in the version's text; `origin` is the page it came from, from the portal's root. The same words
    of the same person about the same place give the flag that is open already. Raises NotAllowed, and Refused for words
    that can't be kept.
    """
    require(user, "runbooks.add_flag", "say that a runbook is wrong")
    text = " ".join(text.split())
    suggestion = suggestion.strip("\r\n").rstrip()
    if not text:
        raise Refused("Say in a few words what is wrong.")
    _check(text, "What is wrong")
    _check(suggestion, "What would be right")
    runbook = lock_runbook(runbook.pk)
    place = {"anchor": anchor[:300], "line": line, "step": " ".join(step.replace("\0", "").split())[:1000]}
    same = runbook.flags.open().filter(raised_by=user, text=text, suggestion=suggestion, origin=origin, **place).first()
    if same is not None:
        return same
    flag = Flag.objects.create(
        runbook=runbook,
        version=version,
        version_number=version.number if version else "",
        text=text,
        suggestion=suggestion,
        origin=origin,
        raised_by=user,
        raised_at=now,
        **place,
    )
    runbook.save(update_fields=["updated_at"])  # its page and the lists are made again
    notice([_as_evidence(flag)], now)
    refresh_freshness([runbook.pk], now)
    _tell_owner(flag, now)
    return flag


@transaction.atomic
def answer_flag(
    flag: Flag,
    answer: str,
    note: str = "",
    *,
    version: RunbookVersion | None = None,
    user: User,
    now: dt.datetime,
) -> Flag:
    """Answer a flag: the runbook was changed (in `version`, where that is known), or it is right, and why.

    Whoever raised it is told. Raises NotAllowed, Refused without a reason, or WrongStatus when it was answered before.
    """
    require(user, "runbooks.change_flag", "answer what readers say about runbooks")
    runbook = lock_runbook(flag.runbook_id)
    flag = Flag.objects.select_related("answered_by", "raised_by").get(pk=flag.pk)
    flag.runbook = runbook
    note = " ".join(note.split())
    if not flag.is_open:
        raise WrongStatus(f"{flag.answered_by} answered this before: {flag.get_answer_display().lower()}.")
    if answer not in (Flag.Answer.CHANGED, Flag.Answer.RIGHT):
        raise Refused("Choose what the answer is.")
    if answer == Flag.Answer.RIGHT and not note:
        raise Refused("Say why the runbook is right, so that whoever stumbled over it understands.")
    _check(note, "The note")
    if version is not None and version.runbook_id != runbook.pk:
        raise Refused("That version belongs to another runbook.")
    flag.answer, flag.answer_note, flag.answered_by, flag.answered_at = answer, note, user, now
    flag.answered_in = version if answer == Flag.Answer.CHANGED else None
    flag.save(update_fields=["answer", "answer_note", "answered_by", "answered_at", "answered_in"])
    runbook.save(update_fields=["updated_at"])
    settle([_key_of(flag)], now)
    refresh_freshness([runbook.pk], now)
    _tell_reader(flag, now)
    return flag


@transaction.atomic
def answer_flags(version: RunbookVersion, flags: Iterable[int], *, user: User, now: dt.datetime) -> int:
    """Say of several flags that a version puts them right; those answered meanwhile are left. How many were answered."""
    require(user, "runbooks.change_flag", "answer what readers say about runbooks")
    lock_runbook(version.runbook_id)
    still_open = list(version.runbook.flags.open().filter(pk__in=list(flags)))
    for flag in still_open:
        answer_flag(flag, Flag.Answer.CHANGED, version=version, user=user, now=now)
    return len(still_open)


def _key_of(flag: Flag) -> str:
    return f"flag:{flag.pk}"


def _as_evidence(flag: Flag) -> Noticed:
    """What asks for a review until it is answered."""
    place = f"“{flag.step}”: " if flag.step else ""
    text = f"{flag.raised_by} says that something is wrong. {place}{flag.text}"
    return Noticed(flag.runbook_id, Evidence.Kind.FLAG, _key_of(flag), text, flag.get_absolute_url())


def _check(words: str, where: str) -> None:
    if "\0" in words:
        raise Refused(f"{where} holds a NUL character, which text can't.")
    if len(words) > LONGEST[where]:
        raise Refused(f"{where} may have at most {LONGEST[where]} characters.")
    check_words(words, where)


def _tell_owner(flag: Flag, now: dt.datetime) -> None:
    """The owner; else, or when the owner has left, the team. Somebody who flags their own runbook is not told of it."""
    runbook = flag.runbook
    place = f"“{flag.step or flag.anchor}”: " if flag.step or flag.anchor else ""
    text = f"{flag.raised_by} says that something in “{runbook}” is wrong.\n\n{place}{flag.text}"
    if flag.suggestion:
        text += f"\n\nSuggested:\n\n{flag.suggestion}"
    tell = partial(_tell, flag=flag, text=text, now=now)
    owner = runbook.owner
    if owner is not None and owner.is_active:
        if owner.pk != flag.raised_by_id:
            tell(notify, to=owner, key=f"flag-raised:{flag.pk}:user:{owner.pk}")
        return
    team = runbook.team or runbook.service.team
    if team is not None:
        tell(notify_team, team=team, key=f"flag-raised:{flag.pk}")


def _tell(how: Callable[..., object], *, flag: Flag, text: str, now: dt.datetime, **to: object) -> None:
    subject = f"Said to be wrong: {flag.runbook}"
    how(**to, kind=Kind.REVIEW, subject=subject, text=text, url=flag.get_absolute_url(), action="Answer", now=now)


def _tell_reader(flag: Flag, now: dt.datetime) -> None:
    if flag.raised_by_id == flag.answered_by_id:
        return
    answer = "was changed" if flag.answer == Flag.Answer.CHANGED else "is right"
    where = f", in version {flag.answered_in.number}" if flag.answered_in else ""
    note = f"\n\n{flag.answer_note}" if flag.answer_note else ""
    notify(
        key=f"flag-answered:{flag.pk}:user:{flag.raised_by_id}",
        kind=Kind.REVIEW,
        to=flag.raised_by,
        subject=f"Answered: what you said about {flag.runbook}",
        text=f"{flag.answered_by} says that the runbook {answer}{where}.{note}\n\nYou had said: {flag.text}",
        url=flag.get_absolute_url(),
        action="Read it",
        now=now,
    )
