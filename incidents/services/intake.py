"""Alerts in: a request is stored and answered at once; a worker takes it apart, some at a time in one transaction.

What payloads do and that they are done is written together. So a worker that is killed, a database that goes away, or a
second worker lose nothing and double nothing. A nudge comes with each payload; the beat finds what a lost one left.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from threading import Event, Lock

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Func, IntegerField, Q, QuerySet

from accounts.errors import require
from accounts.models import Token, User
from incidents.alertmanager import Unreadable, read_notification
from incidents.errors import BadRequest
from incidents.models import AlertPayload
from incidents.services.alert_lookups import Lookups
from incidents.services.alerts import take_in
from oncall.outbox.delivering import stopping
from oncall.outbox.nudging import ask_worker

Clock = Callable[[], dt.datetime]

TASK = "incidents.tasks.take_alerts_apart"
MOST_ATTEMPTS = 5
PAUSE = dt.timedelta(seconds=5)  # after an attempt that failed; four times as long after two, nine times after three
BATCH, BATCH_BYTES = 50, 2_000_000  # payloads in one transaction
RUN_TIME = dt.timedelta(seconds=50)
FRESH_FOR = dt.timedelta(seconds=3)  # how long rules, services and sections are remembered in a run
NUDGE_EVERY = 0.25  # seconds; a storm nudges no more often
LINGER = 0.5  # seconds after the last payload, so that none waits for which no nudge was sent

log = logging.getLogger("incidents.intake")
_running = Lock()  # one run in a process, so that threads are left for other tasks
_wanted = Event()  # somebody asked for a run since the last one looked
_last_nudge = 0.0


def receive(body: bytes, token: Token | None, now: dt.datetime) -> int:
    """Store a notification byte for byte; how many alerts it holds. Raises BadRequest for what can't be understood."""
    try:
        sent = read_notification(body)
    except Unreadable as error:
        raise BadRequest(str(error)) from error
    AlertPayload.objects.create(token=token, body=body, received_at=now)
    transaction.on_commit(nudge, robust=True)
    return len(sent.alerts)


def nudge() -> None:
    """Ask a worker to look, a few times in a second at most: a run looks once more after LINGER."""
    global _last_nudge  # noqa: PLW0603 - of this process
    if time.monotonic() - _last_nudge < NUDGE_EVERY:
        return
    _last_nudge = time.monotonic()
    ask_worker(TASK)


def process_waiting(now: Clock, *, linger: float = 0.0) -> int:
    """Take apart what waits, the oldest first; how many payloads it was.

    Ends when nothing has come for `linger` seconds, or when RUN_TIME has passed by the clock `now`. In one process there
    is one run at a time, which also does what it is asked for meanwhile; in other processes there may be any number.
    """
    done = 0
    _wanted.set()
    while _wanted.is_set() and _running.acquire(blocking=False):
        try:
            _wanted.clear()
            done += _run(now, linger)
        finally:
            _running.release()
    return done


def forget_payloads(now: dt.datetime) -> int:
    """Delete payloads that came in more than ALERT_PAYLOAD_DAYS ago; how many. What they said stays."""
    before = now - dt.timedelta(days=settings.ALERT_PAYLOAD_DAYS)
    deleted, _ = AlertPayload.objects.filter(received_at__lt=before, processed_at__isnull=False).delete()
    return deleted


@transaction.atomic
def try_again(payloads: QuerySet[AlertPayload], *, user: User, now: dt.datetime) -> int:
    """Let payloads that were given up, or done, be taken apart once more; how many. Raises NotAllowed.

    What they did before is not done twice, as the same alert is the same alert.
    """
    require(user, "incidents.view_alertpayload", "take payloads apart again")
    number = payloads.filter(received_at__lte=now).update(processed_at=None, attempts=0, error="")
    transaction.on_commit(nudge, robust=True)
    return number


