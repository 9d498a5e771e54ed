"""What runs beside the pages. Each task reads the clock, calls one function, and may run twice; the rows decide."""

from celery import shared_task
from django.utils import timezone

from handoffs.services import changes, reminding


@shared_task
def remind_late() -> None:
    """Tell people of handoffs that nobody has accepted although the shift has changed; each step once."""
    reminding.remind_late(timezone.now())


@shared_task
def open_handoffs() -> None:
    """Bring what is being written into line with the schedule, then open what is due; each change once."""
    now = timezone.now()
    changes.follow_open(now)
    changes.open_due(now)
