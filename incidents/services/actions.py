"""Action items: what is to be done so that it does not happen again, by whom and until when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.errors import require
from accounts.locking import hold
from accounts.models import User
from incidents.errors import Refused
from incidents.models import ActionItem, EntryKind, Incident, PostMortem
from incidents.services.postmortem_telling import only_knowing
from incidents.services.postmortem_texts import check_owner, lock_postmortem
from incidents.services.timeline import record
from oncall.models import Kind
from oncall.outbox import notify

CLOSED = (ActionItem.Status.DONE, ActionItem.Status.DROPPED)
LENGTHS = {"text": 300, "ticket": 300, "note": 300}
FIRST_YEAR, LAST_YEAR = 2000, 2200


@transaction.atomic
def add_action(
    postmortem: PostMortem,
    text: str,
    *,
    owner: User | None = None,
    due_on: dt.date | None = None,
    ticket: str = "",
    user: User,
    now: dt.datetime,
) -> ActionItem:
    """Write down something to be done; its owner is told. Raises NotAllowed, or Refused with what is wrong."""
    require(user, "incidents.add_actionitem", "add action items")
    held = lock_postmortem(postmortem)
    words = _clean("text", text)
    if not words:
        raise Refused("Say what is to be done.")
    _check(owner, due_on, held.incident)
    item = ActionItem.objects.create(
        postmortem=held, text=words, owner=owner, due_on=due_on, ticket=_clean("ticket", ticket), created_at=now
    )
    _record(item, f"added an action item: {words}", user, now)
    _tell_owner(item, user, now)
    return item


@transaction.atomic
def change_action(item: ActionItem, *, user: User, now: dt.datetime, **fields: Any) -> ActionItem:
    """Change text, owner, due_on, status, ticket or note; only what is given. Closing and opening again stand in the timeline.

    Who owns an item may change its status, ticket and note without any other right. Raises NotAllowed or Refused.
    """
    held = _lock(item)
    given: dict[str, Any] = {name: _clean(name, value) if name in LENGTHS else value for name, value in fields.items()}
    changed: dict[str, Any] = {name: value for name, value in given.items() if getattr(held, name) != value}
    if held.owner_id != user.pk or not set(changed) <= {"status", "ticket", "note"}:
        require(user, "incidents.change_actionitem", "change action items")
    if not changed.get("text", held.text):
        raise Refused("Say what is to be done.")
    if "owner" in changed or "due_on" in changed:
        _check(changed.get("owner"), changed.get("due_on"), held.postmortem.incident)
    before = held.status
    for name, value in changed.items():
        setattr(held, name, value)
    if held.status == ActionItem.Status.DROPPED and before != held.status and not held.note:
        raise Refused("Say in the note why it is dropped.")
    if held.status in CLOSED:
        held.closed_at = held.closed_at or now
    else:
        held.closed_at = None
    held.save()
    _tell_change(held, before, changed, user, now)
    return held


def close_action(item: ActionItem, *, note: str = "", user: User, now: dt.datetime) -> ActionItem:
    """It is done."""
    fields = {"note": note} if note.strip() else {}
    return change_action(item, status=ActionItem.Status.DONE, user=user, now=now, **fields)


def may_change(item: ActionItem, user: User) -> bool:
    """Whether this person may at least change its status."""
    return item.owner_id == user.pk or user.has_perm("incidents.change_actionitem")


def _lock(item: ActionItem) -> ActionItem:
    """The incident first, then the item, as everywhere."""
    incident = Incident.objects.select_for_update().get(postmortem=item.postmortem_id)
    held = hold(ActionItem.objects.select_related("postmortem", "owner"), item.pk)
    held.postmortem.incident = incident
    return held


def _check(owner: User | None, due_on: dt.date | None, incident: Incident) -> None:
    if owner is not None:
        check_owner(owner, incident)
    if due_on is not None and not FIRST_YEAR <= due_on.year <= LAST_YEAR:
        raise Refused("Give a day of this century as the due date.")


def _tell_change(item: ActionItem, before: str, changed: dict[str, Any], user: User, now: dt.datetime) -> None:
    if item.status != before and (item.status in CLOSED or before in CLOSED):
        did = {ActionItem.Status.DONE: "closed", ActionItem.Status.DROPPED: "dropped"}.get(
            ActionItem.Status(item.status), "reopened"
        )
        _record(item, f"{did} an action item: {item.text}", user, now)
    if "owner" in changed:
        _tell_owner(item, user, now)


def _record(item: ActionItem, text: str, user: User, now: dt.datetime) -> None:
    url = item.postmortem.get_absolute_url()
    record(item.postmortem.incident, EntryKind.FACTS, text, now=now, person=user, url=f"{url}#actions")


def _tell_owner(item: ActionItem, user: User, now: dt.datetime) -> None:
    if item.owner is None or item.owner_id == user.pk or not only_knowing([item.owner], item.postmortem.incident):
        return
    due = f"Due on {item.due_on:%A} {item.due_on.day} {item.due_on:%B %Y}." if item.due_on else "No due date yet."
    notify(
        key=f"action-given:{item.pk}:{now:%Y%m%dT%H%M%S%f}:user:{item.owner_id}",
        kind=Kind.REVIEW,
        to=item.owner,
        subject=f"{item.postmortem.incident.reference}: an action item for you",
        text=f"{user} gave you an action item:\n\n{item.text}\n\n{due}",
        now=now,
        url=f"{item.postmortem.get_absolute_url()}#actions",
        action="See the action item",
    )


def _clean(name: str, value: str) -> str:
    words = " ".join(str(value).replace("\0", "").split())
    if len(words) > LENGTHS[name]:
        raise Refused(f"{LENGTHS[name]} characters are the most. Put the details into the ticket.")
    return words
