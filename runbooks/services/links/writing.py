"""What came of asking, written down: the state of a link, when it is asked again, and what that says about runbooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from runbooks.models import ExternalLink, LinkUse, Runbook
from runbooks.models.link import ExternalLinkQuerySet
from runbooks.services.evidence import settle
from runbooks.services.freshness import refresh_freshness
from runbooks.services.links.following import Outcome, Verdict
from runbooks.services.links.saying import list_keys, notice_dead
from runbooks.services.links.timing import (
    ALIVE_PAUSE,
    BUSY_PAUSE,
    CLOSED_PAUSE,
    CONFIRM_PAUSE,
    DOUBT_PAUSE,
    LEFT_PAUSE,
    find_dead_pause,
    spread,
)

State = ExternalLink.State
Fields = dict[str, Any]
ASKED_LATELY = dt.timedelta(minutes=1)
WITNESSES = 10


@transaction.atomic
def write_verdict(link: ExternalLink, verdict: Verdict, now: dt.datetime) -> None:
    """Write it down. Runbooks hear of a link that died or came back, and of one that has been dead for three days.

    Only whoever has the turn at its host writes here. Runbooks are locked before what is said of them, as everywhere.
    """
    fresh = ExternalLink.objects.filter(pk=link.pk).first()
    if fresh is None:
        return
    fields = _make_fields(fresh, verdict, now)
    was_dead, is_dead = fresh.state == State.DEAD, fields.get("state", fresh.state) == State.DEAD
    runbooks = _lock_runbooks(fresh) if was_dead or is_dead else []
    if was_dead and not is_dead:
        settle(list_keys(fresh, runbooks), now)
    for name, value in fields.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=list(fields))
    notice_dead(fresh, now)
    if was_dead != is_dead:
        refresh_freshness(runbooks, now)


def ask_again(links: ExternalLinkQuerySet, *, user: User, now: dt.datetime) -> int:
    """Have addresses asked as soon as their hosts' pace allows; how many. Those asked within the last minute stay as they are."""
    require(user, "runbooks.change_runbook", "have links checked")
    return links.exclude(checked_at__gt=now - ASKED_LATELY).update(next_check_at=now)


def _make_fields(link: ExternalLink, verdict: Verdict, now: dt.datetime) -> Fields:
    if verdict.outcome is Outcome.LATER:
        return {"next_check_at": now + CONFIRM_PAUSE}
    return {"checked_at": now, "status": verdict.status} | _WRITE[verdict.outcome](link, verdict, now)


def _lock_runbooks(link: ExternalLink) -> list[int]:
    """Those that lead there, held until the end of the transaction."""
    uses = LinkUse.objects.filter(link=link).order_by().values("runbook")
    held = Runbook.objects.filter(pk__in=uses).order_by("pk").select_for_update(no_key=True)
    return list(held.values_list("pk", flat=True))


def _write_alive(link: ExternalLink, verdict: Verdict, now: dt.datetime) -> Fields:
    return _make(State.ALIVE, now + spread(ALIVE_PAUSE, link.sha256), leads_to=verdict.leads_to)


def _write_closed(link: ExternalLink, verdict: Verdict, now: dt.datetime) -> Fields:
    return _make(State.UNSURE, now + spread(CLOSED_PAUSE, link.sha256), verdict.said)


def _write_busy(link: ExternalLink, verdict: Verdict, now: dt.datetime) -> Fields:
    """It passes: a dead link stays dead, for it did not come back either."""
    due = now + max(verdict.retry_after or BUSY_PAUSE, BUSY_PAUSE)
    if link.state == State.DEAD:
        return {"next_check_at": due}
    return _make(State.UNSURE, due, verdict.said)


def _write_left(link: ExternalLink, verdict: Verdict, now: dt.datetime) -> Fields:
    return _make(State.LEFT, now + spread(LEFT_PAUSE, link.sha256), verdict.said)


def _write_gone(link: ExternalLink, verdict: Verdict, now: dt.datetime) -> Fields:
    return _write_failure(link, verdict, now, is_certain=True)


def _write_silent(link: ExternalLink, verdict: Verdict, now: dt.datetime) -> Fields:
    """Silence tells about the link only while others answer: before that, it may be the portal's own network."""
    others = ExternalLink.objects.exclude(pk=link.pk)
    since = link.failing_since or now
    do_others_answer = others.filter(status__isnull=False, checked_at__gte=since).exists()
    if not do_others_answer and link.failing_since:
        _call_witness(link, now)
    return _write_failure(link, verdict, now, is_certain=do_others_answer)


def _call_witness(link: ExternalLink, now: dt.datetime) -> None:
    """Have an address of another host asked that answers as a rule. When many such were silent too, it is the network."""
    elsewhere = ExternalLink.objects.exclude(host=link.host_id).filter(state=State.ALIVE).in_use()
    if elsewhere.filter(failing_since__isnull=False).count() >= WITNESSES:
        return
    witness = elsewhere.filter(failing_since__isnull=True).order_by("checked_at").values_list("pk", flat=True).first()
    if witness is not None:
        ExternalLink.objects.filter(pk=witness, next_check_at__gt=now).update(next_check_at=now)


def _write_failure(link: ExternalLink, verdict: Verdict, now: dt.datetime, *, is_certain: bool) -> Fields:
    """The first failure changes nothing yet: ten minutes later a second one has to confirm it."""
    since = link.failing_since or now
    failing = {"failing_since": since, "said": verdict.said[:300]}
    if link.state == State.DEAD:
        return failing | {"next_check_at": now + find_dead_pause(since, now)}
    if now - since < CONFIRM_PAUSE:
        return failing | {"next_check_at": since + CONFIRM_PAUSE}
    if not is_certain:
        return failing | {"next_check_at": now + (CONFIRM_PAUSE if now - since < DOUBT_PAUSE else DOUBT_PAUSE)}
    return failing | {
        "state": State.DEAD,
        "dead_since": since,
        "leads_to": "",
        "next_check_at": now + find_dead_pause(since, now),
    }


def _make(state: str, next_check_at: dt.datetime, said: str = "", leads_to: str = "") -> Fields:
    return {
        "state": state,
        "said": said[:300],
        "leads_to": leads_to,
        "failing_since": None,
        "dead_since": None,
        "next_check_at": next_check_at,
    }


_WRITE: dict[Outcome, Callable[[ExternalLink, Verdict, dt.datetime], Fields]] = {
    Outcome.ALIVE: _write_alive,
    Outcome.GONE: _write_gone,
    Outcome.SILENT: _write_silent,
    Outcome.CLOSED: _write_closed,
    Outcome.BUSY: _write_busy,
    Outcome.LEFT: _write_left,
}
