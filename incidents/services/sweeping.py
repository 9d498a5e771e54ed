"""The sweep: whatever is due is called, and only once, however many workers look at that moment.

The rows say what is due, so nothing has to be remembered between two sweeps. Each escalation is taken in a transaction of
its own, with its incident's row held; a worker that dies in the middle leaves it as it was.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection
from threading import Lock

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Exists, OuterRef, Subquery

from incidents.models import OPEN, CalledLevel, EntryKind, Escalation, Incident
from incidents.models.escalation import EscalationQuerySet
from incidents.services.paging import ACKNOWLEDGE, add_audience, call_level, find_link, tell_again
from incidents.services.timeline import record
from oncall.models import Kind
from oncall.outbox import notify_team
from oncall.outbox.notifying import find_team_recipients

BATCH = 200  # escalations of one sweep: about two seconds; the next sweep goes on
MOST_ROUNDS = 4  # a ladder that stays silent is called again three times
MOST_HOLD = dt.timedelta(hours=24)
STEP_BACK = dt.timedelta(minutes=1)  # a call this far in the future: the clock was put back

RUN_TIME = dt.timedelta(seconds=50)
ONE_SWEEP = Lock()  # of a process, so that threads are left to send what the sweep has written

State = Escalation.State
log = logging.getLogger("incidents.escalation")


def sweep(now: dt.datetime, size: int = BATCH) -> int:
    """Call the levels that are due, at most `size`; how many escalations went on. Harmless when run twice or at once."""
    _mend_clock(now)
    handled, skip = 0, set[int]()
    while handled + len(skip) < size:
        row: Escalation | None = None
        try:
            with transaction.atomic():
                row = _claim_due(now, skip)
                if row is None:
                    break
                handled += _go_on(row, now)
        except (InterfaceError, OperationalError):
            raise  # the database is away: the next sweep finds everything as it is
        except Exception:
            if row is None:
                raise
            log.exception("escalation %s could not go on", row.pk)
            skip.add(row.pk)  # the others must not wait for it; the next sweep tries again
    return handled + _repeat_silent(now, size - handled)


def sweep_all(*, now: Callable[[], dt.datetime]) -> int:
    """Sweep until nothing is left or the better part of a minute has passed by the clock `now`; how many went on.

    A second run in the same process ends at once; in other processes any number may run.
    """
    if not ONE_SWEEP.acquire(blocking=False):
        return 0
    try:
        total, end = 0, now() + RUN_TIME
        while now() < end:
            handled = sweep(now())
            total += handled
            if handled < BATCH:
                break
        return total
    finally:
        ONE_SWEEP.release()


def call_due(escalation: Escalation, incident: Incident, *, now: dt.datetime) -> None:
    """Call the level that is due, and those after one that reaches nobody; after the last one it is silent. Saves it."""
    while escalation.is_running and escalation.next_at is not None and escalation.next_at <= now:
        if escalation.next_level >= escalation.last_level:
            _fall_silent(escalation, incident, now)
        else:
            call_level(escalation, incident, now=now)
    escalation.save(update_fields=["state", "next_level", "next_at", "snooze_reason", "ended_at"])


def _claim_due(now: dt.datetime, skip: Collection[int]) -> Escalation | None:
    """The longest due, with its incident's row held; rows that somebody else holds are theirs."""
    due = Escalation.objects.due(now).filter(incident__is_example=False).exclude(pk__in=skip)
    return (
        due.select_related("incident__severity", "incident__team")
        .select_for_update(skip_locked=True, of=("incident",))
        .first()
    )


def _go_on(claimed: Escalation, now: dt.datetime) -> int:
    """Look again, now that nobody else can change it: what was claimed may have been answered a moment ago."""
    escalation = Escalation.objects.select_for_update().filter(pk=claimed.pk).due(now).first()
    if escalation is None:
        return 0
    incident = claimed.incident
    escalation.incident = incident
    if incident.is_open:
        call_due(escalation, incident, now=now)
    else:
        escalation.state, escalation.next_at, escalation.ended_at = State.STOPPED, None, now
        escalation.save(update_fields=["state", "next_at", "ended_at"])
    return 1


