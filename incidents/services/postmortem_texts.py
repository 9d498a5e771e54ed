"""Saving a post-mortem that two people may be writing at once: what only one of them changed is put together by itself."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.errors import require
from accounts.locking import hold
from accounts.models import User
from incidents.errors import Refused, WrongState
from incidents.models import Incident, PostMortem
from runbooks.services.secrets import check_words

TEXTS = (
    "summary",
    "impact",
    "timeline",
    "root_cause",
    "resolution",
    "prevention",
    "lessons",
    "went_well",
    "could_be_better",
    "lucky",
)
LINES = ("users_affected", "revenue_impact", "data_loss")
FIELDS = (*TEXTS, *LINES)
LONGEST = 100_000  # characters of one text


class Clash(Refused):
    """Somebody else changed the same fields meanwhile. `theirs` holds what stands in them now, by field."""

    def __init__(self, theirs: dict[str, str], now_base: dict[str, str]) -> None:
        super().__init__(
            "Somebody changed the same part meanwhile. Both texts are below: put them together, then save again."
        )
        self.theirs = theirs
        self.base = now_base


def base_of(postmortem: PostMortem) -> dict[str, str]:
    """What each field held when a form was opened: a short digest by field, small enough to travel in the form."""
    return {name: digest(getattr(postmortem, name)) for name in FIELDS}


def digest(text: str) -> str:
    """Of a text as it is stored."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def clean_text(text: str, *, is_line: bool = False) -> str:
    """As it is stored: line breaks as LF, nothing around it. Raises Refused for what can't be stored."""
    if "\0" in text:
        raise Refused("The text holds a NUL byte; text can't. Remove it and save again.")
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(plain) > (200 if is_line else LONGEST):
        raise Refused("The text is too long. Put the details behind a link.")
    return " ".join(plain.split()) if is_line else plain


@transaction.atomic
def save_postmortem(
    postmortem: PostMortem,
    base: Mapping[str, str],
    *,
    user: User,
    now: dt.datetime,
    **fields: Any,
) -> PostMortem:
    """Save the fields given (FIELDS, and `owner`), of a form that was opened on `base` (see `base_of`).

    A field that only this person changed is saved; one that only somebody else changed keeps their text; the same text
    twice is no clash; one that `base` does not know is taken as changed. Raises Clash, with nothing saved, WrongState
    when it is published, NotAllowed or Refused.
    """
    require(user, "incidents.change_postmortem", "write post-mortems")
    held = lock_postmortem(postmortem)
    if held.status == PostMortem.Status.PUBLISHED:
        raise WrongState("It is published. Reopen it, with a reason, to change it.")
    given = {name: clean_text(text, is_line=name in LINES) for name, text in fields.items() if name in FIELDS}
    mine = {name: text for name, text in given.items() if digest(text) != base.get(name)}
    for name, text in mine.items():
        check_words(text, f"“{name.replace('_', ' ').capitalize()}”")
    theirs = {
        name: getattr(held, name)
        for name, text in mine.items()
        if name in base and digest(getattr(held, name)) != base[name] and getattr(held, name) != text
    }
    if theirs:
        raise Clash(theirs, base_of(held))
    changed: dict[str, Any] = {name: text for name, text in mine.items() if getattr(held, name) != text}
    owner: User | None = fields.get("owner")
    if owner is not None and owner.pk != held.owner_id:
        check_owner(owner, held.incident)
        changed["owner"] = owner
    if not changed:
        return held
    for name, value in changed.items():
        setattr(held, name, value)
    held.revision += 1
    held.save(update_fields=[*changed, "revision"])
    return held


def lock_postmortem(postmortem: PostMortem) -> PostMortem:
    """The post-mortem as it is now, held together with its incident until the transaction ends."""
    incident = Incident.objects.select_for_update().get(pk=postmortem.incident_id)
    held = hold(PostMortem.objects.select_related("owner"), postmortem.pk)
    held.incident = incident
    return held


def check_owner(person: User, incident: Incident) -> None:
    """Raise Refused for somebody who has left, or who may not know of the incident."""
    if not person.is_active:
        raise Refused(f"{person} has left. Choose somebody else.")
    if not Incident.objects.visible_to(person).filter(pk=incident.pk).exists():
        raise Refused(f"{person} may not see this incident. Choose somebody of its team.")
