"""Escalation in time: freezing the ladder, acknowledging, holding, calling before the time, ending.

Every function holds the incident's row first and the escalation's row after it, so a sweep and a person who answers wait
for each other, and whoever comes second sees what the first one did.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.errors import NotAllowed, require
from accounts.models import User
from incidents.errors import BadTime, NothingToCall, Refused, WrongState
from incidents.models import EntryKind, Escalation, Incident, IncidentAudience, Role, Severity
from incidents.services.holding import find_holder, hold_role
from incidents.services.locking import lock_incident, say_at
from incidents.services.paging import call_level
from incidents.services.sweeping import MOST_HOLD, call_due, sweep
from incidents.services.timeline import record
from oncall.calling import who_would_be_called
from oncall.calling.nobody import make_nobody
from oncall.models import EscalationPath
from oncall.outbox import withdraw

__all__ = [
    "MOST_HOLD",
    "acknowledge",
    "call_next_now",
    "escalate",
    "find_path",
    "may_answer",
    "severity_changed",
    "snooze",
    "start",
    "stop",
    "sweep",
]

State = Escalation.State


@transaction.atomic
def start(incident: Incident, *, now: dt.datetime, path: EscalationPath | None) -> Escalation | None:
    """Freeze the path's ladder and call its first level at once; None, said in the timeline, with nothing to call."""
    if incident.severity.escalation == Severity.Escalation.NONE:
        return None
    if path is None:
        record(incident, EntryKind.PAGE, "Nobody was paged: none of the services has an escalation path", now=now)
        return None
    repeats = incident.severity.escalation == Severity.Escalation.LADDER
    escalation = _freeze(incident, path, repeats=repeats, now=now)
    if escalation is None:
        record(incident, EntryKind.PAGE, f"Nobody was paged: {path} has no levels", now=now)
        return None
    call_due(escalation, incident, now=now)
    return escalation


@transaction.atomic
def escalate(incident: Incident, path: EscalationPath | None, *, user: User, now: dt.datetime) -> Escalation:
    """Call a path by hand, whatever the severity: there was none, it ended, or nobody answered.

    Raises NotAllowed, NothingToCall (no path, no level) and WrongState (over, or a path is being called).
    """
    require(user, "incidents.change_incident", "call an escalation path")
    found = _hold_open(incident)
    if path is None:
        raise NothingToCall("Choose the escalation path that is to be called.")
    running = _find_last(found)
    if running is not None and running.is_running:
        raise WrongState(f"{running.path_name} is being called already. You can page its next level now.")
    _end(found, State.STOPPED, states=(State.SILENT,), user=user, now=now)
    escalation = _freeze(found, path, repeats=True, now=now)
    if escalation is None:
        raise NothingToCall(f"{path} has no levels, so it calls nobody.")
    record(found, EntryKind.PAGE, f"called {path}", now=now, person=user, escalation=escalation.pk)
    call_due(escalation, found, now=now)
    return escalation


