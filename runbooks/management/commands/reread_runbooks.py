"""`reread_runbooks`: after an upgrade, let the reader look at stored texts again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from runbooks.models import RunbookVersion, Status
from runbooks.reading import SCHEMA
from runbooks.services import reread_version
from runbooks.services.freshness import refresh_freshness
from runbooks.services.links import record_links
from runbooks.services.routine import catch_up_tasks


class Command(BaseCommand):
    help = "Make the pages and the structure of stored versions again from their text. Texts stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="Also those that the current reader has read.")

    def handle(self, **options: Any) -> None:
        versions = RunbookVersion.objects.select_related("runbook").order_by("pk")
        if not options["all"]:
            versions = versions.exclude(schema=SCHEMA)
        number, now = 0, timezone.now()
        for version in versions.iterator(chunk_size=50):
            reread_version(version)
            if version.status == Status.ACTIVE:
                record_links(version.runbook, now)
                catch_up_tasks(version.runbook_id, now)
            number += 1
        if number:
            refresh_freshness(None, now)
        self.stdout.write(f"read {number} versions again")
