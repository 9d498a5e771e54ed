"""Asking whatever is due, for the better part of a minute: host after host, so that pauses at one are spent at another."""

from __future__ import annotations

import datetime as dt
import logging
import time
from threading import Lock

from django.conf import settings

from oncall.outbox.delivering import stopping
from runbooks.services.links.following import Clock, Follower, Outcome, Sleep, Verdict
from runbooks.services.links.turns import Claim, claim_link, find_next, give_back
from runbooks.services.links.writing import write_verdict

RUN_TIME = dt.timedelta(seconds=50)
RUNNING = Lock()  # one run in a process, so that threads are left for other tasks

log = logging.getLogger("runbooks.links")


def check_due(*, now: Clock, sleep: Sleep = time.sleep, run_time: dt.timedelta = RUN_TIME) -> int:
    """Ask the addresses that are due, and return how many were asked; none while LINK_CHECKS is off.

    Ends when nothing is due, or after `run_time` by the clock. A second run in the same process ends at once; in other
    processes any number may run.
    """
    if not settings.LINK_CHECKS or not RUNNING.acquire(blocking=False):
        return 0
    try:
        return check_until(now() + run_time, now=now, sleep=sleep)
    finally:
        RUNNING.release()


def check_until(end: dt.datetime, *, now: Clock, sleep: Sleep) -> int:
    """The run itself: one worker's work until `end`."""
    asked = 0
    while now() < end and not stopping.is_set():
        claim = claim_link(now())
        if claim is not None:
            check_one(claim, now=now, sleep=sleep)
            asked += 1
            continue
        free_at = find_next(now())
        if free_at is None or free_at >= end:
            break
        sleep(max(0.05, (free_at - now()).total_seconds()))
    return asked


def check_one(claim: Claim, *, now: Clock, sleep: Sleep) -> None:
    """Ask one address, and write down what came of it. What fails within the portal puts it off, and nothing else."""
    try:
        verdict = Follower(claim.turn, now, sleep).follow(claim.link.url)
    except Exception:
        log.exception("link %s could not be asked", claim.link.pk)
        verdict = Verdict(Outcome.LATER)
    try:
        write_verdict(claim.link, verdict, now())
    finally:
        give_back(claim.turn)
