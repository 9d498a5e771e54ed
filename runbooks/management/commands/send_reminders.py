"""`send_reminders`: what the periodic task does, once."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from runbooks.services.reminders import send_due

FIRST_YEAR, LAST_YEAR = 1970, 9990  # so that the days around it are dates, too


class Command(BaseCommand):
    help = (
        "Write the morning's message about reviews for everybody whose own clock shows 09:00 or later and who was not "
        "looked at that day. Run again, it sends nothing twice. The worker then delivers the messages."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at",
            metavar="ISO-8601",
            help="As if it were that moment, such as 2026-11-17T09:00+01:00; without an offset in UTC. Default: now.",
        )

    def handle(self, **options: Any) -> None:
        at = self._read_moment(options["at"]) if options["at"] is not None else timezone.now()
        sent = send_due(at)
        self.stdout.write(f"sent {sent.reminders} reminders to {sent.people} people")

    def _read_moment(self, text: str) -> dt.datetime:
        """The instant, in UTC; says so when it had no offset. Raises CommandError."""
        try:
            moment = dt.datetime.fromisoformat(text.strip())
        except ValueError:
            raise CommandError(f"“{text}” is not a time in ISO 8601, such as 2026-11-17T09:00Z.") from None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise CommandError(f"“{text}” is too far away: the years {FIRST_YEAR} to {LAST_YEAR}, please.")
        if moment.tzinfo is None:
            self.stderr.write(f"{text} has no offset: taken as UTC.")
            return moment.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC)
