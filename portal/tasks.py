"""Housekeeping that belongs to no app below."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_expired_sessions() -> None:
    """Delete sessions that have run out. Harmless when run twice."""
    call_command("clearsessions")
