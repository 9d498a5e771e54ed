"""What runs beside the pages. Each task reads the clock, calls one function, and may run twice; the rows decide."""

from celery import shared_task
from django.utils import timezone

from incidents.services import (
    abandoned,
    action_reminders,
    intake,
    maintenance,
    overdue_updates,
    postmortem_asking,
    sweeping,
    watch_reminding,
)


@shared_task
def remind_of_postmortems() -> None:
    """Ask for post-mortems that are owed; each of the three messages once for an incident."""
    postmortem_asking.remind_of_postmortems(timezone.now())


@shared_task
def remind_of_actions() -> None:
    """Tell owners, in their morning, of action items that are due."""
    action_reminders.remind_of_actions(timezone.now())


@shared_task
def escalate() -> None:
    """Call the next level wherever nobody has answered in time."""
    sweeping.sweep_all(now=timezone.now)


@shared_task
def take_alerts_apart() -> None:
    """Do what the payloads of monitoring say, until none has come for a moment."""
    intake.process_waiting(timezone.now, linger=intake.LINGER)


@shared_task
def forget_alert_payloads() -> None:
    """Delete what monitoring sent, byte for byte, when it was kept for its time."""
    intake.forget_payloads(timezone.now())


@shared_task
def remind_of_updates() -> None:
    """Tell who has to write of updates that are due in five minutes, or overdue; each due time once."""
    overdue_updates.remind_of_updates(timezone.now())


@shared_task
def announce_maintenance() -> None:
    """Announce the maintenance that has come near; each window once."""
    maintenance.announce_due(timezone.now())


@shared_task
def ask_about_runs() -> None:
    """Ask about runs that went quiet, each once for a silence."""
    abandoned.ask_about_runs(timezone.now())


@shared_task
def remind_of_watch_items() -> None:
    """Tell owners of watch items that end within the hour, or have ended; each end once."""
    watch_reminding.remind_of_ends(timezone.now())
