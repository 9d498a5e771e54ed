"""`reindex_search`: the search index made again from the stored versions."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from runbooks.models import Runbook
from runbooks.search.rebuilding import BATCH, count_for_planner, drop_old_words, reindex


class Command(BaseCommand):
    help = "Make the search index again from the stored versions. The portal can be used meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runbook", metavar="SERVICE/SLUG", help="Only this runbook.")

    def handle(self, **options: Any) -> None:
        started = time.monotonic()
        ids = self.find_runbooks(options["runbook"])
        entries = versions = 0
        with tqdm(total=len(ids), unit="runbook", disable=None, file=sys.stderr, leave=False) as bar:
            for batch_entries, batch_versions in reindex(ids):
                entries, versions = entries + batch_entries, versions + batch_versions
                bar.update(min(BATCH, len(ids) - bar.n))
        if not options["runbook"]:
            drop_old_words()
            count_for_planner()
        seconds = time.monotonic() - started
        self.stdout.write(f"indexed {entries} entries of {versions} versions in {seconds:.1f} s")

    def find_runbooks(self, name: str | None) -> list[int]:
        runbooks = Runbook.objects.order_by("pk")
        if name is None:
            return list(runbooks.values_list("pk", flat=True))
        service, _, slug = name.strip("/").removeprefix("runbooks/").partition("/")
        found = list(runbooks.filter(service__slug=service, slug=slug).values_list("pk", flat=True))
        if not found:
            raise CommandError(f"There is no runbook {name}. Give it as its address has it: service/slug.")
        return found