@transaction.atomic
def acknowledge(incident: Incident, *, user: User, now: dt.datetime) -> Incident:
    """Answer: nobody else is called, and whoever answers commands the incident when nobody does.

    Those who were called may, and responders. Raises NotAllowed, and WrongState, which says who was faster or that it is
    over.
    """
    found = lock_incident(incident)
    _check_may_answer(found, user)
    ended = _end(found, State.ACKNOWLEDGED, states=(State.RUNNING, State.SILENT), user=user, now=now)
    if not ended and found.acknowledged_at is not None:
        raise WrongState(describe_answer(found, user, now))
    if not found.is_open:
        raise WrongState(f"{found.reference} is over: it is {found.get_status_display().lower()}.")
    since = found.opened_at if found.acknowledged_at is None or not ended else max(one.started_at for one in ended)
    minutes = max(0, int((now - since).total_seconds() // 60))
    record(found, EntryKind.PAGE, f"acknowledged {_say_after(minutes)}", now=now, person=user, minutes=minutes)
    if found.acknowledged_at is None:
        found.acknowledged_at = max(now, found.started_at)
        found.save(update_fields=["acknowledged_at"])
    if user.has_perm("incidents.change_incident") and find_holder(found, Role.COMMANDER) is None:
        hold_role(found, Role.COMMANDER, user, now=now)
        record(found, EntryKind.ROLE, "took command by acknowledging", now=now, person=user, role=Role.COMMANDER)
    found.refresh_from_db()
    return found


def describe_answer(incident: Incident, reader: User, now: dt.datetime) -> str:
    """Who answered, and when by the reader's clock, as a sentence."""
    last = incident.escalations.filter(state=State.ACKNOWLEDGED).select_related("ended_by").first()
    at = last.ended_at if last and last.ended_at else incident.acknowledged_at
    who = (last.ended_by if last else None) or _find_commander(incident)
    when = say_at(at, now, reader) if at else "before"
    return f"{who} acknowledged it {when}." if who else f"It was acknowledged {when}."


@transaction.atomic
def snooze(incident: Incident, until: dt.datetime, reason: str, *, user: User, now: dt.datetime) -> Escalation:
    """Hold the escalation: no level is called before `until`; then it goes on where it was.

    What is due later than that anyway stays. Raises NotAllowed, Refused (no reason), BadTime (past, or more than a day)
    and WrongState (nothing is being called).
    """
    found = lock_incident(incident)
    _check_may_answer(found, user)
    escalation = _hold_running(found, now, user)
    said = " ".join(reason.replace("\0", "").split())[:300]
    if not said:
        raise Refused("Say in a few words why the next level can wait.")
    if until <= now:
        raise BadTime("Choose a time that is still to come.")
    if until > now + MOST_HOLD:
        raise BadTime("An escalation can be held for a day at most.")
    escalation.next_at = max(until, escalation.next_at or until)
    escalation.snooze_reason = said
    escalation.save(update_fields=["next_at", "snooze_reason"])
    minutes = round((until - now).total_seconds() / 60)
    text = f"held the escalation for {_say_minutes(minutes)}: {said}"
    record(found, EntryKind.PAGE, text, now=now, person=user, until=until.isoformat(), escalation=escalation.pk)
    return escalation


@transaction.atomic
def call_next_now(incident: Incident, *, user: User, now: dt.datetime) -> Escalation:
    """Call the next level without waiting; where it reaches nobody, the one after it.

    Raises NotAllowed and WrongState (nothing is being called, or every level was).
    """
    found = lock_incident(incident)
    _check_may_answer(found, user)
    escalation = _hold_running(found, now, user)
    if escalation.next_level >= len(escalation.levels):
        raise WrongState("Every level was called already. Wait for an answer, or telephone.")
    call_level(escalation, found, now=now, by=user)
    call_due(escalation, found, now=now)
    return escalation


@transaction.atomic
def stop(incident: Incident, *, now: dt.datetime) -> None:
    """Call nobody any more: the incident is over."""
    found = lock_incident(incident)
    ended = _end(found, State.STOPPED, states=(State.RUNNING, State.SILENT), user=None, now=now)
    if any(one.is_running for one in ended):
        record(found, EntryKind.PAGE, "Nobody is called any more: the incident is over", now=now)


@transaction.atomic
def severity_changed(incident: Incident, *, now: dt.datetime) -> None:
    """Follow a new severity. Worse: the next level is due sooner, or calling begins. One that pages nobody: it ends."""
    found = lock_incident(incident)
    if not found.is_open:
        return
    rule = found.severity.escalation
    last = _find_last(found, lock=True)
    if rule == Severity.Escalation.NONE:
        _stop_quietly(found, now)
    elif last is None and found.acknowledged_at is None:
        start(found, now=now, path=find_path(found))
    elif last is not None and last.state in (State.RUNNING, State.SILENT):
        _hurry(last, found, now)


def find_path(incident: Incident) -> EscalationPath | None:
    """The path of the most important service that has one."""
    services = incident.services.filter(escalation_path__isnull=False).select_related("escalation_path")
    first = services.order_by("tier", "pk").first()
    return first.escalation_path if first else None


def may_answer(incident: Incident, user: User) -> bool:
    """Whether the person may acknowledge: a responder, or somebody who was called."""
    if user.has_perm("incidents.change_incident"):
        return True
    return IncidentAudience.objects.filter(incident=incident, user=user).exists()


def _freeze(incident: Incident, path: EscalationPath, *, repeats: bool, now: dt.datetime) -> Escalation | None:
    ladder = who_would_be_called(path, now, make_nobody(sees_personal=False))
    if not ladder.levels:
        return None
    return Escalation.objects.create(
        incident=incident,
        path=path,
        ladder=ladder.to_dict(),
        repeats=repeats,
        most_wait=incident.severity.response_minutes,
        started_at=now,
        next_at=now,
    )


def _hold_open(incident: Incident) -> Incident:
    found = lock_incident(incident)
    if not found.is_open:
        raise WrongState(f"{found.reference} is over, so nobody is called. Reopen it first.")
    return found


def _check_may_answer(incident: Incident, user: User) -> None:
    if not may_answer(incident, user):
        raise NotAllowed(
            f"You were not called for {incident.reference}. A responder can answer, or whoever was called."
        )


def _find_last(incident: Incident, *, lock: bool = False) -> Escalation | None:
    rows = Escalation.objects.filter(incident=incident).order_by("-pk")
    return (rows.select_for_update() if lock else rows).first()


def _hold_running(incident: Incident, now: dt.datetime, user: User) -> Escalation:
    """The escalation that is running. Raises WrongState that says why there is none."""
    last = _find_last(incident, lock=True)
    if last is not None and last.is_running:
        return last
    if last is None:
        raise WrongState(f"Nobody is being called for {incident.reference}: no escalation path was begun.")
    if last.state == State.ACKNOWLEDGED:
        raise WrongState(f"Nobody is called any more. {describe_answer(incident, user, now)}")
    if last.state == State.SILENT:
        raise WrongState("Every level was called, and nobody answered. Acknowledge it yourself, or call another path.")
    raise WrongState(f"Nobody is called for {incident.reference} any more.")


def _end(
    incident: Incident, state: str, *, states: tuple[str, ...], user: User | None, now: dt.datetime
) -> list[Escalation]:
    """End the incident's escalations that are in one of `states`; those, as they were before. Pages not yet sent stay home."""
    held = list(Escalation.objects.select_for_update().filter(incident=incident, state__in=states))
    for one in held:
        for start_of_key in (f"page:{one.pk}:", f"silent:{one.pk}:"):
            withdraw(start_of_key, reason="Nobody has to answer any more.", now=now)
    if held:
        ending = Escalation.objects.filter(pk__in=[one.pk for one in held])
        ending.update(state=state, next_at=None, ended_at=now, ended_by=user, snooze_reason="")
    return held


def _stop_quietly(incident: Incident, now: dt.datetime) -> None:
    """The severity pages nobody: what is running ends, and that is said."""
    if _end(incident, State.STOPPED, states=(State.RUNNING, State.SILENT), user=None, now=now):
        record(incident, EntryKind.PAGE, f"Nobody is called any more: {incident.severity} pages nobody", now=now)


def _hurry(escalation: Escalation, incident: Incident, now: dt.datetime) -> None:
    """Wait no longer than the severity allows; go on with the levels that a milder one had left out."""
    escalation.repeats = incident.severity.escalation == Severity.Escalation.LADDER
    escalation.most_wait = incident.severity.response_minutes
    if escalation.state == State.SILENT:
        if escalation.next_level >= escalation.last_level:
            return
        escalation.state, escalation.ended_at, escalation.next_at = State.RUNNING, None, now
    elif not escalation.snooze_reason and escalation.next_level:
        last = escalation.called_levels.get(level=escalation.next_level - 1)
        soonest = last.called_at + escalation.find_wait(last.level)
        escalation.next_at = min(escalation.next_at or soonest, soonest)
    escalation.save(update_fields=["repeats", "most_wait", "state", "ended_at", "next_at"])
    call_due(escalation, incident, now=now)


def _find_commander(incident: Incident) -> User | None:
    holder = find_holder(incident, Role.COMMANDER)
    return holder.person if holder else None


def _say_after(minutes: int) -> str:
    return "at once" if minutes == 0 else f"after {_say_minutes(minutes)}"


def _say_minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if minutes == 1:
        return "1 minute"
    if hours == 0 or minutes <= 90:
        return f"{minutes} minutes"
    return f"{hours} h {rest} min" if rest else f"{hours} hours"
