"""What runs beside the pages. Each task reads the clock, calls one function, and may run twice; the rows decide."""

from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

from oncall.outbox.delivering import deliver_due, stopping
from oncall.services import calendars, checks, gaps


@shared_task
def deliver(lane: str) -> None:
    """Send what is due in a lane, "mail" or "other", until nothing is left or the better part of a minute has passed."""
    deliver_due(lane, now=timezone.now)


@worker_shutting_down.connect
def stop_delivering(**_: Any) -> None:
    """A worker that is asked to end has ten seconds: it begins nothing more, so that nothing is cut off in the middle."""
    stopping.set()


@shared_task
def publish_shifts() -> None:
    """Let calendars know of the weeks that have come near."""
    calendars.publish_shifts(timezone.now())


@shared_task
def check_shifts() -> None:
    """Look at the shifts that start soon, and tell people and teams; each shift once."""
    checks.check_shifts(timezone.now())


@shared_task
def report_gaps() -> None:
    """Tell teams, in their morning, of times to come without anybody on call; each gap once."""
    gaps.report_gaps(timezone.now())
