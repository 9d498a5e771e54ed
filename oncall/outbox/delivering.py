"""The way of a delivery: claim a few, send them one by one, write down what came of each."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from oncall.models import Address, Delivery
from oncall.outbox.claiming import Claim, claim_due, mark_given_up, mark_sent, put_back, release
from oncall.outbox.outcomes import Outcome, Verdict, never
from oncall.outbox.retrying import find_pause, is_last
from oncall.outbox.sending import Lines

Clock = Callable[[], dt.datetime]

BATCH = 20
RUN_TIME = dt.timedelta(seconds=50)
LANE_LOCKS = {
    "mail": Lock(),
    "other": Lock(),
}  # one run of a lane in a process, so that threads are left for other tasks
stopping = Event()  # set when the worker is asked to end: what is on its way is finished, nothing more is begun

log = logging.getLogger("oncall.outbox")


def deliver_due(lane: str, *, now: Clock, size: int = BATCH) -> int:
    """Send what is due in a lane, "mail" or "other", and return how many were tried.

    Ends when nothing is due, or when RUN_TIME has passed by the clock `now`. A second run of the lane in the same
    process ends at once; in other processes any number may run.
    """
    lock = LANE_LOCKS[lane]
    if not lock.acquire(blocking=False):
        return 0
    tried = 0
    try:
        end = now() + RUN_TIME
        with Lines() as lines:
            while now() < end and not stopping.is_set() and (claim := claim_due(lane, now(), size)):
                tried += deliver_claim(claim, lines, now)
    finally:
        lock.release()
    return tried


def deliver_claim(claim: Claim, lines: Lines, now: Clock) -> int:
    """Send the deliveries of a claim; how many were tried. Those behind a far end that is down are put off with the first."""
    down: dict[str, Outcome] = {}
    not_begun: list[Delivery] = []
    for delivery in claim.deliveries:
        line = _name_line(delivery)
        outcome = down.get(line) or deliver_one(delivery, claim, lines, now)
        if outcome is None:
            not_begun.append(delivery)
            continue
        if outcome.is_down:
            down[line] = outcome
        record(delivery, claim, outcome, now)
    if not_begun:
        release(not_begun, claim)
    return len(claim.deliveries) - len(not_begun)


def deliver_one(delivery: Delivery, claim: Claim, lines: Lines, now: Clock) -> Outcome | None:
    """Try one delivery; None when it was not begun, as time ran out. Raises nothing: what can't be sent is an outcome."""
    if stopping.is_set() or not claim.has_time(now()):
        return None
    address = delivery.address
    if address is None or (obstacle := find_obstacle(delivery, address)):
        return never("The address was removed." if address is None else obstacle)
    try:
        trouble = lines.prepare(address)
        if trouble is not None:
            return trouble
        return lines.send(delivery, address, now()) if claim.has_time(now()) else None
    except Exception as error:
        log.exception("delivery %s could not be sent", delivery.pk)
        return Outcome(Verdict.LATER, f"The portal failed: {type(error).__name__}.")


def find_obstacle(delivery: Delivery, address: Address) -> str:
    """What has changed since it was written; "" when it may go."""
    person = delivery.notification.person
    if not address.is_enabled:
        return "The address was switched off."
    if person is not None and not person.is_active:
        return "The account was switched off."
    if is_last(delivery.notification.kind, delivery.attempts - 1, dt.timedelta()):
        return "The worker ended each time while it was sending this."
    return ""


def record(delivery: Delivery, claim: Claim, outcome: Outcome, now: Clock) -> None:
    """Write down what came of it. A database that is away for a moment is waited for while the claim lasts."""
    while True:
        with suppress(OperationalError, InterfaceError):
            if not _record_once(delivery, claim, outcome, now()):
                log.warning("delivery %s was claimed by somebody else meanwhile", delivery.pk)
            return
        connection.close()
        if now() >= claim.leased_until:
            log.error("delivery %s: what came of it (%s) is lost", delivery.pk, outcome.verdict.value)
            return
        time.sleep(settings.OUTBOX_SEND_SECONDS / 100)


def _record_once(delivery: Delivery, claim: Claim, outcome: Outcome, now: dt.datetime) -> bool:
    notification = delivery.notification
    if outcome.verdict is Verdict.SENT:
        return mark_sent(delivery, claim, now)
    if outcome.verdict is Verdict.NEVER:
        return mark_given_up(delivery, claim, now, outcome.reason)
    if is_last(notification.kind, delivery.attempts, now - notification.created_at):
        return mark_given_up(delivery, claim, now, f"Tried {delivery.attempts} times. {outcome.reason}")
    pause = find_pause(notification.kind, delivery.attempts, delivery.pk)
    return put_back(delivery, claim, now + max(pause, outcome.retry_after or pause), outcome.reason)


def _name_line(delivery: Delivery) -> str:
    """What goes down together: the mail server, or the host of a webhook."""
    return "mail" if delivery.transport == Address.Transport.EMAIL else f"{delivery.transport} {delivery.shown_target}"
