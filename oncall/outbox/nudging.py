"""Telling the worker that there is something to do. Best effort: the rows are the truth, and beat asks every few seconds."""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import Any

from celery import current_app
from django.db import connection, transaction

DELIVER = "oncall.tasks.deliver"
LANES = ("mail", "other")  # so that a mail server that hangs does not hold back a page to ntfy
SILENT_SECONDS = 30.0  # after a broker that could not be reached
EXPIRES_SECONDS = 10

log = logging.getLogger("oncall.outbox")


class Breaker:
    """Keeps a page quick while something it needs is away: after a failure nobody tries again for a while."""

    def __init__(self, seconds: float = SILENT_SECONDS) -> None:
        self.seconds = seconds
        self.until = 0.0
        self.lock = Lock()

    def is_open(self) -> bool:
        with self.lock:
            return time.monotonic() < self.until

    def trip(self) -> None:
        with self.lock:
            self.until = time.monotonic() + self.seconds


breaker = Breaker()


def nudge_on_commit() -> None:
    """Nudge when the transaction of now is through: once, however much was written in it."""
    if not any(registered[1] is nudge for registered in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)


def nudge() -> None:
    """Ask for a delivery now."""
    ask_worker(DELIVER, *({"lane": lane} for lane in LANES))


def ask_worker(task: str, *calls: dict[str, Any]) -> None:
    """Ask a worker for a task, once with each of these arguments, once without any where there are none.

    Never raises for a broker that is away, and hardly waits for it: whoever asks has written rows, and a sweep finds them.
    """
    if breaker.is_open():
        return
    try:
        for arguments in calls or ({},):
            current_app.send_task(task, kwargs=arguments, expires=EXPIRES_SECONDS, retry=False)
    except Exception as error:  # whatever the broker's client may raise: the page must not fail
        breaker.trip()
        log.warning("the worker could not be nudged, beat will: %s", error)
