"""Watch items: lit, changed, prolonged, closed. Each has a fuse, and somebody who hears of its end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction

from accounts.errors import require
from accounts.models import Team, User
from incidents.errors import BadTime, Refused, WrongState
from incidents.models import WatchChange, WatchItem
from incidents.models.watch import TRIGGERED
from oncall.models import Classification, Service
from oncall.services.moments import say_both
from runbooks.services.secrets import check_words

LONGEST_TEXT = 300
LONGEST_NAME = 200
LONGEST_URL = 500
LONGEST_FUSE = dt.timedelta(days=366)


@dataclass(frozen=True)
class WatchPlan:
    """What is lit. `expires_at` is aware; `service` and `alert_name` say where it shows, both together narrow it."""

    text: str
    team: Team
    expires_at: dt.datetime
    kind: str = WatchItem.Kind.WATCH
    service: Service | None = None
    alert_name: str = ""
    owner: User | None = None
    url: str = ""
    is_example: bool = False


@transaction.atomic
def light(plan: WatchPlan, *, user: User, now: dt.datetime) -> WatchItem:
    """Light a watch item. Raises NotAllowed, Refused, and BadTime for an end that is past or more than a year away."""
    require(user, "incidents.add_watchitem", "light watch items")
    plan = _tidy(plan)
    _check(plan, user)
    _check_end(plan.expires_at, now)
    item = WatchItem(created_by=user, created_at=now, is_example=plan.is_example)
    _write(item, plan)
    item.save()
    return item


@transaction.atomic
def change_item(item: WatchItem, plan: WatchPlan, *, user: User, now: dt.datetime) -> WatchItem:
    """Say it otherwise. What it said before stays in its history. Raises NotAllowed, Refused, BadTime, WrongState."""
    found = _lock(item, user, "change watch items")
    plan = _tidy(plan)
    _check(plan, user, before=found)
    if plan.expires_at != found.expires_at:
        _check_end(plan.expires_at, now)
    before, ended = _facts_of(found), found.expires_at
    _write(found, plan)
    after = _facts_of(found)
    said = [_say_change(name, before[name], after[name]) for name in after if before[name] != after[name]]
    if found.expires_at != ended:
        said.append("changed until when")
    if not said:
        return found
    found.save()
    _remember(found, "; ".join(said), user=user, now=now, ended=ended)
    return found


@transaction.atomic
def prolong(item: WatchItem, until: dt.datetime, *, user: User, now: dt.datetime) -> WatchItem:
    """Let it burn until another moment; one that has expired burns again. Raises NotAllowed, BadTime, WrongState."""
    found = _lock(item, user, "prolong watch items")
    _check_end(until, now)
    ended = found.expires_at
    if until == ended:
        return found
    found.expires_at = until
    found.save(update_fields=["expires_at"])
    said = "made it end earlier" if until < ended else "lit it again" if ended <= now else "prolonged it"
    _remember(found, said, user=user, now=now, ended=ended)
    return found


@transaction.atomic
def close_item(item: WatchItem, reason: str = "", *, user: User, now: dt.datetime) -> WatchItem:
    """Put it out, with or without a reason. Raises NotAllowed, Refused, WrongState."""
    found = _lock(item, user, "close watch items")
    reason = _one_line(reason)
    if len(reason) > LONGEST_TEXT:
        raise Refused(f"The reason is a sentence of at most {LONGEST_TEXT} characters.")
    check_words(reason, "The reason")
    found.closed_at, found.closed_by, found.close_reason = now, user, reason
    found.save(update_fields=["closed_at", "closed_by", "close_reason"])
    return found


def may_know(person: User, service: Service | None, team: Team) -> bool:
    """Whether somebody may know of an item of that team on that service."""
    if service is None or not _is_secret(service):
        return True
    if person.has_perm("runbooks.view_confidential_runbook"):
        return True
    return bool({team.pk, service.team_id} & set(person.get_team_ids()))


def _lock(item: WatchItem, user: User, what: str) -> WatchItem:
    """The item as it is now, held until the transaction ends. Raises NotAllowed, and WrongState once it is closed."""
    require(user, "incidents.change_watchitem", what)
    # Nothing is joined: whoever waited for the row would get the people of before the wait.
    found = WatchItem.objects.select_for_update().get(pk=item.pk)
    if found.closed_at is not None:
        who = "You" if found.closed_by_id == user.pk else str(found.closed_by)
        raise WrongState(f"{who} closed it {say_both(found.closed_at, user.time_zone, 'UTC')}. Light a new one.")
    return found


def _tidy(plan: WatchPlan) -> WatchPlan:
    return WatchPlan(
        text=_one_line(plan.text),
        team=plan.team,
        expires_at=plan.expires_at,
        kind=plan.kind,
        service=plan.service,
        alert_name=plan.alert_name.replace("\0", "").strip(),
        owner=plan.owner,
        url=plan.url.strip(),
        is_example=plan.is_example,
    )


def _check(plan: WatchPlan, user: User, before: WatchItem | None = None) -> None:
    if not plan.text:
        raise Refused("Say what to look at, and the value at which to act.")
    if len(plan.text) > LONGEST_TEXT:
        raise Refused(f"It is a sentence of at most {LONGEST_TEXT} characters.")
    check_words(plan.text, "The text")
    if plan.kind not in WatchItem.Kind.values:
        raise Refused("There is no such kind of watch item.")
    if len(plan.alert_name) > LONGEST_NAME or not plan.alert_name.isprintable():
        raise Refused(f"The name of an alert is one line of at most {LONGEST_NAME} characters.")
    if plan.kind in TRIGGERED and not plan.service and not plan.alert_name:
        raise Refused("Name the alert or the service that it is about: that is where it shows.")
    _check_url(plan.url)
    _check_people(plan, user, before)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Refused("The link can't be read.") from None
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc)
    if url and (len(url) > LONGEST_URL or not url.isprintable() or not is_web):
        raise Refused(f"The link begins with http:// or https:// and has at most {LONGEST_URL} characters.")


def _check_people(plan: WatchPlan, user: User, before: WatchItem | None) -> None:
    kept = before is not None and (before.service, before.team) == (plan.service, plan.team)
    if before is not None and before.service != plan.service and _is_secret(before.service):
        raise Refused(
            "It is about a Confidential service, and its history would tell of it. Close it and light a new one."
        )
    if plan.service and not kept and not Service.objects.visible_to(user).filter(pk=plan.service.pk).exists():
        raise Refused("There is no such service.")
    owner = plan.owner
    if owner is None or (before is not None and before.owner == owner and kept):
        return
    if not owner.is_active:
        raise Refused(f"{owner} has left. Choose somebody who is still here.")
    if not may_know(owner, plan.service, plan.team):
        raise Refused(f"{plan.service} is Confidential, and {owner} may not know of it. Choose somebody else.")


def _check_end(at: dt.datetime, now: dt.datetime) -> None:
    if at <= now:
        raise BadTime("The end lies in the past. Choose one that is still to come.")
    if at > now + LONGEST_FUSE:
        raise BadTime("A year is the longest. What lasts longer belongs into the runbook.")


def _write(item: WatchItem, plan: WatchPlan) -> None:
    item.kind, item.team, item.service, item.alert_name = plan.kind, plan.team, plan.service, plan.alert_name
    item.text, item.owner, item.url, item.expires_at = plan.text, plan.owner, plan.url, plan.expires_at


def _facts_of(item: WatchItem) -> dict[str, str]:
    return {
        "text": item.text,
        "kind": WatchItem.Kind(item.kind).label,
        "team": str(item.team),
        "service": str(item.service or ""),
        "alert": item.alert_name,
        "owner": str(item.owner or ""),
        "link": item.url,
    }


def _is_secret(service: Service | None) -> bool:
    return service is not None and service.classification == Classification.CONFIDENTIAL


def _say_change(name: str, before: str, after: str) -> str:
    return f"changed the {name} from “{before or 'none'}” to “{after or 'none'}”"


def _remember(item: WatchItem, text: str, *, user: User, now: dt.datetime, ended: dt.datetime) -> None:
    moved = item.expires_at != ended
    WatchChange.objects.create(
        item=item,
        person=user,
        at=now,
        text=text if len(text) <= 1000 else text[:999] + "…",
        expired_at=ended if moved else None,
        expires_at=item.expires_at if moved else None,
    )


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