def _run(now: Clock, linger: float) -> int:
    done, end = 0, now() + RUN_TIME
    while now() < end and not stopping.is_set():
        before = done
        done += _drain(now, end)
        if done == before and not linger:
            break
        if done == before and (stopping.wait(linger) or not find_waiting(now()).exists()):
            break
    return done


def _drain(now: Clock, end: dt.datetime) -> int:
    """Each payload once; one that fails is left for a later run."""
    done, after = 0, 0
    lookups = Lookups(now())
    while now() < end and not stopping.is_set():
        if not dt.timedelta() <= now() - lookups.now < FRESH_FOR:
            lookups = Lookups(now())
        try:
            numbers = _process_next(after, lookups)
        except (OperationalError, InterfaceError) as error:
            log.warning("alerts wait: the database could not be asked (%s)", type(error).__name__)
            connection.close()
            break
        if not numbers:
            break
        done, after = done + len(numbers), numbers[-1]
    return done


def find_waiting(now: dt.datetime) -> QuerySet[AlertPayload]:
    """Payloads that may be taken apart now, the oldest first: new ones, and those whose pause after a failure is over."""
    due = Q(attempts=0)
    for attempts in range(1, MOST_ATTEMPTS):
        due |= Q(attempts=attempts, received_at__lte=now - attempts**2 * PAUSE)
    return AlertPayload.objects.filter(due, processed_at__isnull=True).order_by("pk")


def _process_next(after: int, lookups: Lookups) -> list[int]:
    """The numbers of the next payloads, which were taken apart or counted as failed; none when nothing waits.

    Many are taken apart in one transaction, because that costs hardly more than one. If one of them can't be, each is
    tried by itself. Raises OperationalError or InterfaceError when the database is away: that is no fault of a payload.
    """
    numbers: list[int] = []
    try:
        with transaction.atomic():
            numbers = _hold_some(find_waiting(lookups.now).filter(pk__gt=after))
            take_apart(numbers, lookups)
    except Exception:  # whatever is in one of them, the others must not wait for it
        if not numbers or not connection.is_usable():
            raise
        for number in numbers:
            _process_alone(number, lookups)
    return numbers


def _hold_some(waiting: QuerySet[AlertPayload]) -> list[int]:
    """The next few that nobody else holds, as many as may be in memory at once."""
    size = Func("body", function="octet_length", output_field=IntegerField())
    rows = waiting.select_for_update(skip_locked=True).annotate(size=size).values_list("pk", "size")[:BATCH]
    numbers: list[int] = []
    total = 0
    for number, length in rows:
        total += length
        if numbers and total > BATCH_BYTES:
            break
        numbers.append(number)
    return numbers


def _process_alone(number: int, lookups: Lookups) -> None:
    lookups.settled.clear()  # what was put beside incidents was undone
    try:
        with transaction.atomic():
            waiting = find_waiting(lookups.now).filter(pk=number).select_for_update(skip_locked=True)
            take_apart(list(waiting.values_list("pk", flat=True)), lookups)
    except Exception as error:
        if not connection.is_usable():
            raise
        lookups.settled.clear()
        _note_failure(number, error, lookups.now)


def take_apart(numbers: Sequence[int], lookups: Lookups) -> None:
    """Do what payloads say, and write down that it is done, in the caller's transaction."""
    if not numbers:
        return
    payloads = AlertPayload.objects.filter(pk__in=numbers)
    take_in([read_notification(bytes(payload.body)) for payload in payloads.order_by("pk")], lookups)
    payloads.update(processed_at=lookups.now, error="")


def _note_failure(number: int, error: Exception, now: dt.datetime) -> None:
    """Count it, and give the payload up after the last attempt. The log names no content: it may be anything."""
    said = f"{type(error).__name__}: {error}".replace("\0", "")[:500]
    rows = AlertPayload.objects.filter(pk=number, processed_at__isnull=True)
    rows.update(attempts=F("attempts") + 1, error=said)
    given_up = rows.filter(attempts__gte=MOST_ATTEMPTS).update(processed_at=now)
    log.error("payload %s could not be taken apart (%s)%s", number, type(error).__name__, "; given up" * given_up)
