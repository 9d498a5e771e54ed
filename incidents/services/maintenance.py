"""Maintenance windows: planned, changed, called off. Whoever was told of one is told of what becomes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.errors import require
from accounts.locking import hold
from accounts.models import Team, User
from incidents.errors import BadTime, Refused, WrongState
from incidents.models import MaintenanceWindow, Run
from incidents.services.maintenance_notice import Cause, find_told, tell_of_window
from oncall.models import Channel, Service
from runbooks.models import Runbook
from runbooks.services.secrets import check_words

A_MINUTE = dt.timedelta(minutes=1)
LONGEST_REASON = 300


@dataclass(frozen=True)
class WindowPlan:
    """What is planned. `start` and `end` are aware; the window is half-open, so two may follow one another."""

    title: str
    services: tuple[Service, ...]
    start: dt.datetime
    end: dt.datetime
    impact: str
    description: str = ""
    team: Team | None = None
    runbook: Runbook | None = None
    anchor: str = ""
    channels: tuple[Channel, ...] = ()
    is_example: bool = False


@transaction.atomic
def plan_window(plan: WindowPlan, *, user: User, now: dt.datetime) -> MaintenanceWindow:
    """Plan a window. One that begins within the notice (`MAINTENANCE_NOTICE_HOURS`) is announced at once, others later.

    Conflicts with other windows are no reason to refuse: see `find_conflicts`. Raises NotAllowed, Refused and BadTime.
    """
    require(user, "incidents.add_maintenancewindow", "plan maintenance")
    _check_words(plan)
    if plan.start <= now - A_MINUTE:
        raise BadTime("The start lies in the past. Maintenance is planned before it begins.")
    _check_ends(plan)
    window = MaintenanceWindow(created_by=user, created_at=now, is_example=plan.is_example)
    _write(window, plan)
    if plan.start <= now + find_notice():
        _announce(window, now)
    return window


@transaction.atomic
def change_window(window: MaintenanceWindow, plan: WindowPlan, *, user: User, now: dt.datetime) -> MaintenanceWindow:
    """Plan it otherwise; who was told of the old plan is told of the new one when something they were told changes.

    A window that has begun keeps its start. Raises NotAllowed, Refused, BadTime, and WrongState when it is over.
    """
    require(user, "incidents.change_maintenancewindow", "change maintenance")
    found = _lock(window)
    _check_standing(found, now)
    _check_words(plan)
    has_begun = found.during.lower <= now
    if has_begun and plan.start != found.during.lower:
        raise BadTime("It has begun already, so its start stays. Change the end.")
    if not has_begun and plan.start <= now - A_MINUTE:
        raise BadTime("The start lies in the past. Choose one that is still to come.")
    _check_ends(plan)
    if plan.end <= now:
        raise BadTime("The end lies in the past. Choose one that is still to come.")
    before = _told_facts(found)
    already = find_told(found)
    _write(found, plan)
    if found.announced_at is not None and before != _told_facts(found):
        tell_of_window(found, Cause.CHANGED, now=now, also=already)
    elif found.announced_at is None and plan.start <= now + find_notice():
        _announce(found, now)
    return found


@transaction.atomic
def cancel_window(window: MaintenanceWindow, reason: str, *, user: User, now: dt.datetime) -> MaintenanceWindow:
    """Call it off, or end it early, and say why. Raises NotAllowed, Refused without a reason, WrongState."""
    require(user, "incidents.change_maintenancewindow", "call off maintenance")
    found = _lock(window)
    _check_standing(found, now)
    reason = " ".join(reason.replace("\0", "").split())
    if not reason:
        raise Refused("Say in a few words why it is called off.")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"The reason is a sentence of at most {LONGEST_REASON} characters.")
    check_words(reason, "The reason")
    found.cancelled_at, found.cancel_reason = now, reason
    found.save(update_fields=["cancelled_at", "cancel_reason"])
    if found.announced_at is not None:
        tell_of_window(found, Cause.CANCELLED, now=now)
    return found


@transaction.atomic
def attach_run(window: MaintenanceWindow, run: Run, *, user: User, now: dt.datetime) -> MaintenanceWindow:
    """Say that this run does the window's steps. Raises NotAllowed, and WrongState where another run does."""
    require(user, "incidents.add_run", "start runs")
    found = _lock(window)
    if found.run_id == run.pk:
        return found
    if found.cancelled_at is not None:
        raise WrongState("This maintenance was called off.")
    if found.run is not None and found.run.outcome != Run.Outcome.STOPPED:
        raise WrongState("A run of this maintenance was started before.")
    found.run = run
    found.save(update_fields=["run"])
    return found


def announce_due(now: dt.datetime) -> int:
    """Announce the windows that begin within the notice, each once; how many were announced.

    Any number may run at once: a window is held while it is announced, and one that is held is somebody else's.
    """
    due = MaintenanceWindow.objects.standing().filter(
        announced_at=None, during__startswith__lte=now + find_notice(), during__endswith__gt=now
    )
    return sum(_announce_if_due(pk, now) for pk in due.values_list("pk", flat=True))


def find_notice() -> dt.timedelta:
    """How long before it begins a window is announced."""
    return dt.timedelta(hours=settings.MAINTENANCE_NOTICE_HOURS)


@transaction.atomic
def _announce_if_due(pk: int, now: dt.datetime) -> int:
    waiting = MaintenanceWindow.objects.standing().filter(pk=pk, announced_at=None)
    window = waiting.select_for_update(skip_locked=True).first()
    if window is None:
        return 0
    _announce(window, now)
    return 1


def _announce(window: MaintenanceWindow, now: dt.datetime) -> None:
    window.announced_at = now
    window.save(update_fields=["announced_at"])
    tell_of_window(window, Cause.ANNOUNCED, now=now)


def _lock(window: MaintenanceWindow) -> MaintenanceWindow:
    return hold(MaintenanceWindow.objects.select_related("team", "run", "created_by"), window.pk)


def _check_standing(window: MaintenanceWindow, now: dt.datetime) -> None:
    if window.cancelled_at is not None:
        raise WrongState("This maintenance was called off before. Plan a new one.")
    if window.during.upper <= now:
        raise WrongState("This maintenance is over.")


def _check_words(plan: WindowPlan) -> None:
    if not plan.title.strip():
        raise Refused("Give it a title.")
    if not plan.services:
        raise Refused("Choose at least one service.")
    if not plan.impact.strip():
        raise Refused("Say what others will notice, even if that is nothing.")
    for words, where in ((plan.title, "The title"), (plan.impact, "The impact"), (plan.description, "The description")):
        if "\0" in words:
            raise Refused(f"{where} holds a NUL byte; text can't.")
        check_words(words, where)


def _check_ends(plan: WindowPlan) -> None:
    if plan.end <= plan.start:
        raise BadTime("The end must come after the start.")


def _write(window: MaintenanceWindow, plan: WindowPlan) -> None:
    window.title = " ".join(plan.title.split())[:200]
    window.during = (plan.start, plan.end)
    window.impact, window.description = plan.impact.strip(), plan.description.strip()
    window.team = plan.team or next((service.team for service in plan.services if service.team), None)
    window.runbook = plan.runbook
    window.anchor = plan.anchor if plan.runbook else ""
    window.save()
    window.services.set(plan.services)
    window.channels.set(plan.channels)
    window.refresh_from_db(fields=["during"])


def _told_facts(window: MaintenanceWindow) -> tuple[object, ...]:
    """What those who were told know of it."""
    services: Iterable[int] = window.services.order_by("pk").values_list("pk", flat=True)
    return (window.title, window.during.lower, window.during.upper, window.impact, tuple(services))