def _fall_silent(escalation: Escalation, incident: Incident, now: dt.datetime) -> None:
    """Everybody was called and nobody answered: say it to the last level and the team, and on the front page."""
    escalation.state, escalation.next_at, escalation.ended_at = State.SILENT, None, now
    escalation.snooze_reason = ""
    reached = escalation.called_levels.exclude(called=[]).order_by("level").values_list("label", flat=True)
    text = f"Nobody answered: {', '.join(reached)} of {escalation.path_name} stayed silent"
    if not reached:
        text = f"Nobody could be called: no level of {escalation.path_name} reaches anybody"
    record(incident, EntryKind.PAGE, text, now=now, escalation=escalation.pk, silent=True)
    if incident.is_example:
        return
    tell_again(escalation, incident, now=now)
    if incident.team is not None:
        add_audience(incident, find_team_recipients(incident.team))
        notify_team(
            incident.team,
            key=f"silent:{escalation.pk}",
            kind=Kind.PAGE,
            subject=f"Nobody answered: {incident.severity} {incident.reference}",
            text=f"{text}.",
            now=now,
            url=find_link(incident),
            action=ACKNOWLEDGE,
        )


def _repeat_silent(now: dt.datetime, size: int) -> int:
    """Call ladders again that have stayed silent for long, from their first level; three times, then people have to."""
    minutes = settings.ESCALATION_REPEAT_MINUTES
    if not minutes:
        return 0
    rows = _find_unanswered().filter(ended_at__lte=now - dt.timedelta(minutes=minutes)).order_by("ended_at")
    done = 0
    for pk in rows.values_list("pk", flat=True)[: max(0, size)]:
        with transaction.atomic():
            done += _repeat(pk, now)
    return done


def _find_unanswered() -> EscalationQuerySet:
    """Silent ladders of open incidents that may be called once more: the newest of each incident."""
    own = Escalation.objects.filter(incident=OuterRef("incident"))
    rounds = own.filter(state=State.SILENT).order_by().values("incident").annotate(number=Count("pk")).values("number")
    return (
        Escalation.objects.filter(
            ~Exists(own.filter(pk__gt=OuterRef("pk"))),
            state=State.SILENT,
            repeats=True,
            incident__status__in=OPEN,
            incident__is_example=False,
        )
        .alias(rounds=Subquery(rounds))
        .filter(rounds__lt=MOST_ROUNDS)
    )


def _repeat(pk: int, now: dt.datetime) -> int:
    """Begin another round with the same frozen ladder. Whoever holds the incident's row is about to answer or to repeat."""
    rows = _find_unanswered().filter(pk=pk).select_related("incident__severity", "incident__team")
    claimed = rows.select_for_update(skip_locked=True, of=("incident",)).first()
    if claimed is None or not _find_unanswered().filter(pk=pk).exists():
        return 0
    incident = claimed.incident
    again = Escalation.objects.create(
        incident=incident,
        path_id=claimed.path_id,
        ladder=claimed.ladder,
        repeats=True,
        most_wait=claimed.most_wait,
        started_at=now,
        next_at=now,
    )
    record(incident, EntryKind.PAGE, f"{again.path_name} is called once more: nobody has answered", now=now)
    call_due(again, incident, now=now)
    return 1


def _mend_clock(now: dt.datetime) -> None:
    """After a clock was put back, let nobody wait for the time that it shows twice.

    No level is due later than its own wait from now, or a day where it is held. What was called stays called.
    """
    ahead = CalledLevel.objects.filter(escalation=OuterRef("pk"), called_at__gt=now + STEP_BACK)
    rows = Escalation.objects.running().filter(Exists(ahead), incident__is_example=False)
    for pk in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            claimed = rows.filter(pk=pk).select_for_update(skip_locked=True, of=("self", "incident"))
            row = claimed.select_related("incident").first()
            if row is not None and row.next_level:
                wait = MOST_HOLD if row.snooze_reason else row.find_wait(row.next_level - 1)
                Escalation.objects.filter(pk=pk, next_at__gt=now + wait).update(next_at=now + wait)
