"""`lint_runbooks PATH`: the readiness findings of files outside the portal."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from runbooks.transfer.linting import lint_path


class Command(BaseCommand):
    help = "What is still to be put right in Markdown files. Needs no database; exit status 1 when there is an error."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", type=Path, help="A Markdown file, or a folder of them.")
        parser.add_argument("--json", action="store_true", help="Print an array of objects instead of lines.")

    def handle(self, **options: Any) -> None:
        try:
            report = lint_path(options["path"], today=timezone.localdate(), limit=settings.MAX_IMPORT_BYTES)
        except FileNotFoundError as error:
            raise CommandError(str(error), returncode=2) from None
        if options["json"]:
            problems = [asdict(problem) for problem in report.problems]
            self.stdout.write(json.dumps(problems, ensure_ascii=False, indent=1))
        else:
            for problem in report.problems:
                self.stdout.write(str(problem))
        self.stderr.write(str(report), self.style.NOTICE if report.has_errors else self.style.SUCCESS)
        if report.has_errors:
            sys.exit(1)
