"""A post-mortem's way: begun from the incident's facts, written, looked at by others, published, reopened with a reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from accounts.errors import require
from accounts.locking import hold
from accounts.models import User
from incidents.errors import Refused, WrongState
from incidents.models import EntryKind, Incident, PostMortem
from incidents.services.postmortem_asking import ask_for
from incidents.services.postmortem_facts import gather_texts
from incidents.services.postmortem_telling import tell_owner, tell_published, tell_reviewers
from incidents.services.postmortem_texts import Clash, base_of, lock_postmortem, save_postmortem
from incidents.services.timeline import record

__all__ = [
    "NEEDED",
    "Clash",
    "Gap",
    "ask_for",
    "base_of",
    "find_gaps",
    "publish_postmortem",
    "reopen_postmortem",
    "save_postmortem",
    "send_back_postmortem",
    "start_postmortem",
    "submit_postmortem",
]
NEEDED = {
    "summary": "Summary: what happened, in a few sentences",
    "impact": "Impact: who felt it, and how",
    "timeline": "Timeline: what happened when",
    "root_cause": "Root cause",
    "resolution": "Resolution: what ended it",
}
WISHED = {
    "users_affected": "How many users were affected",
    "revenue_impact": "What it cost",
    "data_loss": "Whether data was lost",
    "prevention": "What prevents it from now on",
    "lessons": "Lessons learned",
    "went_well": "What went well",
    "could_be_better": "What could be better",
    "lucky": "Where we were lucky",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A part that nobody has written yet. Without those that are `is_needed` it can't go into review."""

    field: str
    text: str
    is_needed: bool


def find_gaps(postmortem: PostMortem, action_count: int) -> list[Gap]:
    """What is still missing, the needed parts first."""
    gaps = [Gap(name, text, True) for name, text in NEEDED.items() if not getattr(postmortem, name)]
    gaps += [Gap(name, text, False) for name, text in WISHED.items() if not getattr(postmortem, name)]
    return gaps if action_count else [*gaps, Gap("actions", "Action items: who does what until when", False)]


@transaction.atomic
def start_postmortem(incident: Incident, *, user: User, now: dt.datetime) -> PostMortem:
    """Begin the post-mortem from the incident's facts; whoever begins it owns it. The one there is, where there is one.

    Raises NotAllowed, and WrongState while the incident goes on.
    """
    require(user, "incidents.add_postmortem", "begin a post-mortem")
    held = hold(Incident.objects.select_related("team"), incident.pk)
    existing = PostMortem.objects.filter(incident=held).first()
    if existing is not None:
        return existing
    if held.is_open:
        raise WrongState("The incident is still going on. A post-mortem begins when it is resolved.")
    postmortem = PostMortem.objects.create(
        incident=held,
        status_changed_at=now,
        owner=user,
        created_at=now,
        **gather_texts(held),
    )
    _record(postmortem, "began the post-mortem", user, now)
    return postmortem


@transaction.atomic
def submit_postmortem(postmortem: PostMortem, *, user: User, now: dt.datetime) -> PostMortem:
    """Give it to others to look at. Raises WrongState, and Refused while a needed part is missing."""
    require(user, "incidents.change_postmortem", "write post-mortems")
    held = lock_postmortem(postmortem)
    if held.status != PostMortem.Status.DRAFT:
        raise WrongState("It is not a draft any more.")
    missing = [gap.text.partition(":")[0].lower() for gap in find_gaps(held, 1) if gap.is_needed]
    if missing:
        raise Refused(f"Still missing: {', '.join(missing)}. Others can look at it when these are written.")
    _set_status(held, PostMortem.Status.REVIEW, now)
    _record(held, "gave the post-mortem to review", user, now)
    tell_reviewers(held, user=user, now=now)
    return held


@transaction.atomic
def send_back_postmortem(postmortem: PostMortem, reason: str, *, user: User, now: dt.datetime) -> PostMortem:
    """Back to a draft, with what is to be done. The owner may take it back too. Raises WrongState or Refused."""
    held = lock_postmortem(postmortem)
    if user.pk != held.owner_id:
        require(user, "incidents.publish_postmortem", "send a post-mortem back")
    if held.status != PostMortem.Status.REVIEW:
        raise WrongState("It is not in review.")
    reason = _clean_reason(reason, "Say what is to be changed.")
    _set_status(held, PostMortem.Status.DRAFT, now)
    _record(held, f"sent the post-mortem back: {reason}", user, now)
    if user.pk != held.owner_id:
        tell_owner(held, reason, user=user, now=now)
    return held


@transaction.atomic
def publish_postmortem(postmortem: PostMortem, *, user: User, now: dt.datetime) -> PostMortem:
    """It is done: from now on its texts are fixed, and those who had a role are told. Raises NotAllowed, WrongState."""
    require(user, "incidents.publish_postmortem", "publish a post-mortem")
    held = lock_postmortem(postmortem)
    if held.status != PostMortem.Status.REVIEW:
        raise WrongState("Only a post-mortem in review can be published.")
    held.published_by, held.published_at = user, now
    _set_status(held, PostMortem.Status.PUBLISHED, now)
    _record(held, "published the post-mortem", user, now)
    tell_published(held, user=user, now=now)
    return held


@transaction.atomic
def reopen_postmortem(postmortem: PostMortem, reason: str, *, user: User, now: dt.datetime) -> PostMortem:
    """Back to a draft after publishing; the reason stands in the incident's timeline. Raises NotAllowed, WrongState."""
    require(user, "incidents.publish_postmortem", "reopen a post-mortem")
    held = lock_postmortem(postmortem)
    if held.status != PostMortem.Status.PUBLISHED:
        raise WrongState("It is not published.")
    reason = _clean_reason(reason, "Say why it is opened again.")
    held.published_by = held.published_at = None
    _set_status(held, PostMortem.Status.DRAFT, now)
    _record(held, f"reopened the post-mortem: {reason}", user, now)
    return held


def _set_status(held: PostMortem, status: PostMortem.Status, now: dt.datetime) -> None:
    held.status, held.status_changed_at = status, now
    held.revision += 1
    held.save(update_fields=["status", "status_changed_at", "published_by", "published_at", "revision"])


def _record(postmortem: PostMortem, text: str, user: User, now: dt.datetime) -> None:
    record(postmortem.incident, EntryKind.FACTS, text, now=now, person=user, url=postmortem.get_absolute_url())


def _clean_reason(reason: str, ask: str) -> str:
    words = " ".join(reason.replace("\0", "").split())[:300]
    if not words:
        raise Refused(ask)
    return words
